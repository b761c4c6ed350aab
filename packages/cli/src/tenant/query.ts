import { type SessionFlags, withSession } from "../access/with-session.ts";
import { readText, readTextFile } from "../input.ts";
import { InvalidInput } from "../invalid-input.ts";
import { printableJson } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { declaredVariables, variableValue } from "./variables.ts";

/** The flags of `echostream query`. */
export interface QueryFlags extends SessionFlags {
	/** File that contains the document. */
	readonly file?: string;
	/** Variables, each `name=value`. */
	readonly variable?: readonly string[];
	/** Variables as a JSON object, or `@` and the name of a file with one. */
	readonly variables?: string;
}

/** `echostream query`: sends a GraphQL document, and prints the data of the response as JSON. */
export async function query(argument: string | undefined, flags: QueryFlags, terminal: Terminal): Promise<void> {
	const document = await readText({ argument, file: flags.file, name: "GraphQL document" }, terminal);
	if (document.trim() === "") throw new InvalidInput("The GraphQL document is empty.");
	const declared = declaredVariables(document);
	const given = { ...objectOf(flags.variables), ...valuesOf(flags.variable ?? [], declared) };
	await withSession(flags, terminal, async (session, { values }) => {
		const ofSettings = { tenant: values.TENANT, app: values.APP };
		const known = Object.entries(ofSettings).filter(([name, value]) => declared.has(name) && value !== undefined);
		const variables = { ...Object.fromEntries(known), ...given };
		const data = await withSpinner(terminal, "Querying", () => session.query(document, variables));
		terminal.print(printableJson(data, 2));
	});
}

function valuesOf(variables: readonly string[], declared: ReadonlyMap<string, string>): Record<string, unknown> {
	return Object.fromEntries(
		variables.map((variable) => {
			const [, name, text] = /^\$?(\w+)=([\s\S]*)$/.exec(variable) ?? [];
			if (name === undefined || text === undefined) {
				throw new InvalidInput(`The variable ${JSON.stringify(variable)} is invalid: write name=value.`);
			}
			const type = declared.get(name);
			if (type === undefined) {
				const names = [...declared.keys()].map((one) => `$${one}`).join(", ");
				throw new InvalidInput(
					`The document declares no variable $${name}. ${names === "" ? "It declares none." : `It declares ${names}.`}`,
				);
			}
			return [name, variableValue(name, text, type)];
		}),
	);
}

function objectOf(variables: string | undefined): object {
	if (variables === undefined) return {};
	const source = variables.startsWith("@") ? variables.slice(1) : "--variables";
	const text = variables.startsWith("@") ? readTextFile(source) : variables;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new InvalidInput(`The variables in ${source} are not valid JSON: ${(error as Error).message}`);
	}
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
	throw new InvalidInput(`The variables in ${source} must be a JSON object.`);
}
