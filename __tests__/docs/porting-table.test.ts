import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { ApiSession } from "../../src/index.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

interface PythonNames {
	readonly botocore: Record<
		"names" | "variables" | "config" | "clientArguments" | "client" | "meta" | "paginator" | "pages" | "body",
		string[]
	> & { readonly version: string; readonly packages: Record<string, string> };
	readonly boto3: { readonly version: string; readonly names: string[] };
	readonly pycognito: Record<"Cognito" | "AWSSRP" | "exceptions", string[]> & {
		readonly RequestsSrpAuth: Record<string, string>;
	};
}
interface Row {
	readonly names: string[];
	readonly cells: string[];
	readonly verdict: string;
	readonly packages?: string[];
}

const PYTHON: PythonNames = JSON.parse(read("__tests__/vectors/python-sessions.json"));
const ROWS: { services: Record<string, string>; tables: { id: string; document: string; rows: Row[] }[] } = JSON.parse(
	read("packages/cli/src/port/rows.json"),
);
const rowsOf = (id: string): Row[] => ROWS.tables.find((table) => table.id === id)?.rows ?? [];
const rows = ROWS.tables.flatMap((table) => table.rows);
const names = new Set(rows.flatMap((row) => row.names));

test("the tables of the porting guide are those of its data", () => {
	const script = fileURLToPath(new URL("scripts/porting-tables.mjs", ROOT));
	const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
	expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("every row of the porting guide has one of the four verdicts", () => {
	const verdicts = ["same", "other API", "helper", "impossible"];
	expect(rows.filter(({ verdict }) => !verdicts.includes(verdict))).toEqual([]);
});

test("a row of the porting guide that has no equivalent has the word none", () => {
	const silent = rows.filter(
		({ verdict, cells }) => verdict === "impossible" && !cells.some((cell) => /\bnone\b/.test(cell)),
	);
	expect(silent).toEqual([]);
});

describe.each([
	["botocore", "botocore.session.Session"],
	["boto3", "boto3.session.Session"],
] as const)("the porting table of %s", (library, id) => {
	test("the porting table of a Python session has a row for every public name, and no other", () => {
		const first = rowsOf(id).map(({ cells: [cell = ""] }) => cell.replaceAll("`", ""));
		expect(first.sort()).toEqual(PYTHON[library].names.toSorted());
	});

	test("the porting table names the version of the Python session", () => {
		expect(read("docs/porting/sessions.md")).toContain(`as of ${library} ${PYTHON[library].version}`);
	});

	test("the porting table names nothing of our session that does not exist", () => {
		const here = rowsOf(id)
			.map(({ cells }) => cells.slice(1).join())
			.join("\n");
		const named = [...here.matchAll(/\bsession\.(\w+)/g)].map(([, name = ""]) => name);
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

const { botocore, pycognito } = PYTHON;
test.each([
	["a client", botocore.client, (name: string) => `botocore.client.BaseClient.${name}`],
	["the meta of a client", botocore.meta, (name: string) => `botocore.client.ClientMeta.${name}`],
	[
		"a paginator",
		botocore.paginator.filter((name) => !/^[A-Z]/.test(name)),
		(name: string) => `botocore.paginate.Paginator.${name}`,
	],
	["an iterator of pages", botocore.pages, (name: string) => `botocore.paginate.PageIterator.${name}`],
	["a streaming body", botocore.body, (name: string) => `botocore.response.StreamingBody.${name}`],
	["Config", botocore.config, (name: string) => `botocore.config.Config(${name})`],
	["client()", botocore.clientArguments, (name: string) => `botocore.session.Session.create_client(${name})`],
	["pycognito.Cognito", pycognito.Cognito, (name: string) => `pycognito.Cognito.${name}`],
	["pycognito.AWSSRP", pycognito.AWSSRP, (name: string) => `pycognito.aws_srp.AWSSRP.${name}`],
	["pycognito's exceptions", pycognito.exceptions, (name: string) => `pycognito.exceptions.${name}`],
])("the porting guide has a row for every public name of %s", (_, all, nameOf) => {
	expect(all.map(nameOf).filter((name) => !names.has(name))).toEqual([]);
});

test("the row of RequestsSrpAuth has the default prefix of pycognito", () => {
	const { http_header, http_header_prefix } = pycognito.RequestsSrpAuth;
	const row = rows.find((one) => one.names.includes("pycognito.utils.RequestsSrpAuth"));
	expect(row?.cells[1]).toContain(
		`headers.set("${http_header}", \`${http_header_prefix}\${await user.getAccessToken()}\`)`,
	);
});

test("the packages of the services are those whose names follow from botocore's service IDs", () => {
	const different = Object.entries(botocore.packages).filter(([service, name]) => service !== name);
	expect(ROWS.services).toEqual(Object.fromEntries(different));
});

test("every configuration variable of a session is one of botocore's", () => {
	const table = [...read("docs/porting/sessions.md").matchAll(/^\| `(\w+)` \| `AWS_.* \| `\w+` \|$/gm)];
	const named = table.map(([, name]) => name);
	expect(named.length).toBe(8);
	expect(botocore.variables).toEqual(expect.arrayContaining(named));
});
