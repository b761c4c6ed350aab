import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { plainSignIn, signIn } from "../tenant-client.ts";

test("a WebSocket upgrade of AppSync is rejected at once, with a token and without, because there are no subscriptions", async () => {
	await using tenant = await LocalTenant.start(plainSignIn);
	const token = await signIn(tenant, { apiUser: "admin" });
	for (const [authorization, status] of [
		["", "401"],
		[`Authorization: ${token}\r\n`, "400"],
	]) {
		const { host, port } = new URL(tenant.url);
		const socket = connect(Number(port), "127.0.0.1");
		const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: graphql-ws";
		socket.write(`GET /graphql/realtime HTTP/1.1\r\nHost: ${host}\r\n${authorization}${upgrade}\r\n\r\n`);
		const [response] = await once(socket, "data");
		socket.destroy();
		expect(String(response)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
		expect(String(response)).toContain('"errorType"');
	}
});
