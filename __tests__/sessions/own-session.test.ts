import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import {
	CredentialsError,
	EchoStreamSession,
	type EchoStreamSessionOptions,
	type TenantQuery,
} from "../../src/index.ts";
import { startTenant } from "../support/signed-in.ts";

interface DepartmentSessionOptions extends EchoStreamSessionOptions {
	readonly department?: string;
}

const FIELDS = "active name region table";
const TENANT = `query tenant($tenant: String!) { GetTenant(tenant: $tenant) { ${FIELDS} } }`;
const TENANT_WITH_CREDENTIALS = `query credentials($tenant: String!, $duration: Int!) {
	GetTenant(tenant: $tenant) {
		${FIELDS}
		GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }
	}
}`;

/** A session class as a program may write one: with a setting of its own, and its own queries. */
class DepartmentSession extends EchoStreamSession {
	readonly department: string;

	constructor(options: DepartmentSessionOptions = {}) {
		super(options, { subject: "a DepartmentSession", required: { department: "DEPARTMENT" } });
		this.department = this.addedSettings.department ?? "";
	}

	protected override tenantQuery(wanted: "credentials" | "tenant"): TenantQuery {
		const { tenant, duration } = this;
		return {
			...(wanted === "credentials"
				? { document: TENANT_WITH_CREDENTIALS, variables: { tenant, duration } }
				: { document: TENANT, variables: { tenant } }),
			select: ({ GetTenant }) => {
				if (GetTenant === null) throw new CredentialsError("TenantNotFound", `No tenant for ${this.department}`);
				return { tenant: GetTenant, credentials: (GetTenant as Record<string, unknown>).GetAwsCredentials };
			},
		};
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

test("a session class of a program describes its tenant by its own query, and finds the region of its clients by it", async () => {
	await using session = new DepartmentSession({ department: "sales" });
	expect(await session.describeTenant()).toMatchObject({ table: tenant.table, active: true });
	expect(await session.regionName()).toBe(tenant.region);
});

test("an error that the query of a session class throws is the error of the call", async () => {
	await using session = new DepartmentSession({ department: "sales", tenant: "nowhere" });
	for (const call of [() => session.credentials(), () => session.describeTenant()]) {
		await expect(call()).rejects.toMatchObject({ code: "TenantNotFound", message: "No tenant for sales" });
	}
});

test("a session class of a program reports a tenant that is not active", async () => {
	await using session = new DepartmentSession({ department: "sales" });
	tenant.active = false;
	try {
		await expect(session.credentials()).rejects.toMatchObject({ code: "TenantNotActive", transient: true });
	} finally {
		tenant.active = true;
	}
});

test("a query of a session class that finds no credentials is an error, not credentials without a key", async () => {
	class Careless extends DepartmentSession {
		protected override tenantQuery(): TenantQuery {
			return { document: "{ GetVersion }", select: () => ({}) };
		}
	}
	await using session = new Careless({ department: "sales" });
	await expect(session.credentials()).rejects.toMatchObject({ code: "InvalidCredentials" });
	await expect(session.describeTenant()).rejects.toMatchObject({ code: "InvalidAppSyncResponse" });
});

test("a setting that a session class adds is reported as missing with all other settings, and its variable counts", () => {
	expect(() => new DepartmentSession({ userPoolId: "nonsense" })).toThrow(
		/^Cannot create a DepartmentSession.*department \(or DEPARTMENT\): is missing.*userPoolId/s,
	);
	process.env.DEPARTMENT = "purchasing";
	expect(new DepartmentSession().department).toBe("purchasing");
});
