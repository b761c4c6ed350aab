import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { freePort } from "../support/free-port.ts";
import { Example, type RunningExample } from "./example.ts";

/** The examples that are HTTP servers, each with the line that it prints when it listens. */
const SERVERS = [
	{ framework: "NestJS", name: "@nestjs/core", folder: "nestjs", ready: /Listening on/ },
	{ framework: "Fastify", name: "fastify", folder: "fastify", ready: /Server listening/ },
	{ framework: "Next.js", name: "next", folder: "nextjs", ready: /Ready in/ },
];
/** A password that is in the environment of the build. */
const PASSWORD = "canary-6c1d";
const ITEM = "/items/lighthouse/Fastnet";

describe.each(SERVERS)("the $framework example", ({ framework, name, folder, ready }) => {
	const example = new Example(folder);
	let tenant: LocalTenant;
	let server: RunningExample;
	let url: string;

	beforeAll(() => example.run("build", { PASSWORD }));

	beforeEach(async () => {
		tenant = await LocalTenant.start();
		const port = String(await freePort());
		url = `http://127.0.0.1:${port}`;
		server = await example.start("start", ready, { PORT: port, ...tenant.environment({ app: "external-app" }) });
	});

	afterEach(async () => {
		await server[Symbol.asyncDispose]();
		await tenant.stop();
	});

	/** Without a connection that stays open: it would keep some of the servers from ending for as long. */
	function request(path: string, init: RequestInit = {}): Promise<Response> {
		return fetch(url + path, { ...init, headers: { connection: "close", "content-type": "application/json" } });
	}

	const put = (body: unknown) => request(ITEM, { method: "PUT", body: JSON.stringify(body) });

	/** The first response with this status: a session repeats its last error in the pause after a failure. */
	async function untilStatus(path: string, status: number): Promise<Response> {
		for (;;) {
			const response = await request(path);
			if (response.status === status) return response;
			await pause(50);
		}
	}

	test(`the ${framework} example is built without settings of a session, and contains no variable of the build`, () => {
		const built = readdirSync(example.folder, { recursive: true, withFileTypes: true, encoding: "utf8" });
		const files = built.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name));
		expect(files.length).toBeGreaterThan(10);
		expect(files.filter((file) => readFileSync(file, "latin1").includes(PASSWORD))).toEqual([]);
	});

	test(`the ${framework} example writes and reads items, signs in once, and ends with SIGTERM`, async () => {
		expect(tenant.requestLog.operations()).toEqual([]);
		const first = await Promise.all(Array.from({ length: 10 }, () => request(ITEM)));
		expect(first.map(({ status }) => status)).toEqual(Array(10).fill(404));
		expect((await put({ note: "51° N" })).status).toBe(204);
		expect((await put({})).status).toBe(400);
		const response = await request(ITEM);
		expect(await response.json()).toEqual({ pk: "lighthouse", sk: "Fastnet", note: "51° N" });
		const health = await request("/health");
		expect(health.status).toBe(200);
		expect(await health.json()).toMatchObject({ app: "external-app", isReady: true });
		expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
		expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);

		tenant.faults.add({ operation: "GetItem", delayMs: 300 });
		const inProgress = request(ITEM);
		while (tenant.requestLog.count("GetItem") < 12) await pause(10);
		expect([0, 143, "SIGTERM"]).toContain(await server.stop());
		expect((await inProgress).status).toBe(200);
	});

	test(`the ${framework} example responds with 503 in an outage, with 500 to other failures, and recovers`, async () => {
		const outage = tenant.faults.add({ service: "appsync", status: 503, body: "" });
		const unavailable = await request(ITEM);
		expect(unavailable.status).toBe(503);
		expect(await unavailable.text()).not.toMatch(/appsync|external-app|HTTP/i);
		expect(await (await untilStatus("/health", 503)).json()).toMatchObject({
			isReady: false,
			lastRefresh: { error: { code: "AppSyncUnavailable" } },
		});

		outage.remove();
		const denial = { data: null, errors: [{ errorType: "Unauthorized", message: "Not Authorized" }] };
		const denied = tenant.faults.add({ service: "appsync", status: 200, body: denial });
		const failed = await untilStatus(ITEM, 500);
		expect(await failed.json()).toMatchObject({ message: "Internal Server Error" });

		denied.remove();
		expect(await (await untilStatus("/health", 200)).json()).toMatchObject({ isReady: true });
		expect((await request(ITEM)).status).toBe(404);
		expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
		await server.stop();
		expect(server.output).toContain("unavailable (HTTP 503)");
		expect(server.output).toMatch(/denied/);
		expect(server.output).not.toContain(tenant.environment({ app: "external-app" }).PASSWORD);
		example.recordPassed(name);
	});
});

test("the Next.js example keeps its session in development, when the module that creates it is loaded again", async () => {
	const example = new Example("nextjs");
	await using tenant = await LocalTenant.start();
	const port = String(await freePort());
	const variables = tenant.environment({ app: "external-app" });
	await using server = await example.start("dev", /Ready in/, { PORT: port, ...variables });
	const health = async () => (await fetch(`http://127.0.0.1:${port}/health`)).json();
	expect(await health()).toMatchObject({ isReady: true });

	const module = join(example.folder, "lib/echostream.ts");
	appendFileSync(module, '\nconsole.log("loaded again");\n');
	while (!server.output.includes("loaded again")) {
		await pause(100);
		expect(await health()).toMatchObject({ isReady: true });
	}
	expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
});
