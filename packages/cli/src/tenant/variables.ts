import { InvalidInput } from "../invalid-input.ts";

/** Scalars whose values are text, whatever it looks like. */
const TEXT = /^(String|ID|AWSDate|AWSTime|AWSDateTime|AWSEmail|AWSIPAddress|AWSJSON|AWSPhone|AWSURL)$/;
/** Scalars whose values are JSON. */
const JSON_SCALAR = /^(Int|Float|Boolean|AWSTimestamp)$/;

/**
 * The types of the variables that a GraphQL document declares, such as `[String!]!`, by their names. They are found by the form
 * `$name: Type`, which strings and comments aside occurs in declarations alone.
 */
export function declaredVariables(document: string): Map<string, string> {
	const code = document.replaceAll(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, " ");
	const found = code.matchAll(/\$(\w+)\s*:\s*((?:\[\s*)*\w+(?:\s*[\]!])*)/g);
	return new Map([...found].map(([, name = "", type = ""]) => [name, type.replaceAll(/\s/g, "")]));
}

/**
 * The value of a variable from the text of a flag. The declared type decides how it is read:
 *
 * - `String`, `ID` and the like: the text itself, so that `id=007` stays as it is.
 * - `Int`, `Float`, `Boolean`: JSON.
 * - A list: JSON if it begins with `[`. Otherwise one item.
 * - Enums and input objects, which only the schema knows apart: JSON if it is valid, otherwise the text.
 *
 * @throws InvalidInput if the text is not of the type.
 */
export function variableValue(name: string, text: string, type: string): unknown {
	const isList = type.startsWith("[");
	if (isList && text.trimStart().startsWith("[")) return parsed(name, text, type);
	const scalar = type.replaceAll(/[[\]!]/g, "");
	if (TEXT.test(scalar)) return text;
	if (JSON_SCALAR.test(scalar) || /^\s*[[{]/.test(text)) return parsed(name, text, type);
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function parsed(name: string, text: string, type: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new InvalidInput(
			`The value of $${name} is invalid: the document declares it as ${type}, and ${JSON.stringify(text)} is not valid JSON.`,
		);
	}
}
