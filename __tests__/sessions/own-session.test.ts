import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { EchoStreamSession, type EchoStreamSessionOptions, type Query } from "../../src/index.ts";
import { startTenant } from "../support/signed-in.ts";

interface DepartmentSessionOptions extends EchoStreamSessionOptions {
	readonly department?: string;
}

/** A session class as a program may write one: with a setting of its own, and its own queries. */
class DepartmentSession extends EchoStreamSession {
	readonly department: string;

	constructor(options: DepartmentSessionOptions = {}) {
		super(options, { subject: "a DepartmentSession", required: { department: "DEPARTMENT" } });
		this.department = this.addedSettings.department ?? "";
	}

	protected override async findCredentials(query: Query): Promise<unknown> {
		const document = `query ($tenant: String!, $duration: Int!) {
			GetTenant(tenant: $tenant) {
				GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }
			}
		}`;
		const { GetTenant } = await query(document, { tenant: this.tenant, duration: this.duration });
		return (GetTenant as { readonly GetAwsCredentials: unknown }).GetAwsCredentials;
	}

	protected override async findTenant(query: Query): Promise<unknown> {
		const document = "query ($tenant: String!) { GetTenant(tenant: $tenant) { active name region table } }";
		return (await query(document, { tenant: this.tenant })).GetTenant;
	}
}

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
	Object.assign(process.env, tenant.environment({ apiUser: "admin" }), { DEPARTMENT: "" });
});
afterAll(() => tenant.stop());

test("a session class of a program builds clients that sign in by its own query", async () => {
	await using session = new DepartmentSession({ department: "sales" });
	const dynamodb = session.client(DynamoDBClient);
	const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: tenant.table }));
	expect([session.department, Table?.TableName]).toEqual(["sales", tenant.table]);
});

test("a setting that a session class adds is reported as missing with all other settings, and its variable counts", () => {
	expect(() => new DepartmentSession({ userPoolId: "nonsense" })).toThrow(
		/^Cannot create a DepartmentSession.*department \(or DEPARTMENT\): is missing.*userPoolId/s,
	);
	process.env.DEPARTMENT = "purchasing";
	expect(new DepartmentSession().department).toBe("purchasing");
});
