import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { text as textOf } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { buildProgram } from "../../../__tests__/support/program.ts";
import type { LocalTenant } from "../src/index.ts";
import { BrokenConnections } from "./broken-connections.ts";
import { MalformedRequests, type Sent } from "./malformed-requests.ts";
import { type AwsCredentials, credentialsOf, plainSignIn, seededRandom, signIn } from "./tenant-client.ts";

const COUNT = Number(process.env.MALFORMED_REQUESTS ?? 4000);
const BROKEN = 1500;
const BROKEN_AT_ONCE = 75;
const AT_ONCE = 16;

let child: ChildProcess | undefined;
let tenant: LocalTenant;
let admin: AwsCredentials;
let token: string;
let errors = "";

/** A tenant in a process of its own, so that what ends the process is seen. */
beforeAll(async () => {
	const contents = `import { LocalTenant } from "./packages/local/src/index.ts";
		const tenant = await LocalTenant.start(${JSON.stringify(plainSignIn)});
		const { url, name, region } = tenant;
		console.log(JSON.stringify({ url, name, region, environment: tenant.environment({ apiUser: "admin" }) }));`;
	const outfile = await buildProgram("local-tenant", contents);
	child = spawn(process.execPath, [outfile], { stdio: ["ignore", "pipe", "pipe"] });
	if (child.stdout === null || child.stderr === null) throw new Error("The child process has no output");
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		errors += text;
	});
	const [line] = await once(createInterface(child.stdout), "line");
	const { environment, ...described } = JSON.parse(line);
	tenant = { ...described, clock: Date, environment: () => environment };
	admin = await credentialsOf(tenant, { apiUser: "admin" }, 43_200);
	token = await signIn(tenant, { apiUser: "admin" });
});
afterAll(() => {
	agent.destroy();
	child?.kill();
});

const agent = new Agent({ keepAlive: true });

/** Sends a request, and reads its response. Takes a third of the time of `fetch`. */
async function exchange(url: string, { method, headers, body }: Sent["init"]) {
	const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
	const sent = request(new URL(url), { agent, method, headers: { ...headers, ...length }, timeout: 20_000 });
	sent.on("timeout", () => sent.destroy(new Error("The request timed out")));
	sent.end(body);
	const [response] = (await once(sent, "response")) as [IncomingMessage];
	return { status: response.statusCode ?? 0, text: await textOf(response) };
}

test(`a tenant survives ${COUNT} malformed requests to every service, and none of them gets a 5xx status`, async () => {
	const requests = new MalformedRequests(tenant, admin, token, seededRandom(process.env.MALFORMED_SEED ?? "1"));
	const failures: unknown[] = [];
	const statuses = new Map<number, number>();
	const send = async ({ init, url }: Sent) => {
		const described = { url: url.slice(0, 300), ...init, body: String(init.body).slice(0, 600) };
		try {
			const { status, text } = await exchange(url, init);
			statuses.set(status, (statuses.get(status) ?? 0) + 1);
			if (status >= 500 && status !== 501) failures.push({ text, ...described });
		} catch (error) {
			failures.push({ error: String(error), ...described });
		}
	};
	for (let sent = 0; sent < COUNT; sent += AT_ONCE) {
		const batch: Sent[] = [];
		while (batch.length < AT_ONCE) batch.push(await requests.next());
		await Promise.all(batch.map(send));
		if (failures.length > 0) break;
	}
	expect(failures).toEqual([]);
	expect(child?.exitCode).toBeNull();
	// Enough of them get past the signature for the services to see.
	expect(statuses.get(200)).toBeGreaterThan(COUNT / 20);
	expect(await signIn(tenant, { apiUser: "admin" })).toMatch(/^ey/);
});

test(`a tenant survives ${BROKEN} connections with mutated, incomplete and broken requests`, async () => {
	const seed = process.env.MALFORMED_SEED ?? "1";
	const requests = new MalformedRequests(tenant, admin, token, seededRandom(seed));
	const broken = new BrokenConnections(seededRandom(`connections ${seed}`));
	const { port } = new URL(tenant.url);
	for (let sent = 0; sent < BROKEN; sent += BROKEN_AT_ONCE) {
		const batch: Sent[] = [];
		while (batch.length < BROKEN_AT_ONCE) batch.push(await requests.next());
		await Promise.all(batch.map((request) => broken.send(Number(port), request)));
	}
	expect(child?.exitCode).toBeNull();
	expect(await signIn(tenant, { apiUser: "admin" })).toMatch(/^ey/);
	// One that writes to standard error has met an error that nobody handles.
	expect(errors).toBe("");
});

test("a tenant survives what is not HTTP, and HTTP that Node itself rejects", async () => {
	const random = seededRandom("raw");
	const { port } = new URL(tenant.url);
	const head = "Host: localhost\r\nContent-Length: 2\r\n";
	const messages = [
		...Array.from({ length: 50 }, (_, index) => random(1 + 40 * index)),
		"GET / HTTP/1.0\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		Buffer.from("1603010200010001fc0303", "hex"),
		"GET http://[::1/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		`POST / HTTP/1.1\r\n${head}Expect: a-miracle\r\n\r\n{}`,
		`POST / HTTP/1.1\r\n${head}Content-Length: 3\r\n\r\n{}`,
		`POST / HTTP/1.1\r\n${head}\r\n{`,
		"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
		`GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
	];
	for (const message of messages) {
		const socket = connect(Number(port), "127.0.0.1");
		socket.on("error", () => undefined);
		socket.end(message);
		socket.resume();
		await once(socket, "close").catch(() => undefined);
	}
	expect(child?.exitCode).toBeNull();
	expect(await signIn(tenant, { apiUser: "admin" })).toMatch(/^ey/);
});
