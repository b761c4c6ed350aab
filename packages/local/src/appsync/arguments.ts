import { isRecord } from "../json.ts";
import { invalid } from "./request-context.ts";

const NAMES = {
	app: /^[A-Za-z0-9\-_.: ]{3,80}$/,
	function: /^[A-Za-z0-9\-_.: ]{3,80}$/,
	kmsKey: /^[A-Za-z0-9_-]{3,80}$/,
	managedApp: /^[A-Za-z0-9_-]{3,80}$/,
	managedNode: /^[A-Za-z0-9-]{3,63}$/,
	managedNodeType: /^[A-Za-z0-9\-_.: ]{3,80}$/,
	messageType: /^[A-Za-z][A-Za-z0-9\-_.]{3,24}$/,
	node: /^[A-Za-z0-9\-_.: ]{3,80}$/,
	functionNode: /^[A-Za-z0-9\-_ ]{3,80}$/,
	tenant: /^[A-Za-z0-9_-]{8,80}$/,
	webSubHubNode: /^[A-Za-z0-9\-_ ]{3,39}$/,
} as const;

/** The kinds of names that EchoStream has rules for. */
export type NameKind = keyof typeof NAMES;

/** Throws for a name that does not conform to the rule of its kind, is reserved, or is in use. */
export function checkName(kind: NameKind, name: string, isUsed: (name: string) => boolean): void {
	if (!NAMES[kind].test(name))
		throw invalid(`Invalid name ${JSON.stringify(name)}: it must match ${NAMES[kind].source}`);
	if (name.startsWith("echo.")) throw invalid(`Invalid name ${name}: names that start with "echo." are reserved`);
	if (isUsed(name)) throw invalid(`${name} already exists`);
}

/** Throws for a config that is not a JSON object. */
export function checkConfig(config: string | null | undefined, name = "config"): void {
	if (config === null || config === undefined || isRecord(JSON.parse(config))) return;
	throw invalid(`Invalid ${name}: it must be a JSON object`);
}

/** Throws for code that is not a function in Python. */
export function checkCode(code: string | null | undefined, name = "code"): void {
	if (code === null || code === undefined || /^(async\s+)?def\s+\w+\s*\(/m.test(code)) return;
	throw invalid(`Invalid ${name}: it must contain a single top-level function definition`);
}

/** Throws for requirements that are empty. */
export function checkRequirements(requirements: readonly string[] | null | undefined): void {
	if (requirements?.some((one) => one.trim() === "")) throw invalid("Invalid requirements: a requirement is empty");
}

/** Returns what exists; throws for what does not. */
export function found<T>(kind: string, name: string, value: T | undefined): T {
	if (value === undefined) throw invalid(`${kind} ${name} was not found`);
	return value;
}

/** Throws for a resource of the system, which can be neither changed nor deleted. */
export function checkNotSystem({ name, system }: { readonly name: string; readonly system: boolean }): void {
	if (system) throw invalid(`${name} is a system resource and cannot be changed`);
}

/** An empty list is no list. */
export function listOrNull<T>(list: readonly T[] | null | undefined): readonly T[] | null {
	return list === undefined || list === null || list.length === 0 ? null : list;
}

/** The fields of an update that were given: `null` removes a value, unless the field is among `required`. */
export function given<T extends object>(fields: T, required: readonly (keyof T)[] = []): Partial<T> {
	const entries = Object.entries(fields).filter(
		([name, value]) => value !== undefined && !(value === null && required.includes(name as keyof T)),
	);
	return Object.fromEntries(entries) as Partial<T>;
}

/** Fields of an update, with the requirements as they are kept. */
export function withLists<T extends { readonly requirements?: readonly string[] | null }>(fields: T): T {
	return "requirements" in fields ? { ...fields, requirements: listOrNull(fields.requirements) } : fields;
}
