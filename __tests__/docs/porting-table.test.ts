import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { ApiSession } from "../../src/index.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const PYTHON: Record<"botocore" | "boto3", { version: string; names: string[]; variables?: string[] }> = JSON.parse(
	read("__tests__/vectors/python-sessions.json"),
);

/** The rows of the table under a heading of docs/porting.md, by their first cell. */
function rowsUnder(heading: string): Map<string, string> {
	const section =
		read("docs/porting.md")
			.split(/^## /m)
			.find((part) => part.startsWith(`${heading}\n`)) ?? "";
	const rows = [...section.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)];
	return new Map(rows.map(([, name = "", ours = ""]) => [name, ours]));
}

describe.each([
	["botocore", "botocore.session.Session"],
	["boto3", "boto3.session.Session"],
] as const)("the porting table of %s", (library, heading) => {
	test("the porting table of a Python session has a row for every public name, and no other", () => {
		expect([...rowsUnder(heading).keys()].sort()).toEqual(PYTHON[library].names.toSorted());
	});

	test("the porting table names the version of the Python session", () => {
		expect(read("docs/porting.md")).toContain(`as of ${library} ${PYTHON[library].version}`);
	});

	test("the porting table names nothing of our session that does not exist", () => {
		const rows = [...rowsUnder(heading).values()].join("\n");
		const named = [...rows.matchAll(/\bsession\.(\w+)/g)].map(([, name = ""]) => name);
		const session = new ApiSession({
			appsyncEndpoint: "https://example.com/graphql",
			tenant: "t",
			userPoolId: "us-east-1_AbCdEfGhI",
			clientId: "c",
			username: "u",
			password: "p",
		});
		expect(named.length).toBeGreaterThan(0);
		expect(named.filter((name) => !(name in session))).toEqual([]);
	});
});

test("every configuration variable of a session is one of botocore's", () => {
	const rows = [...read("docs/porting.md").matchAll(/^\| `(\w+)` \| `AWS_.* \| `\w+` \|$/gm)].map(([, name]) => name);
	expect(rows.length).toBe(8);
	expect(PYTHON.botocore.variables).toEqual(expect.arrayContaining(rows));
});
