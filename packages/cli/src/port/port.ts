import { statementsIn } from "./code-lines.ts";
import { operationNamed, packageOfService, rowOf, translatedEvent, type Verdict } from "./guide.ts";
import { usesIn } from "./inference.ts";
import type { ReadFile } from "./read-program.ts";
import { lineOf, parsePython } from "./syntax.ts";

/** One use of a Python library, and how it is ported. */
export interface PortedUse {
	/** From 1. */
	readonly line: number;
	/** From 1. */
	readonly column: number;
	/** What is used, such as `dynamodb.put_item`. */
	readonly name: string;
	readonly verdict: Verdict;
	/** What is used here instead, in Markdown. `undefined` if that is unknown. */
	readonly here?: string;
	/** The document with the row. */
	readonly document?: string;
	/** Why it is unknown. */
	readonly reason?: string;
}

/** What porting one program takes. */
export interface PortedProgram {
	readonly path: string;
	/** What could not be read or parsed. */
	readonly problems: readonly { readonly line?: number; readonly problem: string }[];
	readonly uses: readonly PortedUse[];
	readonly lines: LineCounts;
	/** npm packages that the port needs, sorted. */
	readonly packages: readonly string[];
}

/** Lines of code by the worst verdict of their statement. `plain` lines use no library. */
export type LineCounts = Readonly<Record<"plain" | Verdict | "total", number>>;

/** From the best to the worst. */
export const VERDICTS: readonly Verdict[] = ["same", "other API", "helper", "unknown", "impossible"];

/** Looks up every use of a library in a program. */
export function portProgram(file: ReadFile): PortedProgram {
	const unread = (problem: string): PortedProgram => {
		return { path: file.path, problems: [{ problem }], uses: [], lines: countLines([]), packages: [] };
	};
	if (file.text === undefined) return unread(file.problem);
	try {
		return portText(file.path, file.text);
	} catch (error) {
		if ((error as Error).name === "RangeError") return unread("is nested too deeply");
		throw error;
	}
}

function portText(path: string, text: string): PortedProgram {
	const program = parsePython(text);
	const packages = new Set<string>();
	const positions: { readonly at: number; readonly verdict: Verdict }[] = [];
	const uses = usesIn(program).map(({ at, row, name: title, reason, services = [] }): PortedUse => {
		const found = row === undefined ? undefined : rowOf(row);
		for (const one of found?.packages ?? []) packages.add(one);
		for (const service of services) packages.add(packageOfService(service));
		const name = services.length === 0 ? title : title.replace(/^client(?=\.)/, services.join(" or "));
		if (row !== undefined && /^(boto3|botocore|pycognito|gql|echostream_botocore)\./.test(row))
			packages.add("echostream-botocore");
		const line = lineOf(program.lines, at);
		const verdict = found?.verdict ?? "unknown";
		positions.push({ at, verdict });
		return {
			line,
			column: at - (program.lines[line - 1] ?? 0) + 1,
			name,
			verdict,
			...(found === undefined ? {} : { here: hereOf(name, row) ?? found.here, document: found.document }),
			...(reason === undefined ? {} : { reason }),
		};
	});
	const statements = statementsIn(program).map(({ from, to, lines }) => {
		const own = positions.filter(({ at }) => at >= from && at < to);
		return { lines: lines.length, verdict: worst(own.map(({ verdict }) => verdict)) };
	});
	return { path, problems: program.problems, uses, lines: countLines(statements), packages: [...packages].sort() };
}

/** Adds the counts of several programs. */
export function totalOf(all: readonly LineCounts[]): LineCounts {
	const keys = Object.keys(countLines([])) as (keyof LineCounts)[];
	return Object.fromEntries(
		keys.map((key) => [key, all.reduce((sum, counts) => sum + counts[key], 0)]),
	) as unknown as LineCounts;
}

/** The lines that are ported one to one: those without a library, and those with the verdicts `same` and `other API`. */
export function oneToOne(lines: LineCounts): number {
	return lines.plain + lines.same + lines["other API"];
}

/** The call of an operation, with its name here: `dynamodb.putItem`. The event of a service, with its ID. */
function hereOf(name: string, row: string | undefined): string | undefined {
	if (row === "events.alias") return `\`${translatedEvent(name)}\``;
	if (row !== "botocore.client.BaseClient.<operation>") return undefined;
	const [, client = "", operation = ""] = /^(.*)\.(.*)$/.exec(name) ?? [];
	return `\`await ${/ or /.test(client) ? "client" : client}.${operationNamed(operation)}({ … })\``;
}

function worst(verdicts: readonly Verdict[]): Verdict | "plain" {
	return verdicts.reduce<Verdict | "plain">(
		(one, other) => (one === "plain" || VERDICTS.indexOf(other) > VERDICTS.indexOf(one) ? other : one),
		"plain",
	);
}

function countLines(
	statements: readonly { readonly lines: number; readonly verdict: Verdict | "plain" }[],
): LineCounts {
	const count = (verdict: Verdict | "plain") =>
		statements.reduce((sum, one) => sum + (one.verdict === verdict ? one.lines : 0), 0);
	return {
		total: statements.reduce((sum, { lines }) => sum + lines, 0),
		plain: count("plain"),
		same: count("same"),
		"other API": count("other API"),
		helper: count("helper"),
		unknown: count("unknown"),
		impossible: count("impossible"),
	};
}
