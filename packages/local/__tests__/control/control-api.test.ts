import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { credentialsOf, jsonRequest, plainSignIn, sendQuery, signed, signIn } from "../tenant-client.ts";
import { control } from "./control-client.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start({
		...plainSignIn,
		userPool: {
			...plainSignIn.userPool,
			users: [{ username: "with-sms", password: "Local-1!", mfa: [{ type: "SMS", destination: "+15550100" }] }],
		},
	});
});
afterAll(() => tenant.stop());
beforeEach(() => {
	tenant.faults.clear();
	tenant.active = true;
});

const admin = { apiUser: "admin" };
const aws = async (service: "dynamodb" | "sqs", operation: string, input: unknown) => {
	const request = await signed(tenant, await credentialsOf(tenant, admin), jsonRequest(service, operation, input));
	return (await fetch(request.url, request.init)).json();
};

describe("the control API: tenant", () => {
	test("GET /health reports that the tenant is ready, without signature", async () => {
		const response = await fetch(`${tenant.url}/health`);
		expect([response.status, await response.json()]).toEqual([
			200,
			{ status: "ready", name: "local", region: "us-east-1" },
		]);
	});

	test("GET state returns users, apps, nodes and edges, and no secret", async () => {
		const { body, status } = await control(tenant, "GET state");
		expect(status).toBe(200);
		expect(body).toMatchObject({ name: "local", active: true, table: "db-local", url: tenant.url });
		expect(body.users).toContainEqual(expect.objectContaining({ username: "reader", role: "read_only" }));
		expect(body.users).toContainEqual(expect.objectContaining({ username: "with-sms", mfa: ["SMS"] }));
		expect(body.apps.map(({ name }: { name: string }) => name)).toContain("external-app");
		expect(body.edges).toContainEqual(expect.objectContaining({ ...tenant.directory.edges[0] }));
		expect(body.nodes).toContainEqual(expect.objectContaining({ name: "external-app-node", type: "ExternalNode" }));
		expect(JSON.stringify(body)).not.toContain(tenant.environment(admin).PASSWORD);
	});

	test("GET environment returns the variables of an app and of an API user", async () => {
		expect((await control(tenant, "GET environment?app=managed-app")).body).toEqual(
			tenant.environment({ app: "managed-app" }),
		);
		expect((await control(tenant, "GET environment?apiUser=admin")).body).toEqual(tenant.environment(admin));
	});

	test("GET environment has the address by which the caller reaches the tenant", async () => {
		const url = tenant.url.replace("127.0.0.1", "localhost");
		const { body } = await control(url, "GET environment?app=managed-app");
		expect(body).toMatchObject({ AWS_ENDPOINT_URL: url, APPSYNC_ENDPOINT: `${url}/graphql` });
	});

	test("PATCH tenant makes the tenant inactive, and it issues no credentials", async () => {
		expect((await control(tenant, "PATCH tenant", { active: false })).body).toEqual({ active: false });
		await expect(credentialsOf(tenant, admin)).rejects.toThrow();
	});

	test("GET audit-records returns what nodes have recorded", async () => {
		expect((await control(tenant, "GET audit-records")).body).toEqual({ records: [], next: 0 });
	});

	test("POST access-keys/revoke and access-keys/expire end issued credentials", async () => {
		const list = async (credentials: Parameters<typeof signed>[1]) => {
			const { init, url } = await signed(tenant, credentials, jsonRequest("sqs", "ListQueues", {}));
			return ((await (await fetch(url, init)).json()) as { __type: string }).__type;
		};
		const [first, second] = [await credentialsOf(tenant, admin), await credentialsOf(tenant, { apiUser: "reader" })];
		await control(tenant, "POST access-keys/revoke", { user: "admin" });
		expect([await list(first), await list(second)]).toEqual([expect.stringContaining("UnrecognizedClient"), undefined]);
		await control(tenant, "POST access-keys/expire", {});
		expect(await list(second)).toContain("ExpiredToken");
	});

	test("POST tokens/revoke ends the sign-in of a user", async () => {
		const token = await signIn(tenant, admin);
		await control(tenant, "POST tokens/revoke", { user: "admin" });
		expect((await sendQuery(tenant, token, "{ __typename }")).status).toBe(401);
	});
});

