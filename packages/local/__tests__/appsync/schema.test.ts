import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
	buildClientSchema,
	buildSchema,
	getIntrospectionQuery,
	type IntrospectionQuery,
	validateSchema,
} from "graphql";
import { readPublishedSchema, schemaFacts } from "../../../../scripts/published-schema.mjs";
import { SCHEMA } from "../../src/appsync/schema.ts";
import { LocalTenant } from "../../src/index.ts";
import { plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

/** EchoStream's own programs query it, although the published schema has no such field. */
const ADDITIONS = ["Tenant.audit: Boolean"];
const UPDATE_TENANT = "Tenant.Update(config: AWSJSON, description: String): Tenant!";
const UPDATE_TENANT_AUDIT = "Tenant.Update(audit: Boolean, config: AWSJSON, description: String): Tenant!";

let tenant: LocalTenant;
let facts: readonly string[];
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
	const { data } = await sendQuery(tenant, await signIn(tenant, { apiUser: "admin" }), getIntrospectionQuery());
	const schema = buildClientSchema(data as IntrospectionQuery);
	expect(validateSchema(schema)).toEqual([]);
	facts = schemaFacts(schema);
});
afterAll(() => tenant.stop());

function expected(published: readonly string[]): string[] {
	return [...published.map((fact) => (fact === UPDATE_TENANT ? UPDATE_TENANT_AUDIT : fact)), ...ADDITIONS].sort();
}

// A tenant itself does not validate it, because that takes longer than a sign-in.
test("the schema is valid by the rules of the schema language", () => {
	expect(validateSchema(buildSchema(SCHEMA))).toEqual([]);
});

test("introspection returns the types, fields and arguments of the published schema, and only Tenant.audit beside them", () => {
	const list = readFileSync(new URL("published-schema.txt", import.meta.url), "utf8")
		.trim()
		.split("\n");
	expect(facts).toEqual(expected(list));
});

test("the list of the published schema is that of the file that ECHOSTREAM_SCHEMA names", () => {
	const file = process.env.ECHOSTREAM_SCHEMA;
	if (file === undefined || !existsSync(file)) {
		process.stderr.write("Not run: ECHOSTREAM_SCHEMA does not name EchoStream's schema.graphql\n");
		return;
	}
	expect(facts).toEqual(expected(schemaFacts(readPublishedSchema(file))));
});
