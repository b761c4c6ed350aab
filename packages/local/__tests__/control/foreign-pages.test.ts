import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { credentialsOf, plainSignIn, signed } from "../tenant-client.ts";
import { control } from "./control-client.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, allowedOrigins: ["*"] });
});
afterAll(() => tenant.stop());

/** Sends a request as it stands, because `fetch` sets some headers itself. */
function send(head: string, body = ""): Promise<string> {
	return new Promise((resolve, reject) => {
		const { port } = new URL(tenant.url);
		const socket = connect(Number(port), "127.0.0.1");
		let text = "";
		socket.on("data", (chunk) => {
			text += chunk;
		});
		socket.on("end", () => resolve(text));
		socket.on("error", reject);
		const length = `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n`;
		socket.write(`${head.trim().replaceAll("\n", "\r\n")}\r\n${length}\r\n${body}`);
	});
}

describe("pages of other sites cannot drive a tenant", () => {
	const host = () => new URL(tenant.url).host;

	test.each([
		["another origin", "origin: http://evil.example"],
		["another port of this machine", "origin: http://127.0.0.1:1"],
		["a sandboxed frame", "origin: null"],
		["an image of another site", "sec-fetch-site: cross-site"],
		["a script of another port", "sec-fetch-site: same-site"],
		["a visit of the API by a link", "sec-fetch-site: cross-site\nsec-fetch-mode: navigate"],
	])("a request from %s is denied, although the tenant allows all origins to call its services", async (_, headers) => {
		const response = await send(`GET /_control/environment?app=external-app HTTP/1.1\nhost: ${host()}\n${headers}`);
		expect(response).toMatch(/^HTTP\/1.1 403 /);
		expect(response).not.toContain("access-control-allow-origin");
		expect(response).not.toContain("PASSWORD");
	});

	test("a preflight request for the control API gets no permission", async () => {
		const head = `OPTIONS /_control/faults HTTP/1.1\nhost: ${host()}\norigin: http://evil.example`;
		const response = await send(`${head}\naccess-control-request-method: DELETE`);
		expect(response).toMatch(/^HTTP\/1.1 403 /);
		expect(response).not.toContain("access-control-allow");
	});

	test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain; application/json"])(
		"a request with the content type %s, which a form can send, changes nothing",
		async (type) => {
			const head = `POST /_control/faults HTTP/1.1\nhost: ${host()}\ncontent-type: ${type}`;
			expect(await send(head, '{"hang":true}')).toMatch(/^HTTP\/1.1 415 /);
			expect([...tenant.faults]).toEqual([]);
		},
	);

	test("a request with the Host header of a stranger's name is denied", async () => {
		expect(await send("GET /_control/state HTTP/1.1\nhost: evil.example")).toMatch(/^HTTP\/1.1 403 /);
	});

	test("the tenant's own page may use the control API", async () => {
		const headers = `origin: http://${host()}\nsec-fetch-site: same-origin`;
		expect(await send(`GET /_control/state HTTP/1.1\nhost: ${host()}\n${headers}`)).toMatch(/^HTTP\/1.1 200 /);
	});

	test("a response cannot be loaded by other sites, and is not stored", async () => {
		const { headers } = await control(tenant, "GET state");
		expect(Object.fromEntries(headers)).toMatchObject({
			"cache-control": "no-store",
			"cross-origin-resource-policy": "same-origin",
			"x-content-type-options": "nosniff",
		});
	});

	test("a signed request for a bucket named health is one to S3", async () => {
		const credentials = await credentialsOf(tenant, { apiUser: "admin" });
		for (const [method, status] of [
			["PUT", 200],
			["GET", 200],
		] as const) {
			const { init, url } = await signed(tenant, credentials, { service: "s3", method, path: "/health" });
			const response = await fetch(url, init);
			expect([response.status, response.headers.get("content-type")]).not.toEqual([status, "application/json"]);
			expect(response.status).toBe(status);
		}
	});
});
