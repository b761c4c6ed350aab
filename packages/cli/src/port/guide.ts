import operations from "./operations.json" with { type: "json" };
import data from "./rows.json" with { type: "json" };

/** How a use of a Python library is ported, from the best to the worst. */
export type Verdict = "same" | "other API" | "helper" | "unknown" | "impossible";

/** One row of the porting guide. */
export interface GuideRow {
	/** What is used here instead, in Markdown. */
	readonly here: string;
	readonly verdict: Verdict;
	/** The document with the row. */
	readonly document: string;
	/** The npm packages that the row needs, beside those of the services. */
	readonly packages: readonly string[];
}

const rows = new Map<string, GuideRow>();
for (const { document, columns, rows: all } of data.tables) {
	// The column after the Python ones: the last of a table of two, and "here" of a table with more.
	const here = Math.max(
		1,
		columns.findIndex((column) => /\bhere\b|^option/.test(column)),
	);
	const difference = columns.indexOf("difference");
	for (const { names, cells, verdict, packages = [] } of all as readonly StoredRow[]) {
		const text = [cells[here], ...(difference > 0 && cells[difference] !== "–" ? [cells[difference]] : [])].join(": ");
		for (const name of names) {
			if (!rows.has(name)) rows.set(name, { here: text, verdict, document, packages });
		}
	}
}

interface StoredRow {
	readonly names: readonly string[];
	readonly cells: readonly string[];
	readonly verdict: Verdict;
	readonly packages?: readonly string[];
}

/** Returns the row of a Python name, such as `boto3.session.Session.client`. */
export function rowOf(name: string): GuideRow | undefined {
	return rows.get(name);
}

/** Whether a dotted name is that of a module or a class with rows. */
export function isPrefixOfRows(path: string): boolean {
	return prefixes.has(path);
}

const prefixes = new Set(
	[...rows.keys()].flatMap((name) => {
		const parts = name.split(".");
		return parts.map((_, index) => parts.slice(0, index).join("."));
	}),
);

/** Methods whose name alone shows that they are of a library: those with an underscore. */
export const TELLING_NAMES: ReadonlySet<string> = new Set(
	[...rows.keys()].flatMap((name) => /^(?:boto|pycognito).*\.([a-z]+_[a-z_]+)$/.exec(name)?.[1] ?? []),
);

/** The names of the operations that do not follow from those of boto3, by the latter's letters. */
const irregular = new Map(operations.map((name) => [name.toLowerCase(), name]));

/** Returns the name of an operation here: `listMFADevices` of `list_mfa_devices`. */
export function operationNamed(name: string): string {
	const camelCase = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
	return irregular.get(camelCase.toLowerCase()) ?? camelCase;
}

/** Whether echostream-boto3 has a paginator of an operation. */
export function hasPaginator(service: string, operation: string): boolean {
	const paginators: Readonly<Record<string, readonly string[]>> = data.paginators;
	return paginators[service]?.includes(operation) ?? false;
}

/** Whether the client of a table in echostream-boto3 has a member. */
export function hasDocumentClient(member: string): boolean {
	return data.documentClient.includes(member);
}

/** Whether echostream-boto3 has paginators of a service. */
export function hasPaginators(service: string): boolean {
	return service in data.paginators;
}

/** Returns an event with the service ID that it has here, if botocore translates an older name of the service. */
export function translatedEvent(name: string): string | undefined {
	const parts = name.split(".");
	for (const [alias, service] of Object.entries(data.eventAliases)) {
		const old = alias.split(".");
		const at = parts.findIndex((_, index) => old.every((part, offset) => parts[index + offset] === part));
		if (at !== -1) return parts.toSpliced(at, old.length, service).join(".");
	}
	return undefined;
}

/** Returns the npm package of a service as botocore names it, such as `cognito-idp`. */
export function packageOfService(service: string): string {
	const services: Readonly<Record<string, string>> = data.services;
	return `@aws-sdk/client-${services[service] ?? service}`;
}
