import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import * as boto3 from "echostream-boto3";
import { DocumentClient } from "../../packages/boto3/src/dynamodb/document-client.ts";
import { camel } from "../../packages/boto3/src/method-names.ts";
import { PAGES } from "../../packages/boto3/src/operations/pages.ts";
import { ObjectSummary } from "../../packages/boto3/src/s3/object-collection.ts";
import { Message } from "../../packages/boto3/src/sqs/message.ts";
import { ApiSession } from "../../src/index.ts";
import { hasPython, PYTHON as PYTHON_COMMAND } from "./porting-programs.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

interface PythonNames {
	readonly botocore: Record<
		"names" | "variables" | "config" | "clientArguments" | "client" | "meta" | "paginator" | "pages" | "body",
		string[]
	> & { readonly version: string } & Record<"packages" | "eventAliases", Record<string, string>>;
	readonly boto3: {
		readonly version: string;
		readonly names: string[];
		readonly clients: Record<string, { readonly paginators: string[] }>;
		readonly resources: Record<string, string[]>;
	};
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
const ROWS: {
	services: Record<string, string>;
	paginators: Record<string, string[]>;
	eventAliases: Record<string, string>;
	documentClient: string[];
	tables: { id: string; document: string; rows: Row[] }[];
} = JSON.parse(read("packages/cli/src/port/rows.json"));
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

describe("the rows that name echostream-boto3", () => {
	/** What rows have of the package. What follows "The SDK" is of others. */
	const cells = rows.flatMap(({ cells: all }) =>
		all.slice(1).flatMap((cell) => (/ of `echostream-boto3`/.test(cell) ? (cell.split(/\[?The SDK/)[0] ?? []) : [])),
	);

	test("the rows that name echostream-boto3 name only members that it has", () => {
		const { Attr, ClientError, Key, Session, WaiterError } = boto3;
		const session = new Session({
			credentials: { accessKeyId: "a", secretAccessKey: "b" },
			regionName: "us-east-1",
			services: { dynamodb: DynamoDB, s3: S3, sqs: SQS },
		});
		const [tables, storage, queues] = [session.resource("dynamodb"), session.resource("s3"), session.resource("sqs")];
		const [dynamodb, s3, table] = [session.client("dynamodb"), session.client("s3"), tables.Table("t")];
		const [bucket, object] = [storage.Bucket("b"), storage.Object("b", "o")];
		const [pages, waiter] = [dynamodb.getPaginator("scan"), dynamodb.getWaiter("table_exists")];
		const response = { Error: { Code: "c", Message: "m" }, ResponseMetadata: { HTTPHeaders: {}, RetryAttempts: 0 } };
		const condition = Key("pk").eq("a");
		const all = [
			...[session, dynamodb, s3, tables, storage, queues, table, table.batchWriter(), queues.Queue("q")],
			...[
				bucket,
				bucket.objects,
				object,
				new ObjectSummary("b", "o", s3, {}),
				new Message(session.client("sqs"), "q", {}),
			],
			...[Key("pk"), Attr("n"), condition, pages, pages.paginate({ TableName: "t" }), waiter],
			...[new ClientError(response, "PutItem", { cause: 1 }), new WaiterError("w", "r", undefined)],
		];
		const members = new Set([...Object.keys(boto3), ...all.flatMap(membersOf)]);
		const named = cells.flatMap((cell) => {
			const code = [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
			return code.flatMap((span) => [...span.matchAll(/(?:\.|^)([a-z]\w*)(?=\W|$)/g)].map(([, name = ""]) => name));
		});
		// Keywords, variables, options of a session, and names of services and packages.
		const OTHERS =
			/^(await|catch|for|if|new|a|args|bucket|client|error|message|object|pages|paginator|queue|resource|session|table|waiter|botocoreSession|services|dynamodb|echostream|jmespath|pk|s3|sqs)$/;
		expect(named.length).toBeGreaterThan(100);
		expect(named.filter((name) => !members.has(name) && !OTHERS.test(name))).toEqual([]);
	});

	test("the rows of resources name only operations that the clients of the SDK have", () => {
		const operations = new Set([DynamoDB, S3, SQS].flatMap(({ prototype }) => Object.keys(prototype)));
		const named = [...rowsOf("dynamodb"), ...rowsOf("sqs and s3")]
			.map(({ cells: [, here = ""] }) => here.replace(/The SDK: .*/, ""))
			.filter((here) => here.startsWith("`await client."))
			.flatMap((here) => [...here.matchAll(/(?:client\.|`)([a-z]+[A-Z]\w*)/g)].map(([, name = ""]) => name));
		expect(named.length).toBeGreaterThan(15);
		expect(named.filter((name) => !operations.has(name))).toEqual([]);
	});

	test("the rows that need echostream-boto3 have it among their packages", () => {
		const without = rows.filter(
			({ cells: [, here = ""], packages = [] }) =>
				/ of `echostream-boto3`/.test(here) && !packages.includes("echostream-boto3"),
		);
		// A session is of this package only if the program uses another row of it.
		expect(without.flatMap(({ names: all }) => all[0])).toEqual([
			"boto3.session.Session(botocore_session)",
			"boto3.session.Session.client",
			"boto3.session.Session",
		]);
	});
});

/** The names of the members of an object, also of its classes. */
function membersOf(value: object): string[] {
	const found: string[] = [];
	for (let of = value; of !== null && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
		found.push(...Object.getOwnPropertyNames(of));
	}
	return found;
}

const {
	boto3: { resources },
	botocore,
	pycognito,
} = PYTHON;
/** The resources of boto3, by the paths that rows have. */
const RESOURCES = {
	dynamodb: "dynamodb.ServiceResource",
	s3: "s3.ServiceResource",
	sqs: "sqs.ServiceResource",
	Table: "dynamodb.Table",
	BatchWriter: "dynamodb.BatchWriter",
	Bucket: "s3.Bucket",
	Object: "s3.Object",
	ObjectSummary: "s3.ObjectSummary",
	Queue: "sqs.Queue",
	Message: "sqs.Message",
};
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
	...Object.entries(RESOURCES).map(
		([name, path]) =>
			[`the resource ${name}`, resources[name] ?? [], (member: string) => `boto3.${path}.${member}`] as const,
	),
	["Config", botocore.config, (name: string) => `botocore.config.Config(${name})`],
	["client()", botocore.clientArguments, (name: string) => `botocore.session.Session.create_client(${name})`],
	["pycognito.Cognito", pycognito.Cognito, (name: string) => `pycognito.Cognito.${name}`],
	["pycognito.AWSSRP", pycognito.AWSSRP, (name: string) => `pycognito.aws_srp.AWSSRP.${name}`],
	["pycognito's exceptions", pycognito.exceptions, (name: string) => `pycognito.exceptions.${name}`],
])("the porting guide has a row for every public name of %s", (_, all, nameOf) => {
	expect(all.length).toBeGreaterThan(0);
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

test("the paginators that echostream port knows are those of echostream-boto3", () => {
	const ours = new Set(Object.keys(PAGES));
	const expected = Object.entries(PYTHON.boto3.clients).map(([service, { paginators }]) => [
		service,
		paginators.filter((name) => ours.has(camel(name))),
	]);
	expect(ROWS.paginators).toEqual(Object.fromEntries(expected));
	expect(new Set(Object.values(ROWS.paginators).flat().map(camel))).toEqual(ours);
});

test("the members that echostream port knows of a table's client are those of echostream-boto3", () => {
	const members = Object.getOwnPropertyNames(DocumentClient.prototype).filter((name) => name !== "constructor");
	expect(ROWS.documentClient.map(camel).sort()).toEqual(members.sort());
});

test("the older names of services in events are those of botocore", () => {
	expect(ROWS.eventAliases).toEqual(botocore.eventAliases);
	expect(Object.keys(ROWS.eventAliases)).toEqual(Object.keys(botocore.eventAliases));
});

if (hasPython) {
	test("the operations whose names have acronyms are those that Python prints", () => {
		const script = fileURLToPath(new URL("scripts/python-operations.py", ROOT));
		const printed = execFileSync(String(PYTHON_COMMAND), [script], { encoding: "utf8" });
		expect(JSON.parse(read("packages/cli/src/port/operations.json"))).toEqual(JSON.parse(printed));
	});
}

test("every configuration variable of a session is one of botocore's", () => {
	const table = [...read("docs/porting/sessions.md").matchAll(/^\| `(\w+)` \| `AWS_.* \| `\w+` \|$/gm)];
	const named = table.map(([, name]) => name);
	expect(named.length).toBe(8);
	expect(botocore.variables).toEqual(expect.arrayContaining(named));
});