describe("the control API: users", () => {
	test("PATCH users sets a password, with which the user signs in, and which the variables have", async () => {
		await control(tenant, "PATCH users/reader", { password: "New-12345!" });
		const { body } = await control(tenant, "GET environment?apiUser=reader");
		expect(body.PASSWORD).toBe("New-12345!");
		expect(await signIn(tenant, { apiUser: "reader" })).toMatch(/^ey/);
	});

	test("PATCH users disables a user and enables it again", async () => {
		const { body } = await control(tenant, "PATCH users/admin", { disabled: true });
		expect(body).toMatchObject({ username: "admin", disabled: true });
		await expect(signIn(tenant, admin)).rejects.toThrow();
		await control(tenant, "PATCH users/admin", { disabled: false });
		expect(await signIn(tenant, admin)).toMatch(/^ey/);
	});

	test("GET codes returns the codes that were sent to a user", async () => {
		await fetch(tenant.url, {
			method: "POST",
			headers: {
				"content-type": "application/x-amz-json-1.1",
				"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
			},
			body: JSON.stringify({
				ClientId: tenant.userPool.clientId,
				AuthFlow: "USER_PASSWORD_AUTH",
				AuthParameters: { USERNAME: "with-sms", PASSWORD: "Local-1!" },
			}),
		});
		expect((await control(tenant, "GET codes?user=with-sms")).body).toEqual({ codes: tenant.userPool.sentCodes });
		expect((await control(tenant, "GET codes?user=admin")).body).toEqual({ codes: [] });
	});
});

