import { gql } from "@apollo/client";
import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import { ApiSession, type EchoStreamSessionOptions } from "../../src/index.ts";
import { codeOf, optionsOf, startTenant } from "../support/signed-in.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});

/** A signed-in session that waits no time between two attempts. */
async function signedIn(options: EchoStreamSessionOptions = {}): Promise<ApiSession> {
	const session = new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), random: () => 0, ...options });
	await session.cognito.getAccessToken();
	tenant.requestLog.clear();
	return session;
}

const VERSION = "query version { GetVersion }";

describe("a query of the program's own", () => {
	test("session.query() accepts variables, and returns data of the declared type", async () => {
		await using session = await signedIn();
		const document = "query tenant($tenant: String!) { GetTenant(tenant: $tenant) { name } }";
		const { GetTenant } = await session.query<{ GetTenant: { name: string } | null }>(document, {
			tenant: tenant.name,
		});
		expect(GetTenant?.name).toBe(tenant.name);
		expect(await session.query(document, { tenant: "nowhere" })).toEqual({ GetTenant: null });
	});

	test("a query with variables that JSON cannot express fails before the sign-in", async () => {
		await using session = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
		await expect(session.query(VERSION, { size: 1n })).rejects.toThrow(/BigInt/);
		expect(tenant.requestLog.length).toBe(0);
	});

	test.each([
		["an invalid document", "query broken { Nothing }", "QueryFailed", /Cannot query field "Nothing"/],
		["what this user may not ask", "query denied { GetUser { email } }", "PermissionDenied", /Not Authorized/],
	])("session.query() fails on %s with an error that has a code", async (_, document, code, message) => {
		await using session = await signedIn();
		const error = await session.query(document).catch((reason: unknown) => reason);
		expect(error).toMatchObject({
			name: "AppSyncError",
			code,
			status: 200,
			errors: [{ message: expect.stringMatching(message) }],
		});
	});

	test("session.query() waits for a short Retry-After before it retries, and does not retry after a long one", async () => {
		const waits: number[] = [];
		const clock = new (class extends ManualClock {
			override after(ms: number, act: () => void): () => void {
				waits.push(ms);
				return super.after(ms, act);
			}
		})(Date.now());
		await using session = await signedIn({ clock });
		const busy = (seconds: string) => ({ status: 429, headers: { "retry-after": seconds }, body: {} });
		tenant.faults.add({ operation: "version", times: 1, ...busy("2") });
		const result = session.query(VERSION);
		while (!waits.includes(2_000)) await clock.advance(0);
		await clock.advance(1_999);
		expect(tenant.requestLog.count("version")).toBe(1);
		await clock.advance(1);
		expect(await result).toEqual({ GetVersion: "local" });
		tenant.faults.add({ operation: "version", times: 1, ...busy("60") });
		expect(await codeOf(session.query(VERSION))).toBe("AppSyncUnavailable");
		expect(tenant.requestLog.count("version")).toBe(3);
	});

	test("session.query() accepts parsed and typed documents that still have their text", async () => {
		await using session = await signedIn();
		expect(await session.query(gql`query version { GetVersion }`)).toEqual({ GetVersion: "local" });
		class Typed extends String implements DocumentTypeDecoration<{ GetVersion: string }, Record<string, never>> {
			declare readonly __apiType?: (variables: Record<string, never>) => { GetVersion: string };
		}
		const { GetVersion } = await session.query(new Typed(VERSION));
		const version: string = GetVersion;
		expect(version).toBe("local");
		await expect(session.query({ kind: "Document" })).rejects.toThrow("has no source text");
	});

	test("session.query() is cancelled by its signal", async () => {
		await using session = await signedIn();
		expect(await codeOf(session.query(VERSION, {}, { signal: AbortSignal.abort(new TypeError("enough")) }))).toBe(
			"TypeError",
		);
		expect(tenant.requestLog.length).toBe(0);
		tenant.faults.add({ operation: "version", hang: true });
		const controller = new AbortController();
		const query = codeOf(session.query(VERSION, {}, { signal: controller.signal }));
		while (tenant.requestLog.length === 0) await new Promise((resolve) => setImmediate(resolve));
		controller.abort(new TypeError("enough"));
		expect(await query).toBe("TypeError");
	});
});

describe("what is tried again", () => {
	test.each([
		["a query", "query thing { GetVersion }", 3],
		["a query in short form", "{ GetVersion }", 3],
		["a query with a field named mutation", "query thing { mutation GetVersion }", 3],
		["a query after a comment on a mutation", "# } mutation thing\nquery thing { GetVersion }", 3],
		["a query after a text", 'query a { Get(of: "} mutation") }', 3],
		["a mutation after a text", 'query a { Get(of: "# \\" # ") } mutation thing { CreateThing }', 1],
		["a mutation", "mutation thing { CreateThing }", 1],
		["a mutation after a comment", "# what it does\n\tmutation thing { CreateThing }", 1],
		["a mutation after a fragment", "fragment all on Thing { name } mutation thing { CreateThing { ...all } }", 1],
	])("%s: as many attempts as may be repeated when no response arrives", async (_, document, times) => {
		await using session = await signedIn();
		tenant.faults.add({ service: "appsync", drop: "after" });
		expect(await codeOf(session.query(document))).toBe("AppSyncUnavailable");
		expect(tenant.requestLog.length).toBe(times);
	});

	test("a mutation whose token was rejected is sent again, because it was not executed", async () => {
		await using session = await signedIn();
		tenant.faults.add({ operation: "thing", status: 401, times: 1 });
		expect(await codeOf(session.query("mutation thing { CreateThing }"))).toBe("QueryFailed");
		expect(tenant.requestLog.operations()).toEqual(["thing", "GetTokensFromRefreshToken", "thing"]);
	});
});
