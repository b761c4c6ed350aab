import { describe, expect, test } from "@jest/globals";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ManualClock } from "echostream-local";
import type { HttpHandler } from "../../src/index.ts";
import { certificate, LyingServer, sessionOf, userOf } from "../support/lying-server.ts";

const SENDERS: Readonly<Record<string, (url: string, requestHandler: HttpHandler) => Promise<unknown>>> = {
	Cognito: (endpoint, requestHandler) => userOf(endpoint, { requestHandler }).getAccessToken(),
	AppSync: (url, requestHandler) => sessionOf(url, { requestHandler }).query("query version { GetVersion }"),
};

/** Each certificate, Node's error code for it, and whether its authority is trusted where that happens. */
const CERTIFICATES: readonly (readonly [string, readonly string[], string, boolean])[] = [
	["that is self-signed", ["self-signed"], "DEPTH_ZERO_SELF_SIGNED_CERT", false],
	["of an unknown authority", ["valid"], "UNABLE_TO_VERIFY_LEAF_SIGNATURE", false],
	["of an unknown authority that the server shows", ["valid", "authority"], "SELF_SIGNED_CERT_IN_CHAIN", false],
	[
		"of an intermediate authority that the server does not show",
		["below-intermediate"],
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		true,
	],
	["that another server's certificate issued", ["below-valid", "valid"], "INVALID_PURPOSE", true],
	["that has expired", ["expired"], "CERT_HAS_EXPIRED", true],
	["that is not valid yet", ["not-yet-valid"], "CERT_NOT_YET_VALID", true],
	["for another host", ["other-host"], "ERR_TLS_CERT_ALTNAME_INVALID", true],
];

const trusting = () => new NodeHttpHandler({ httpsAgent: { ca: certificate("authority") } });

describe.each(Object.entries(SENDERS))("%s", (_, send) => {
	test.each(CERTIFICATES)(
		"a request to a server with a certificate %s fails for good, after one connection, and the error has the reason and the remedy",
		async (_, chain, code, isTrusted) => {
			await using server = await LyingServer.start(() => ({}), chain);
			const handler = isTrusted ? trusting() : new NodeHttpHandler();
			const error = await send(server.url, handler).catch((reason: unknown) => reason);
			expect(error).toMatchObject({ code: "CertificateRejected", transient: false, cause: { code } });
			expect(String(error)).toMatch(new RegExp(`certificate that was rejected.*\\(${code}\\).*NODE_EXTRA_CA_CERTS`));
			expect([server.connections, server.received]).toEqual([1, []]);
			handler.destroy();
		},
	);

	test.each([
		["", ["valid"]],
		[", by way of an intermediate that the server shows,", ["below-intermediate", "intermediate"]],
	])("a server with a certificate of an authority that the request handler trusts%s is reached", async (_, chain) => {
		await using server = await LyingServer.start(() => ({ status: 400 }), chain);
		const handler = trusting();
		await expect(send(server.url, handler)).rejects.toMatchObject({ code: expect.not.stringMatching("Certificate") });
		expect(server.received).not.toHaveLength(0);
		handler.destroy();
	});

	test("a certificate that another server's certificate issued is rejected because its issuer is no authority", async () => {
		await using server = await LyingServer.start(() => ({}), ["below-valid", "valid"]);
		const handler = trusting();
		await expect(send(server.url, handler)).rejects.toThrow(
			"its issuer is not a certificate authority (INVALID_PURPOSE)",
		);
		handler.destroy();
	});

	test("a certificate that fetch rejects fails the same way: its error is the cause of fetch's", async () => {
		await using server = await LyingServer.start(() => ({}), ["self-signed"]);
		await expect(send(server.url, new FetchHttpHandler())).rejects.toMatchObject({
			code: "CertificateRejected",
			message: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
		});
		expect(server.connections).toBe(1);
	});

	test("a connection that breaks otherwise is retried", async () => {
		const broken = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
		let attempts = 0;
		const handler = {
			handle: () => {
				attempts++;
				return Promise.reject(broken);
			},
		};
		await expect(send("https://service.example", handler)).rejects.toMatchObject({ transient: true });
		expect(attempts).toBe(3);
	});
});

test("a sign-in that met a bad certificate is tried again by the next call", async () => {
	await using server = await LyingServer.start(() => ({}), ["self-signed"]);
	const user = userOf(server.url);
	for (let call = 1; call <= 2; call++) {
		await expect(user.getAccessToken()).rejects.toMatchObject({ code: "CertificateRejected" });
		expect(server.connections).toBe(call);
	}
	user.destroy();
});

test("an endpoint whose certificate has expired fails no call while the cached credentials are valid", async () => {
	const clock = new ManualClock();
	const expiration = new Date(clock.now() + 3_600_000).toISOString();
	const GetAwsCredentials = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token", expiration };
	const respond = () => ({
		headers: { date: new Date(clock.now()).toUTCString() },
		body: { data: { GetApp: { GetAwsCredentials } } },
	});
	await using valid = await LyingServer.start(respond, ["valid"]);
	await using expired = await LyingServer.start(respond, ["expired"]);
	const handler = trusting();
	let server = valid;
	const requestHandler: HttpHandler = {
		handle: (request, options) =>
			handler.handle(Object.assign(request.clone(), { port: Number(new URL(server.url).port) }) as never, options),
	};
	const failures: unknown[] = [];
	const session = sessionOf(valid.url, {
		clock,
		requestHandler,
		onEvent: (event) => void (event.type === "refreshFailed" && failures.push(event.error)),
	});
	const { accessKeyId } = await session.credentials();
	server = expired;
	await clock.advance(3_600_000 - 700_000);
	for (let calls = 0; failures.length === 0 && calls < 1000; calls++) {
		await expect(session.credentials()).resolves.toMatchObject({ accessKeyId });
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	expect(failures).toEqual([expect.objectContaining({ code: "CertificateRejected" })]);
	await clock.advance(700_000);
	await expect(session.credentials()).rejects.toMatchObject({
		code: "CredentialsExpired",
		cause: { code: "CertificateRejected" },
	});
	handler.destroy();
});