describe("the control API: faults", () => {
	test("a fault that was added by POST faults happens, is listed with its count, and ends with DELETE", async () => {
		const { body: added } = await control(tenant, "POST faults", { operation: "InitiateAuth", status: 503, times: 5 });
		await expect(signIn(tenant, admin)).rejects.toThrow();
		expect((await control(tenant, "GET faults")).body).toEqual({ faults: [{ ...added, met: 1 }] });
		await control(tenant, `DELETE faults/${added.id}`);
		expect(await signIn(tenant, admin)).toMatch(/^ey/);
		expect((await control(tenant, "GET faults")).body).toEqual({ faults: [] });
	});

	test("DELETE faults ends all faults, also those of the program", async () => {
		tenant.faults.add({ operation: "InitiateAuth", corrupt: () => "" });
		expect((await control(tenant, "GET faults")).body.faults[0].fault.corrupt).toBe("function");
		await control(tenant, "DELETE faults");
		expect([...tenant.faults]).toEqual([]);
	});

	test("a fault with forMs ends by itself", async () => {
		await control(tenant, "POST faults", { operation: "InitiateAuth", status: 503, forMs: 1 });
		while ([...tenant.faults].length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
		expect(await signIn(tenant, admin)).toMatch(/^ey/);
	});

	test("the fault that closes the port is rejected without an end, as it closes the control API too", async () => {
		const { body, status } = await control(tenant, "POST faults", { drop: "refuse" });
		expect([status, body.error]).toEqual([400, expect.stringContaining("add forMs")]);
	});

	test.each([{ "a b": "x" }, { a: "x\r\ny" }])(
		"a fault with the headers %j, which cannot be sent, is rejected",
		async (headers) => {
			const { body, status } = await control(tenant, "POST faults", { status: 200, headers });
			expect([status, body.error]).toEqual([400, expect.stringContaining("is invalid")]);
		},
	);

	test("a fault that is nested too deep gets a response", async () => {
		const response = await fetch(`${tenant.url}/_control/faults`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: `{"status":200,"body":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
		});
		expect(response.status).toBe(500);
		tenant.faults.clear();
	});

	test("no fault applies to the control API and to /health", async () => {
		tenant.faults.add({ drop: "before" });
		expect((await control(tenant, "GET faults")).status).toBe(200);
		expect((await fetch(`${tenant.url}/health`)).status).toBe(200);
	});
});

describe("the control API: clock", () => {
	test("POST clock moves the time, and a token expires", async () => {
		const token = await signIn(tenant, admin);
		const before = tenant.clock.now();
		await control(tenant, "POST clock", { advanceMs: 7_200_000 });
		expect(tenant.clock.now() - before).toBeGreaterThanOrEqual(7_200_000);
		expect((await sendQuery(tenant, token, "{ __typename }")).errors?.[0]?.message).toBe("Token has expired.");
	});

	test("POST clock sets the time, back too", async () => {
		const { body } = await control(tenant, "POST clock", { now: "2026-01-31T12:00:00Z" });
		expect(body).toEqual({ now: expect.stringMatching(/^2026-01-31T12:00:00/), isMovable: true });
		expect((await control(tenant, "GET clock")).body.now).toMatch(/^2026-01-31T12:00/);
	});

	test("POST clock advances the manual clock of a program, and cannot move a clock without that", async () => {
		const { ManualClock } = await import("../../src/index.ts");
		const clock = new ManualClock();
		await using manual = await LocalTenant.start({ clock });
		const called = new Promise<void>((resolve) => void clock.after(1000, resolve));
		await control(manual, "POST clock", { advanceMs: 1000 });
		await called;
		await using fixed = await LocalTenant.start({ clock: { now: () => 0 } });
		expect((await control(fixed, "POST clock", { advanceMs: 1 })).status).toBe(409);
	});
});

describe("the control API: request log", () => {
	test("GET requests returns the log page by page", async () => {
		const { next } = (await control(tenant, `GET requests?after=${tenant.requestLog.length}`)).body;
		await signIn(tenant, admin);
		await signIn(tenant, { app: "managed-app" });
		const first = (await control(tenant, `GET requests?after=${next}&limit=1`)).body;
		expect(first.requests).toEqual([
			{ at: expect.stringMatching(/Z$/), service: "cognito", operation: "InitiateAuth", status: 200, user: "admin" },
		]);
		const second = (await control(tenant, `GET requests?after=${first.next}&limit=10`)).body;
		expect(second.requests).toEqual([expect.objectContaining({ user: "managed-app-user" })]);
		expect((await control(tenant, `GET requests?after=${second.next}`)).body.requests).toEqual([]);
	});

	test("a rejected request is logged with the reason, and without the signed text and the session token", async () => {
		const credentials = await credentialsOf(tenant, admin);
		const { init, url } = await signed(
			tenant,
			{ ...credentials, secretAccessKey: "wrong" },
			{ service: "s3", method: "GET", path: "/bulk-data/key" },
		);
		await fetch(url, init);
		const entry = tenant.requestLog.since().at(-1);
		expect(entry?.error?.type).toBe("SignatureDoesNotMatch");
		expect(JSON.stringify(entry)).not.toContain(credentials.sessionToken.slice(0, 40));
	});

	test("GET requests/stream sends the last requests, then each as it gets its response", async () => {
		await signIn(tenant, admin);
		const stream = await fetch(`${tenant.url}/_control/requests/stream?last=1`);
		expect(stream.headers.get("content-type")).toBe("text/event-stream");
		const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
		let received = "";
		const receive = async (count: number) => {
			while (received.split("event: request").length <= count) received += (await reader?.read())?.value ?? "";
		};
		await receive(1);
		tenant.faults.add({ operation: "InitiateAuth", drop: "before" });
		await signIn(tenant, { app: "managed-app" }).catch(() => undefined);
		await receive(2);
		await reader?.cancel();
		const requests = [...received.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
		expect(requests).toEqual([
			expect.objectContaining({ operation: "InitiateAuth", status: 200 }),
			expect.objectContaining({ operation: "InitiateAuth", fault: "drop before" }),
		]);
	});

	test("requests to the control API are not logged, and DELETE requests empties the log", async () => {
		await control(tenant, "DELETE requests");
		await control(tenant, "GET state");
		expect((await control(tenant, "GET requests")).body).toEqual({ requests: [], next: 0 });
	});
});

describe("the control API: tables, queues and buckets", () => {
	test("GET tables and items return the items of a table page by page", async () => {
		for (const sk of ["1", "2", "3"]) {
			await aws("dynamodb", "PutItem", { TableName: tenant.table, Item: { pk: { S: "page" }, sk: { S: sk } } });
		}
		const { tables } = (await control(tenant, "GET tables")).body;
		expect(tables).toEqual([
			{
				name: tenant.table,
				items: 3,
				isMore: false,
				keys: [
					{ AttributeName: "pk", KeyType: "HASH" },
					{ AttributeName: "sk", KeyType: "RANGE" },
				],
			},
		]);
		const first = (await control(tenant, `GET tables/${tenant.table}/items?limit=2`)).body;
		const start = encodeURIComponent(JSON.stringify(first.next));
		const second = (await control(tenant, `GET tables/${tenant.table}/items?limit=2&start=${start}`)).body;
		expect([...first.items, ...second.items].map(({ sk }) => sk.S)).toEqual(["1", "2", "3"]);
		expect(second.next).toBeUndefined();
	});

	test("GET messages returns the messages of a queue, which can still be received", async () => {
		const QueueUrl = tenant.queueUrl("app-managed-app");
		await aws("sqs", "SendMessage", { QueueUrl, MessageBody: "<b>hello</b>" });
		const look = () => control(tenant, "GET queues/app-managed-app/messages");
		expect((await look()).body).toEqual({
			total: 1,
			messages: [expect.objectContaining({ body: "<b>hello</b>", state: "ready", receives: 0 })],
		});
		const { Messages } = (await aws("sqs", "ReceiveMessage", { QueueUrl })) as { Messages: unknown[] };
		expect(Messages).toHaveLength(1);
		expect((await look()).body.messages).toEqual([expect.objectContaining({ state: "received", receives: 1 })]);
		expect((await control(tenant, "GET queues")).body.queues).toContainEqual(
			expect.objectContaining({ name: "app-managed-app", ready: 0, received: 1, url: QueueUrl }),
		);
	});

	test("GET objects returns the objects of a bucket page by page", async () => {
		const credentials = await credentialsOf(tenant, admin);
		for (const key of ["a%20%26b", "c"]) {
			const path = `/bulk-data/look/${key}`;
			const { init, url } = await signed(tenant, credentials, { service: "s3", method: "PUT", path, body: "12345" });
			expect((await fetch(url, init)).status).toBe(200);
		}
		expect((await control(tenant, "GET buckets")).body).toEqual({ buckets: [{ name: "bulk-data" }] });
		const { body } = await control(tenant, "GET buckets/bulk-data/objects?prefix=look/&limit=1");
		expect(body).toEqual({
			objects: [{ key: "look/a &b", size: 5, modifiedAt: expect.stringMatching(/Z$/) }],
			next: "look/a &b",
		});
		const after = encodeURIComponent(body.next);
		const rest = await control(tenant, `GET buckets/bulk-data/objects?prefix=look/&after=${after}`);
		expect(rest.body).toEqual({ objects: [expect.objectContaining({ key: "look/c" })] });
	});
});

describe("the control API: invalid requests", () => {
	test.each([
		["GET nothing", undefined, 404, "There is nothing at /_control/nothing"],
		["PUT faults", {}, 405, "use GET, POST, DELETE"],
		["GET environment", undefined, 400, "use the parameter app or apiUser"],
		["GET environment?app=none", undefined, 404, "named none"],
		["PATCH users/none", {}, 404, "The user none was not found"],
		["PATCH users/admin", { role: "admin" }, 400, "role is unknown: use password, disabled"],
		["PATCH users/admin", { password: "" }, 400, "password is invalid: use a text"],
		["PATCH users/%E0%A4%A", {}, 400, "not encoded"],
		["POST tokens/revoke", { user: "none" }, 404, "The user none was not found"],
		["POST tokens/revoke", {}, 400, "user is missing"],
		["POST faults", { status: 1 }, 400, "status is invalid: use a whole number from 200 to 599"],
		["POST faults", { status: 503, hang: true }, 400, "The fault is invalid: use one of"],
		["POST faults", { hang: true, body: "x" }, 400, "headers and body belong to status"],
		["POST faults", { drop: "refuse", forMs: 1, times: 1 }, 400, "it has no other member"],
		["POST faults", "[]", 400, "The body is not a JSON object"],
		["DELETE faults/99", undefined, 404, "The fault 99 was not found"],
		["POST clock", { advanceMs: -1 }, 400, "advanceMs is invalid"],
		["POST clock", { advanceMs: Number.MAX_SAFE_INTEGER }, 400, "before the year 10000"],
		["POST clock", { now: "yesterday" }, 400, "now is invalid: use a date such as"],
		["POST clock", {}, 400, "use one of advanceMs, now"],
		["GET requests?limit=x", undefined, 400, "The parameter limit is invalid"],
		["GET requests/stream?last=5000", undefined, 400, "The parameter last is invalid"],
		["GET tables/none/items", undefined, 404, "ResourceNotFoundException"],
		["GET tables/x/items", undefined, 400, "ValidationException"],
		["GET queues/none/messages", undefined, 404, "The queue none was not found"],
		["GET buckets/none/objects", undefined, 404, "NoSuchBucket: The specified bucket does not exist"],
	])("%s with the body %j is rejected with %i", async (request, body, status, text) => {
		const response = await control(tenant, request, body);
		expect([response.status, response.body.error]).toEqual([status, expect.stringContaining(text)]);
	});
});
