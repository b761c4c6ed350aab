import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type Fault, LocalTenant, ManualClock } from "../../src/index.ts";
import { plainSignIn } from "../tenant-client.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, clock: new ManualClock(Date.UTC(2026, 5, 1)) });
});
afterEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
});
afterAll(() => tenant.stop());

function sendQuery(query = "query version { GetVersion }"): Promise<Response> {
	return fetch(`${tenant.url}/graphql`, {
		method: "POST",
		body: JSON.stringify({ query }),
		headers: { authorization: "x" },
	});
}

/** The code under the error of a failed `fetch`. */
async function failureOf(pending: Promise<unknown>): Promise<unknown> {
	const error = await pending.then(
		() => undefined,
		(reason: { cause?: { code?: unknown } }) => reason,
	);
	expect(error).toBeDefined();
	return error?.cause?.code;
}

/** Whether the request got as far as the token check, which responds with 401. */
const HANDLED = 401;

describe("a fault", () => {
	test("a fault that drops the connection before or after a request is handled leaves no response", async () => {
		for (const drop of ["before", "after"] as const) {
			tenant.faults.add({ drop, times: 1 });
			await expect(sendQuery()).rejects.toThrow("fetch failed");
		}
		expect(tenant.requestLog.since()).toMatchObject([{ fault: "drop before" }, { fault: "drop after" }]);
		expect(tenant.requestLog.since().map(({ status }) => status)).toEqual([undefined, undefined]);
	});

	test.each(["before", "after"] as const)(
		"a sign-out takes effect only if it is handled when its connection is dropped %s that",
		async (drop) => {
			const { CLIENT_ID, PASSWORD } = tenant.environment({ apiUser: "admin" });
			const change = (target: string, input: unknown) =>
				fetch(tenant.url, {
					method: "POST",
					headers: {
						"content-type": "application/x-amz-json-1.1",
						"x-amz-target": `AWSCognitoIdentityProviderService.${target}`,
					},
					body: JSON.stringify(input),
				});
			const signIn = (refreshToken?: string) =>
				change("InitiateAuth", {
					ClientId: CLIENT_ID,
					AuthFlow: "USER_PASSWORD_AUTH",
					AuthParameters: { USERNAME: "admin", PASSWORD, ...(refreshToken && { REFRESH_TOKEN: refreshToken }) },
				}).then(
					(response) =>
						response.json() as Promise<{ AuthenticationResult: { AccessToken: string; RefreshToken: string } }>,
				);
			const { AccessToken } = (await signIn()).AuthenticationResult;
			tenant.faults.add({ operation: "GlobalSignOut", drop });
			await expect(change("GlobalSignOut", { AccessToken })).rejects.toThrow();
			const response = await change("GetUser", { AccessToken });
			expect(response.status).toBe(drop === "before" ? 200 : 400);
		},
	);

	test("a fault with drop: midway sends part of the body, then drops the connection", async () => {
		tenant.faults.add({ drop: "midway" });
		const response = await sendQuery();
		expect(response.status).toBe(HANDLED);
		await expect(response.text()).rejects.toThrow();
	});

	test("a port that another process takes meanwhile is opened again when that process has ended", async () => {
		const closed = tenant.faults.add({ drop: "refuse" });
		const other = createServer();
		await once(other.listen(Number(new URL(tenant.url).port), "127.0.0.1"), "listening");
		closed.remove();
		await new Promise((resolve) => setTimeout(resolve, 50));
		await new Promise((resolve) => other.close(resolve));
		while (!(await fetch(`${tenant.url}/health`).catch(() => undefined))) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	});

	test("a fault that refuses connections ends when it is removed", async () => {
		const closed = tenant.faults.add({ drop: "refuse" });
		await failureOf(sendQuery());
		expect(await failureOf(sendQuery())).toBe("ECONNREFUSED");
		closed.remove();
		expect((await sendQuery()).status).toBe(HANDLED);
		expect(() => tenant.faults.add({ drop: "refuse", times: 1 })).toThrow(TypeError);
	});

	test("a fault that hangs sends no response until the caller aborts", async () => {
		const hung = tenant.faults.add({ hang: true, times: 1 });
		const abort = new AbortController();
		const pending = fetch(tenant.url, { signal: abort.signal });
		while (hung.met === 0) await new Promise(setImmediate);
		abort.abort();
		await expect(pending).rejects.toThrow();
		expect(tenant.requestLog.since()).toMatchObject([{ fault: "hang" }]);
		expect(tenant.requestLog.since()[0]).not.toHaveProperty("status");
	});

	test.each<[string, Fault, number, string | RegExp]>([
		["delays a request, which is then handled", { delayMs: 1 }, HANDLED, /Unable to parse/],
		["sends the response byte by byte", { slowDripMs: 0 }, HANDLED, /Unable to parse/],
		["responds with a status and a body", { status: 503, body: "busy" }, 503, "busy"],
		["responds with JSON", { status: 400, body: { __type: "X" } }, 400, '{"__type":"X"}'],
		["responds with a status and no body", { status: 429 }, 429, ""],
		["replaces the response by HTML", { corrupt: "html" }, HANDLED, /^<html>/],
		["truncates the response", { corrupt: "truncated" }, HANDLED, /^\{"errors":\[[^}]*$/],
		["empties the response", { corrupt: "empty" }, HANDLED, ""],
		["replaces the response by null", { corrupt: "null" }, HANDLED, "null"],
		["changes the response with a function", { corrupt: (body) => body.toUpperCase() }, HANDLED, /UNABLE TO PARSE/],
	])("a fault %s", async (_, fault, status, body) => {
		tenant.faults.add(fault);
		const response = await sendQuery();
		expect(response.status).toBe(status);
		expect(await response.text()).toEqual(typeof body === "string" ? body : expect.stringMatching(body));
		expect(tenant.requestLog.since()).toMatchObject([
			{ service: "appsync", operation: "version", status, fault: Object.keys(fault)[0] },
		]);
	});

	test("a fault sets headers", async () => {
		tenant.faults.add({ status: 429, headers: { "retry-after": "7" } });
		expect((await sendQuery()).headers.get("retry-after")).toBe("7");
	});

	test("a fault with dateSkewMs shifts the Date header, which is the tenant's date otherwise", async () => {
		expect((await sendQuery()).headers.get("date")).toBe("Mon, 01 Jun 2026 00:00:00 GMT");
		tenant.faults.add({ dateSkewMs: -3_600_000 });
		expect((await sendQuery()).headers.get("date")).toBe("Sun, 31 May 2026 23:00:00 GMT");
	});

	test("a fault with dateSkewMs also shifts the Date header of the response that the fault sends", async () => {
		tenant.faults.add({ status: 503, body: "<html>Unavailable</html>", dateSkewMs: 3_600_000 });
		const { headers, status } = await sendQuery();
		expect([status, headers.get("date")]).toEqual([503, "Mon, 01 Jun 2026 01:00:00 GMT"]);
	});
});

describe("the requests that meet a fault", () => {
	const statuses = async (...queries: string[]) => {
		const seen: number[] = [];
		for (const query of queries) seen.push((await sendQuery(query)).status);
		return seen;
	};
	const once = "query once { GetVersion }";
	const twice = "query twice { GetVersion }";

	test.each<[string, Omit<Fault, "status">, number[]]>([
		["without a scope is met by all requests", {}, [500, 500, 500]],
		["of an operation is met by its requests only", { operation: "twice" }, [HANDLED, 500, 500]],
		["of a service is met by its requests only", { service: "sqs" }, [HANDLED, HANDLED, HANDLED]],
		["with times: 2 is met by two requests", { times: 2 }, [500, 500, HANDLED]],
		["with skip: 1 lets one request pass first", { skip: 1, times: 1 }, [HANDLED, 500, HANDLED]],
		[
			"of an operation with times: 1 is met by one of its requests",
			{ operation: "twice", service: "appsync", times: 1 },
			[HANDLED, 500, HANDLED],
		],
	])("a fault %s", async (_, scope, expected) => {
		const handle = tenant.faults.add({ ...scope, status: 500 } as Fault);
		expect(await statuses(once, twice, twice)).toEqual(expected);
		expect(handle.met).toBe(expected.filter((status) => status === 500).length);
	});

	test("a fault of a challenge is met by the responses to that challenge only", async () => {
		const respondTo = async (ChallengeName: string) => {
			const headers = { "x-amz-target": "AWSCognitoIdentityProviderService.RespondToAuthChallenge" };
			return (await fetch(tenant.url, { method: "POST", headers, body: JSON.stringify({ ChallengeName }) })).status;
		};
		tenant.faults.add({ challenge: "SMS_MFA", status: 500 });
		expect([await respondTo("EMAIL_OTP"), await respondTo("SMS_MFA"), ...(await statuses(once))]).toEqual([
			400,
			500,
			HANDLED,
		]);
	});

	test("of several matching faults the one added first is met, then the next", async () => {
		const first = tenant.faults.add({ status: 501 });
		tenant.faults.add({ status: 502, times: 1 });
		expect(await statuses(once)).toEqual([501]);
		first.remove();
		expect(await statuses(once, once)).toEqual([502, HANDLED]);
	});
});

test("a tenant stops while a connection hangs", async () => {
	const other = await LocalTenant.start();
	const hung = other.faults.add({ hang: true });
	const dripping = other.faults.add({ operation: "drip", slowDripMs: 10_000 });
	const pending = fetch(other.url);
	while (hung.met === 0) await new Promise(setImmediate);
	await other.stop();
	await expect(pending).rejects.toThrow();
	expect(dripping.met).toBe(0);
});
