import { readFileSync } from "node:fs";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { readText } from "../input.ts";
import { InvalidInput } from "../invalid-input.ts";
import { printableJson } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { declaredVariables, variableValue } from "./variables.ts";

/** The flags of `echostream query`. */
export interface QueryFlags extends SessionFlags {
	/** File that contains the document. */
	readonly file?: string;
	/** Variables, each `name=value`. */
	readonly variable: readonly string[];
	/** Variables as a JSON object, or `@` and the name of a file with one. */
	readonly variables?: string;
}

/** `echostream query`: sends a GraphQL document, and prints the data of the response as JSON. */
export async function query(argument: string | undefined, flags: QueryFlags, terminal: Terminal): Promise<void> {
	const document = await documentOf(argument, flags.file, terminal);
	const declared = declaredVariables(document);
	const given = { ...objectOf(flags.variables), ...valuesOf(flags.variable, declared) };
	await withSession(flags, terminal, async (session, { values }) => {
		const ofSettings = { tenant: values.TENANT, app: values.APP };
		const known = Object.entries(ofSettings).filter(([name, value]) => declared.has(name) && value !== undefined);
		const variables = { ...Object.fromEntries(known), ...given };
		const data = await withSpinner(terminal, "Querying", () => session.query(document, variables));
		terminal.print(printableJson(data, 2));
	});
}

async function documentOf(argument: string | undefined, file: string | undefined, terminal: Terminal): Promise<string> {
	if (argument !== undefined && file !== undefined) {
		throw new InvalidInput("Pass the document as the argument or with --file, not both.");
	}
	if (file === undefined && argument === undefined && terminal.stdin.isTTY) {
		throw new InvalidInput(
			"The GraphQL document is missing. Pass it as the argument, with --file, or on standard input.",
		);
	}
	const isInput = argument === undefined || argument === "-";
	const document = file !== undefined ? readFile(file) : isInput ? await readText(terminal.stdin) : argument;
	if (document.trim() === "") throw new InvalidInput("The GraphQL document is empty.");
	return document;
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
	const text = variables.startsWith("@") ? readFile(source) : variables;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new InvalidInput(`The variables in ${source} are not valid JSON: ${(error as Error).message}`);
	}
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
	throw new InvalidInput(`The variables in ${source} must be a JSON object.`);
}

function readFile(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		throw new InvalidInput(`The file ${path} could not be read: ${(error as Error).message}`);
	}
}
