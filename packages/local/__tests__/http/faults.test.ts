import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type Fault, LocalTenant, ManualClock } from "../../src/index.ts";
import { plainLogin } from "../tenant-client.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainLogin, clock: new ManualClock(Date.UTC(2026, 5, 1)) });
});
afterEach(() => {
	tenant.faults.clear();
	tenant.ledger.clear();
});
afterAll(() => tenant.stop());

function ask(query = "query version { GetVersion }"): Promise<Response> {
	return fetch(`${tenant.url}/graphql`, {
		method: "POST",
		body: JSON.stringify({ query }),
		headers: { authorization: "x" },
	});
}

/** The code under the error of a failed `fetch`. */
async function failureOf(asked: Promise<unknown>): Promise<unknown> {
	const error = await asked.then(
		() => undefined,
		(reason: { cause?: { code?: unknown } }) => reason,
	);
	expect(error).toBeDefined();
	return error?.cause?.code;
}

/** Whether the request got as far as the token check, which answers it with 401. */
const HANDLED = 401;

describe("a fault", () => {
	test("that breaks the connection before a request is handled, or after, keeps back the answer", async () => {
		for (const drop of ["before", "after"] as const) {
			tenant.faults.add({ drop, times: 1 });
			await expect(ask()).rejects.toThrow("fetch failed");
		}
		expect(tenant.ledger.since()).toMatchObject([{ fault: "drop before" }, { fault: "drop after" }]);
		expect(tenant.ledger.since().map(({ status }) => status)).toEqual([undefined, undefined]);
	});

	test.each(["before", "after"] as const)(
		"that drops a request %s it is handled has its effect or has none",
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
			const login = (refreshToken?: string) =>
				change("InitiateAuth", {
					ClientId: CLIENT_ID,
					AuthFlow: "USER_PASSWORD_AUTH",
					AuthParameters: { USERNAME: "admin", PASSWORD, ...(refreshToken && { REFRESH_TOKEN: refreshToken }) },
				}).then(
					(response) =>
						response.json() as Promise<{ AuthenticationResult: { AccessToken: string; RefreshToken: string } }>,
				);
			const { AccessToken } = (await login()).AuthenticationResult;
			tenant.faults.add({ operation: "GlobalSignOut", drop });
			await expect(change("GlobalSignOut", { AccessToken })).rejects.toThrow();
			const response = await change("GetUser", { AccessToken });
			expect(response.status).toBe(drop === "before" ? 200 : 400);
		},
	);

	test("midway sends part of the body, then breaks the connection", async () => {
		tenant.faults.add({ drop: "midway" });
		const response = await ask();
		expect(response.status).toBe(HANDLED);
		await expect(response.text()).rejects.toThrow();
	});

	test("that refuses connections is over when it is removed", async () => {
		const refused = tenant.faults.add({ drop: "refuse" });
		await failureOf(ask());
		expect(await failureOf(ask())).toBe("ECONNREFUSED");
		refused.remove();
		expect((await ask()).status).toBe(HANDLED);
		expect(() => tenant.faults.add({ drop: "refuse", times: 1 })).toThrow(TypeError);
	});

	test("that hangs never answers, and ends with the caller", async () => {
		const hung = tenant.faults.add({ hang: true, times: 1 });
		const abort = new AbortController();
		const asked = fetch(tenant.url, { signal: abort.signal });
		while (hung.met === 0) await new Promise(setImmediate);
		abort.abort();
		await expect(asked).rejects.toThrow();
		expect(tenant.ledger.since()).toMatchObject([{ fault: "hang" }]);
		expect(tenant.ledger.since()[0]).not.toHaveProperty("status");
	});

	test.each<[string, Fault, number, string | RegExp]>([
		["delays, then lets the request be handled", { delayMs: 1 }, HANDLED, /Unable to parse/],
		["drips byte by byte", { slowDripMs: 0 }, HANDLED, /Unable to parse/],
		["answers with a status and a body", { status: 503, body: "busy" }, 503, "busy"],
		["answers with JSON", { status: 400, body: { __type: "X" } }, 400, '{"__type":"X"}'],
		["answers with a status and nothing", { status: 429 }, 429, ""],
		["makes HTML of the answer", { corrupt: "html" }, HANDLED, /^<html>/],
		["cuts the answer in half", { corrupt: "truncated" }, HANDLED, /^\{"errors":\[[^}]*$/],
		["empties the answer", { corrupt: "empty" }, HANDLED, ""],
		["makes null of the answer", { corrupt: "null" }, HANDLED, "null"],
		["changes the answer", { corrupt: (body) => body.toUpperCase() }, HANDLED, /UNABLE TO PARSE/],
	])("%s", async (_, fault, status, body) => {
		tenant.faults.add(fault);
		const response = await ask();
		expect(response.status).toBe(status);
		expect(await response.text()).toEqual(typeof body === "string" ? body : expect.stringMatching(body));
		expect(tenant.ledger.since()).toMatchObject([
			{ service: "appsync", operation: "version", status, fault: Object.keys(fault)[0] },
		]);
	});

	test("sets headers", async () => {
		tenant.faults.add({ status: 429, headers: { "retry-after": "7" } });
		expect((await ask()).headers.get("retry-after")).toBe("7");
	});

	test("puts the Date header off, which is the tenant's otherwise", async () => {
		expect((await ask()).headers.get("date")).toBe("Mon, 01 Jun 2026 00:00:00 GMT");
		tenant.faults.add({ dateSkewMs: -3_600_000 });
		expect((await ask()).headers.get("date")).toBe("Sun, 31 May 2026 23:00:00 GMT");
	});
});

describe("which requests meet a fault", () => {
	const statuses = async (...queries: string[]) => {
		const seen: number[] = [];
		for (const query of queries) seen.push((await ask(query)).status);
		return seen;
	};
	const once = "query once { GetVersion }";
	const twice = "query twice { GetVersion }";

	test.each<[string, Omit<Fault, "status">, number[]]>([
		["all, where nothing is said", {}, [500, 500, 500]],
		["those of an operation", { operation: "twice" }, [HANDLED, 500, 500]],
		["those of a service", { service: "sqs" }, [HANDLED, HANDLED, HANDLED]],
		["so many", { times: 2 }, [500, 500, HANDLED]],
		["those after so many", { skip: 1, times: 1 }, [HANDLED, 500, HANDLED]],
		["so many of an operation", { operation: "twice", service: "appsync", times: 1 }, [HANDLED, 500, HANDLED]],
	])("%s", async (_, scope, expected) => {
		const handle = tenant.faults.add({ ...scope, status: 500 } as Fault);
		expect(await statuses(once, twice, twice)).toEqual(expected);
		expect(handle.met).toBe(expected.filter((status) => status === 500).length);
	});

	test("the first that fits, where there are several; the next when that one is over or removed", async () => {
		const first = tenant.faults.add({ status: 501 });
		tenant.faults.add({ status: 502, times: 1 });
		expect(await statuses(once)).toEqual([501]);
		first.remove();
		expect(await statuses(once, once)).toEqual([502, HANDLED]);
	});
});

test("a connection that hangs does not keep a tenant from stopping", async () => {
	const other = await LocalTenant.start();
	const hung = other.faults.add({ hang: true });
	const dripping = other.faults.add({ operation: "drip", slowDripMs: 10_000 });
	const asked = fetch(other.url);
	while (hung.met === 0) await new Promise(setImmediate);
	await other.stop();
	await expect(asked).rejects.toThrow();
	expect(dripping.met).toBe(0);
});
