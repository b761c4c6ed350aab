import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { declaredVariables, variableValue } from "../src/tenant/variables.ts";
import { Environment } from "./support/environment.ts";
import { outputOf } from "./support/output-of.ts";

const NODE = "query ($tenant: String!, $name: String!) { GetNode(tenant: $tenant, name: $name) { name } }";

let tenant: LocalTenant;
let environment: Environment;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	environment = new Environment(tenant.environment({ apiUser: "admin" }));
});
afterAll(async () => {
	environment[Symbol.dispose]();
	await tenant.stop();
});

describe("echostream query", () => {
	test("the data of a document in the argument is printed as JSON", async () => {
		const { printed, status } = await outputOf(["query", "{ GetVersion }"]);
		expect([status, JSON.parse(printed)]).toEqual([0, { GetVersion: "local" }]);
	});

	test.each([[["query"]], [["query", "-"]]])("%j sends the document of standard input", async (args) => {
		const { printed } = await outputOf(args, "{ GetVersion }");
		expect(JSON.parse(printed)).toEqual({ GetVersion: "local" });
	});

	test("--file sends the document of a file, and $tenant is that of the settings", async () => {
		const file = join(environment.folder, "node.graphql");
		writeFileSync(file, NODE);
		const { printed } = await outputOf(["query", "--file", file, "-v", "name=external-app-node"]);
		expect(JSON.parse(printed)).toEqual({ GetNode: { name: "external-app-node" } });
	});

	test("a given $tenant replaces that of the settings", async () => {
		const { printed } = await outputOf(["query", NODE, "-v", "name=external-app-node", "-v", "tenant=other"]);
		expect(JSON.parse(printed)).toEqual({ GetNode: null });
	});

	test("variables come from JSON, or a file with it, and -v replaces single ones", async () => {
		const file = join(environment.folder, "variables.json");
		writeFileSync(file, JSON.stringify({ name: "managed-app-node" }));
		const ofFile = await outputOf(["query", NODE, "--variables", `@${file}`]);
		expect(JSON.parse(ofFile.printed)).toEqual({ GetNode: { name: "managed-app-node" } });
		const replaced = await outputOf(["query", NODE, "--variables", '{"name":"x"}', "-v", "name=external-app-node"]);
		expect(JSON.parse(replaced.printed)).toEqual({ GetNode: { name: "external-app-node" } });
	});

	test("numbers are sent as numbers, and texts that look like numbers as texts", async () => {
		const document =
			"query ($tenant: String!, $limit: Int, $name: String!) { ListApps(tenant: $tenant, limit: $limit) { lastEvaluatedKey } GetNode(tenant: $tenant, name: $name) { name } }";
		const { errors, printed } = await outputOf(["query", document, "-v", "limit=3", "-v", "name=007"]);
		expect([errors, JSON.parse(printed)]).toEqual([
			"",
			{ ListApps: { lastEvaluatedKey: expect.stringContaining("managed-app") }, GetNode: null },
		]);
	});

	test.each([
		["an undeclared variable", ["-v", "nam=x"], "The document declares no variable $nam. It declares $tenant, $name."],
		["a variable without a value", ["-v", "name"], 'The variable "name" is invalid: write name=value.'],
		["invalid JSON", ["--variables", "{"], "The variables in --variables are not valid JSON"],
		["JSON that is no object", ["--variables", "[1]"], "The variables in --variables must be a JSON object."],
		["a document and a file", ["--file", "x"], "Pass the GraphQL document as the argument or with --file, not both."],
	])("%s exits with 2 before anything is sent", async (_, args, message) => {
		const mark = tenant.requestLog.length;
		const { errors, printed, status } = await outputOf(["query", NODE, ...args]);
		expect([status, printed]).toEqual([2, ""]);
		expect(errors).toContain(message);
		expect(tenant.requestLog.length).toBe(mark);
	});

	test("an invalid document exits with 1, and the message of EchoStream is printed to standard error", async () => {
		const { errors, printed, status } = await outputOf(["query", "{ GetVersion { x } }"]);
		expect([status, printed]).toEqual([1, ""]);
		expect(errors).toMatch(/returned errors \(HTTP \d+: .*GetVersion/);
	});

	test("a denied query exits with 4", async () => {
		using _app = new Environment(tenant.environment({ app: "external-app" }));
		const { errors, status } = await outputOf([
			"query",
			"query ($tenant: String!) { ListApps(tenant: $tenant) { lastEvaluatedKey } }",
		]);
		expect([status, errors]).toEqual([4, expect.stringContaining("denied this query")]);
	});

	test("control characters in the data are escaped", async () => {
		await using other = await LocalTenant.start({ apps: [{ name: "shop", description: "a\u001b[31mb" }] });
		using _other = new Environment(other.environment({ app: "shop" }));
		const document = "query ($tenant: String!, $app: String!) { GetApp(tenant: $tenant, name: $app) { description } }";
		const { printed } = await outputOf(["query", document]);
		expect(printed).toContain("a\\u001b[31mb");
	});
});

describe("variables of a document", () => {
	test("are found in declarations, and not in strings, comments and bodies", () => {
		const document = `
			# $comment: Int
			query One($a: String! = "$b: Int", $list: [ID!]! @x, $input: Filter
				$last:Int) { f(a: $a, text: """ $c: Int """, o: {x: $list y: $input}) }
			query Two($two: Boolean) { f(a: $two) }`;
		expect([...declaredVariables(document)]).toEqual([
			["a", "String!"],
			["list", "[ID!]!"],
			["input", "Filter"],
			["last", "Int"],
			["two", "Boolean"],
		]);
	});

	test.each([
		["String!", "3", "3"],
		["ID", "007", "007"],
		["AWSJSON", '{"a":1}', '{"a":1}'],
		["String", "null", "null"],
		["Int", "3", 3],
		["Float!", "-1e3", -1000],
		["Boolean", "true", true],
		["Int", "null", null],
		["[String!]", '["a","1"]', ["a", "1"]],
		["[String!]", "1", "1"],
		["[Int]", "1", 1],
		["Filter", '{"a":[1]}', { a: [1] }],
		["ApiUserRole", "admin", "admin"],
	])("of the type %s get from %s the value %j", (type, text, value) => {
		expect(variableValue("x", text, type)).toEqual(value);
	});

	test.each([
		["Int", "abc"],
		["Int", "007"],
		["[Int]", "[1"],
		["Filter", "{a:1}"],
	])("of the type %s do not accept %s", (type, text) => {
		expect(() => variableValue("x", text, type)).toThrow(
			`The value of $x is invalid: the document declares it as ${type}`,
		);
	});
});
