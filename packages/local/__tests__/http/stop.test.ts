import { connect } from "node:net";
import { expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { credentialsOf, jsonRequest, plainSignIn, signed } from "../tenant-client.ts";

/** A Lambda function that returns when the test calls `end`. */
function pausedLambda() {
	let begin = () => {};
	let end = () => {};
	const begun = new Promise<void>((resolve) => {
		begin = resolve;
	});
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	const lambda = async () => {
		begin();
		await ended;
		return "done";
	};
	return { begun, end, lambda };
}

test("a request that is being handled gets its response although the tenant is stopped", async () => {
	const { begun, end, lambda } = pausedLambda();
	const tenant = await LocalTenant.start({ ...plainSignIn, lambdas: { lambda } });
	const credentials = await credentialsOf(tenant, { apiUser: "admin" });
	const path = "/2015-03-31/functions/lambda/invocations";
	const { init, url } = await signed(tenant, credentials, { service: "lambda", path, body: "{}" });
	const responding = fetch(url, init);
	await begun;
	const stopped = tenant.stop();
	await expect(fetch(tenant.url)).rejects.toThrow();
	end();
	const response = await responding;
	expect([response.status, await response.json()]).toEqual([200, "done"]);
	await stopped;
});

test("a request that waits for a message gets an empty response when the tenant is stopped", async () => {
	const tenant = await LocalTenant.start(plainSignIn);
	const credentials = await credentialsOf(tenant, { app: "external-app" });
	const [queue = ""] = tenant.directory.queues();
	const receive = async (WaitTimeSeconds: number) => {
		const input = { QueueUrl: tenant.queueUrl(queue), WaitTimeSeconds };
		const { init, url } = await signed(tenant, credentials, jsonRequest("sqs", "ReceiveMessage", input));
		return fetch(url, init);
	};
	await receive(0);
	const mark = tenant.requestLog.length;
	const responding = receive(20);
	while (tenant.requestLog.length === mark) await new Promise((resolve) => setTimeout(resolve, 5));
	await new Promise((resolve) => setTimeout(resolve, 50));
	await tenant.stop();
	expect(await (await responding).json()).toEqual({});
});

test("requests that a fault keeps waiting, and incomplete ones, do not keep the tenant from stopping", async () => {
	const tenant = await LocalTenant.start();
	const faults = [{ hang: true }, { delayMs: 3_600_000 }, { slowDripMs: 3_600_000 }] as const;
	for (const fault of faults) tenant.faults.add({ ...fault, times: 1 });
	const requests = faults.map(() => fetch(tenant.url).then((response) => response.text()));
	const incomplete = connect(Number(new URL(tenant.url).port), "127.0.0.1");
	const closed = new Promise((resolve) => incomplete.once("close", resolve));
	incomplete.on("error", () => {});
	incomplete.write("POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\nhalf");
	while (tenant.requestLog.length < faults.length) await new Promise((resolve) => setTimeout(resolve, 5));
	await tenant.stop();
	expect((await Promise.allSettled(requests)).map(({ status }) => status)).toEqual(faults.map(() => "rejected"));
	await closed;
});
