import { createHmac } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { FaultHandle } from "echostream-local";
import { decodeJwt, exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { Cognito } from "../../../src/cognito/cognito.ts";
import type { CognitoOptions } from "../../../src/cognito/options.ts";
import type { HttpHandler } from "../../../src/platform/http-handler.ts";
import { codeOf, JO, type LocalPool, settle, startPool } from "../../support/local-user.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_SECONDS = 86_400;
const KEY_SET = "GetKeySet";

interface KeyPair {
	readonly privateKey: CryptoKey;
	readonly publicKey: CryptoKey;
	readonly jwk: JWK & { kid: string };
}

let pool: LocalPool;
let own: KeyPair;
let other: KeyPair;
let served: FaultHandle | undefined;

beforeAll(async () => {
	own = await keyPair("own");
	other = await keyPair("other");
	pool = await startPool({ accessTokenSeconds: DAY_SECONDS, idTokenSeconds: DAY_SECONDS });
});
beforeEach(() => {
	pool.faults.clear();
	pool.requestLog.clear();
});
afterAll(() => pool.stop());

async function keyPair(kid: string): Promise<KeyPair> {
	const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
	return { publicKey, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256" } };
}

/** Lets the pool publish these keys from now on. */
function serve(...keys: unknown[]): void {
	serveDocument({ keys });
}

function serveDocument(body: unknown, status = 200, headers: Record<string, string> = {}): void {
	served?.remove();
	served = pool.faults.add({ operation: KEY_SET, status, body, headers });
}

/** The claims of an access token of the pool. */
function claims(): JWTPayload {
	const now = Math.floor(pool.clock.now() / 1000);
	return {
		iss: `https://cognito-idp.us-east-1.amazonaws.com/${pool.pool.id}`,
		client_id: pool.pool.clientId,
		token_use: "access",
		username: JO.username,
		sub: "1",
		iat: now,
		exp: now + DAY_SECONDS,
	};
}

function sign(payload: object = {}, header: object = {}, { privateKey, jwk }: KeyPair = own): Promise<string> {
	const signed = { alg: "RS256", kid: jwk.kid, ...header };
	return new SignJWT({ ...claims(), ...payload }).setProtectedHeader(signed).sign(privateKey);
}

/** A user who has only this token. */
function userWith(accessToken: string | undefined, options: Partial<CognitoOptions> = {}): Cognito {
	return pool.user({ accessToken, idToken: undefined, refreshToken: undefined, ...options });
}

const errorOf = (promise: Promise<unknown>) =>
	promise.then(
		() => Promise.reject(new Error("It was accepted")),
		(error: Error & { code: string; transient: boolean; cause?: Error }) => error,
	);

describe("The key set", () => {
	test("the key set is fetched once for both tokens and kept for an hour", async () => {
		const user = pool.user();
		await user.authenticate();
		for (let minutes = 0; minutes < 60; minutes += 20) {
			expect(Object.keys(await user.verifyTokens())).toEqual(["id", "access"]);
			await pool.clock.advance(20 * MINUTE_MS);
		}
		expect(pool.requestLog.count(KEY_SET)).toBe(1);
		await user.verifyTokens();
		expect(pool.requestLog.count(KEY_SET)).toBe(2);
	});

	test("the key set is fetched once for a hundred simultaneous callers", async () => {
		const user = pool.user();
		await user.authenticate();
		await Promise.all(Array.from({ length: 100 }, () => user.verifyTokens()));
		expect(pool.requestLog.count(KEY_SET)).toBe(1);
	});

	test("a withdrawn key is used for at most an hour", async () => {
		serve(own.jwk, other.jwk);
		const user = userWith(await sign());
		await user.verifyTokens();
		serve(other.jwk);
		await pool.clock.advance(HOUR_MS - 1);
		await user.verifyTokens();
		await pool.clock.advance(1);
		expect(await codeOf(user.verifyTokens())).toBe("InvalidToken");
	});

	test("the key set is fetched again for an unknown key, at most once a minute", async () => {
		serve(other.jwk);
		const user = userWith(await sign());
		for (let i = 0; i < 3; i++) expect(await codeOf(user.verifyTokens())).toBe("InvalidToken");
		expect(pool.requestLog.count(KEY_SET)).toBe(1);
		await pool.clock.advance(MINUTE_MS);
		await Promise.all(Array.from({ length: 10 }, () => codeOf(user.verifyTokens())));
		expect(pool.requestLog.count(KEY_SET)).toBe(2);
		serve(other.jwk, own.jwk);
		expect(await codeOf(user.verifyTokens())).toBe("InvalidToken");
		await pool.clock.advance(MINUTE_MS);
		await user.verifyTokens();
		expect(pool.requestLog.count(KEY_SET)).toBe(3);
	});

	test("the key set may hold keys of other kinds, which are ignored", async () => {
		const { kid, ...withoutId } = other.jwk;
		const encryption = { ...other.jwk, use: "enc", kid: own.jwk.kid };
		serve(null, 5, "key", [], {}, withoutId, { kty: "EC", crv: "P-256", x: "AA", y: "AA", kid }, encryption, own.jwk);
		expect((await userWith(await sign()).verifyTokens()).access?.sub).toBe("1");
	});

	test("the keys of the key set need not name their use and algorithm", async () => {
		const { use: _, alg: __, ...key } = own.jwk;
		serve(key);
		await userWith(await sign()).verifyTokens();
	});

	test("the key set is not fetched for a string that is no JSON Web Token", async () => {
		expect(await codeOf(userWith("no token").verifyTokens())).toBe("InvalidToken");
		expect(pool.requestLog.length).toBe(0);
	});
});

describe("The key set is requested only through the request handler of the user", () => {
	const origins: string[] = [];
	const note = (message: unknown) => {
		const { request } = message as { request: ClientRequest };
		origins.push(`${request.protocol}//${request.getHeader("host")}`);
	};
	beforeEach(() => {
		origins.length = 0;
		subscribe("http.client.request.start", note);
	});
	afterEach(() => void unsubscribe("http.client.request.start", note));

	/** A handler that sends the requests for every host to the pool, and the requested paths. */
	function rerouted() {
		const paths: string[] = [];
		const { hostname, port } = new URL(pool.tenant.url);
		const handler = new NodeHttpHandler();
		const requestHandler: HttpHandler = {
			handle(request, options) {
				paths.push(`${request.method} ${request.protocol}//${request.hostname}${request.path}`);
				const rerouting = { ...request, protocol: "http:", hostname, port: Number(port) };
				return (handler as typeof requestHandler).handle(rerouting, options);
			},
		};
		return { paths, requestHandler, destroy: () => handler.destroy() };
	}

	test.each([
		["of a known key", {}],
		["of an unknown key", { kid: "unknown" }],
		["without the id of a key", { kid: undefined }],
		["that names another key set", { kid: "other", jku: "https://keys.example/jwks.json" }],
		["that brings its own key", { kid: "other", jwk: { kty: "RSA" } }],
		["whose key id is a path", { kid: "../../../other" }],
	])("the key set is requested only through the request handler of the user, for a token %s", async (_, header) => {
		const { paths, requestHandler, destroy } = rerouted();
		serve(own.jwk);
		const endpoint = "https://cognito.example";
		const user = userWith(await sign({}, header), { endpoint, requestHandler, maxAttempts: 3 });
		const isKnown = Object.keys(header).length === 0;
		expect(await codeOf(user.verifyTokens())).toBe(isKnown ? "none" : "InvalidToken");
		await pool.clock.advance(HOUR_MS);
		expect(await codeOf(user.verifyTokens())).toBe(isKnown ? "none" : "InvalidToken");
		const url = `GET https://cognito.example/${pool.pool.id}/.well-known/jwks.json`;
		expect(paths).toEqual("kid" in header && header.kid === undefined ? [] : [url, url]);
		expect(origins).toEqual(paths.map(() => pool.tenant.url));
		destroy();
	});

	test("the key set of another issuer is not requested for its token", async () => {
		const { paths, requestHandler, destroy } = rerouted();
		serve(own.jwk);
		const token = await sign({ iss: "https://evil.example" }, {}, other);
		const user = userWith(token, { endpoint: "https://cognito.example", requestHandler });
		expect(await codeOf(user.verifyTokens())).toBe("InvalidToken");
		expect(paths).toEqual([`GET https://cognito.example/${pool.pool.id}/.well-known/jwks.json`]);
		expect(origins).toEqual([pool.tenant.url]);
		destroy();
	});
});

describe("A key set that cannot be fetched", () => {
	test.each([
		["whose connection breaks", { drop: "before" }, "CognitoUnavailable"],
		["that breaks off midway", { drop: "midway" }, "CognitoUnavailable"],
		["at status 503", { status: 503, body: "<html>" }, "CognitoUnavailable"],
		["at status 429", { status: 429 }, "Throttled"],
	] as const)(
		"a key set that cannot be fetched because %s is a transient failure, and the next call tries again",
		async (_, effect, code) => {
			const user = pool.user();
			await user.authenticate();
			const fault = pool.faults.add({ operation: KEY_SET, ...effect });
			expect(await errorOf(user.verifyTokens())).toMatchObject({ name: "AuthenticationError", code, transient: true });
			fault.remove();
			expect(Object.keys(await user.verifyTokens())).toEqual(["id", "access"]);
		},
	);

	test("a key set that cannot be fetched because nobody listens is a transient failure", async () => {
		const user = userWith(await sign(), { endpoint: "http://127.0.0.1:9" });
		expect(await errorOf(user.verifyTokens())).toMatchObject({ code: "CognitoUnavailable", transient: true });
	});

	test.each(["hangs", "drips"])("a key set request ends at requestTimeoutMs when the server %s", async (how) => {
		const user = pool.user({ requestTimeoutMs: 5_000 });
		await user.authenticate();
		const operation = KEY_SET;
		const fault = pool.faults.add(
			how === "hangs" ? { operation, hang: true } : { operation, slowDripMs: 1_000, times: 1 },
		);
		const ended = errorOf(user.verifyTokens());
		await settle(() => fault.met === 1 && pool.clock.pending > 0);
		await pool.clock.advance(5_000);
		expect(await ended).toMatchObject({ code: "CognitoUnavailable", transient: true });
	});

	test("a key set that cannot be fetched is retried up to maxAttempts times", async () => {
		const user = pool.user({ maxAttempts: 3, clock: undefined, random: () => 0 });
		await user.authenticate();
		pool.faults.add({ operation: KEY_SET, status: 503, times: 2 });
		await user.verifyTokens();
		expect(pool.requestLog.count(KEY_SET)).toBe(3);
	});

	test("a key set that cannot be fetched makes a token of an unknown key a transient failure, and leaves the known keys in use", async () => {
		const user = userWith(await sign());
		serve(own.jwk);
		await user.verifyTokens();
		await pool.clock.advance(MINUTE_MS);
		pool.faults.clear();
		pool.faults.add({ operation: KEY_SET, status: 503 });
		await user.verifyTokens();
		expect(pool.requestLog.count(KEY_SET)).toBe(1);
		const stranger = userWith(await sign({}, {}, other));
		expect(await errorOf(stranger.verifyTokens())).toMatchObject({ code: "CognitoUnavailable", transient: true });
	});
});

describe("A key set that is malformed", () => {
	const number = "A".repeat(1_000_000);
	const documents: [string, () => unknown][] = [
		["HTML", () => "<!doctype html><p>Sign in to the guest network</p>"],
		["empty", () => ""],
		["cut off", () => JSON.stringify({ keys: [own.jwk] }).slice(0, -2)],
		["null", () => "null"],
		["a list", () => [own.jwk]],
		["without keys", () => ({})],
		["with keys that are an object", () => ({ keys: { own: own.jwk } })],
		["with keys that are a text", () => ({ keys: "own" })],
		["with no key", () => ({ keys: [] })],
		["with entries that are no keys", () => ({ keys: [null, 5, "own", [], true] })],
		["with a key without an id", () => ({ keys: [{ ...own.jwk, kid: undefined }] })],
		["with a key whose id is a number", () => ({ keys: [{ ...own.jwk, kid: 5 }] })],
		["with a key without a modulus", () => ({ keys: [{ ...own.jwk, n: undefined }] })],
		["with a key whose modulus is a list", () => ({ keys: [{ ...own.jwk, n: [own.jwk.n] }] })],
		["with a key whose modulus is not base64url", () => ({ keys: [{ ...own.jwk, n: "+/=" }] })],
		["with a key whose modulus has a million characters", () => ({ keys: [{ ...own.jwk, n: number }] })],
		["with a key whose exponent has a million characters", () => ({ keys: [{ ...own.jwk, e: number }] })],
		["with a key of a shared secret", () => ({ keys: [{ kty: "oct", kid: "own", k: "c2VjcmV0" }] })],
		["with a key for encryption", () => ({ keys: [{ ...own.jwk, use: "enc" }] })],
		["with a key for another algorithm", () => ({ keys: [{ ...own.jwk, alg: "RS512" }] })],
		["with 10,000 keys", () => ({ keys: Array.from({ length: 10_000 }, (_, i) => ({ ...own.jwk, kid: `${i}` })) })],
	];
	test.each(documents)("a malformed key set is an error of its own, not an invalid token: %s", async (_, document) => {
		serveDocument(document());
		const error = await errorOf(userWith(await sign()).verifyTokens());
		expect(error).toMatchObject({ name: "AuthenticationError", code: "InvalidKeySet" });
		expect(error.message).toContain(`the key set from ${pool.tenant.url} is invalid`);
		expect(error.message.length).toBeLessThan(1000);
	});

	test("a missing key set is an error of its own, not an invalid token", async () => {
		serveDocument("<html>", 404);
		expect(await codeOf(userWith(await sign()).verifyTokens())).toBe("InvalidKeySet");
	});

	test("a redirected key set is not followed to another URL, and is no invalid token", async () => {
		serveDocument("", 302, { location: `${pool.tenant.url}/elsewhere` });
		expect(await codeOf(userWith(await sign()).verifyTokens())).not.toMatch(/^(none|InvalidToken)$/);
		expect(pool.requestLog.operations()).toEqual([KEY_SET]);
	});

	test("a key set is not read without limit, and one that is too long is no invalid token", async () => {
		serveDocument(`{"keys":[${`${JSON.stringify(own.jwk)},`.repeat(20_000)}`);
		expect(await codeOf(userWith(await sign()).verifyTokens())).toMatch(/^(CognitoUnavailable|InvalidKeySet)$/);
	});

	test("a malformed key set does not replace one that works", async () => {
		serve(own.jwk);
		const user = userWith(await sign());
		await user.verifyTokens();
		await pool.clock.advance(HOUR_MS);
		serveDocument("<html>");
		expect(await codeOf(user.verifyTokens())).toBe("InvalidKeySet");
		serve(own.jwk);
		await user.verifyTokens();
	});

	test("a key set of a user pool that does not exist causes an error that names the user pool", async () => {
		serveDocument({ __type: "ResourceNotFoundException", message: "User pool us-east-1_A does not exist." }, 400);
		expect(await codeOf(userWith(await sign()).verifyTokens())).toBe("UserPoolNotFound");
	});
});

describe("A token", () => {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const unsigned = (header: object, payload: object = {}) => `${part(header)}.${part({ ...claims(), ...payload })}`;
	const hmac = (text: string, key: string | Buffer) =>
		`${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
	const second = () => Math.floor(pool.clock.now() / 1000);

	const genuine: [string, () => Promise<string>][] = [
		["with the usual claims", () => sign()],
		["that may be used from now on", () => sign({ nbf: second() })],
		["that has one second left", () => sign({ exp: second() + 1 })],
		[
			"of the issuer's newer form",
			() => sign({ iss: `https://issuer-cognito-idp.us-east-1.amazonaws.com/${pool.pool.id}` }),
		],
	];
	test.each(genuine)("a token is accepted: %s", async (_, token) => {
		serve(own.jwk);
		expect((await userWith(await token()).verifyTokens()).access?.username).toBe(JO.username);
	});

	const forged: [string, () => string | Promise<string>][] = [
		["signed with another key under this one's id", () => sign({}, { kid: "own" }, other)],
		["signed with another key of its own id", () => sign({}, {}, other)],
		["with the algorithm none", () => `${unsigned({ alg: "none", kid: "own" })}.${part({})}`],
		["with the algorithm none and no signature", () => `${unsigned({ alg: "none", kid: "own" })}.`],
		["without an algorithm", () => `${unsigned({ kid: "own" })}.${part({})}`],
		[
			"signed with HS256 and the public key in PEM",
			async () => hmac(unsigned({ alg: "HS256", kid: "own" }), await exportSPKI(own.publicKey)),
		],
		[
			"signed with HS256 and the public modulus",
			() => hmac(unsigned({ alg: "HS256", kid: "own" }), Buffer.from(String(own.jwk.n), "base64url")),
		],
		["that claims RS512", () => sign().then((token) => swapHeader(token, { alg: "RS512", kid: "own" }))],
		["that claims PS256", () => sign().then((token) => swapHeader(token, { alg: "PS256", kid: "own" }))],
		["with changed claims", () => sign().then((token) => swapPayload(token, { ...claims(), username: "admin" }))],
		["with an id of its key that is a number", () => swapHeader(unsigned({}), { alg: "RS256", kid: 5 })],
		["that names no key", () => sign({}, { kid: undefined })],
		["that names a property of every object", () => sign({}, { kid: "__proto__" })],
		["that has expired", () => sign({ exp: second() })],
		["that never expires", () => sign({ exp: undefined })],
		["whose end is a text", () => signUnchecked({ exp: `${second() + 60}` })],
		["that is not valid yet", () => sign({ nbf: second() + 1 })],
		["that is not valid for long years", () => sign({ nbf: 1e300 })],
		["whose start is a text", () => signUnchecked({ nbf: "now" })],
		["of another app client", () => sign({ client_id: "other" })],
		["of no app client", () => sign({ client_id: undefined })],
		["for id", () => sign({ token_use: "id", aud: pool.pool.clientId })],
		["of no use", () => sign({ token_use: undefined })],
		["of another user pool", () => sign({ iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other" })],
		["of another host", () => sign({ iss: `https://evil.example/${pool.pool.id}` })],
		["of a host that begins alike", () => sign({ iss: `${claims().iss}.evil.example` })],
		["of no issuer", () => sign({ iss: undefined })],
		["that is empty", () => "."],
		["of two parts", () => "a.b"],
		["of five parts", () => "a.b.c.d.e"],
		["whose parts are no JSON", () => "c2VjcmV0LWNhbmFyeQ.c2VjcmV0LWNhbmFyeQ.AA"],
		["whose parts are lists", () => `${part([])}.${part([])}.AA`],
	];
	/** Signs claims of types that jose does not sign. */
	async function signUnchecked(changed: object): Promise<string> {
		const text = unsigned({ alg: "RS256", kid: "own" }, changed);
		const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", own.privateKey, Buffer.from(text));
		return `${text}.${Buffer.from(signature).toString("base64url")}`;
	}
	const swapHeader = (token: string, header: object) => [part(header), ...token.split(".").slice(1)].join(".");
	const swapPayload = (token: string, payload: object) =>
		token
			.split(".")
			.map((one, i) => (i === 1 ? part(payload) : one))
			.join(".");

	test.each(forged)("a token is rejected: %s", async (_, make) => {
		serve(own.jwk);
		const token = await make();
		const error = await errorOf(userWith(token).verifyTokens());
		expect(error).toMatchObject({ name: "AuthenticationError", code: "InvalidToken", transient: false });
		expect(error.message).toContain(`The access token is invalid for user pool ${pool.pool.id}`);
		const shown = `${error.message} ${error.cause?.message}`;
		expect(shown).not.toContain("secret-canary");
		for (const secret of token.split(".").filter(({ length }) => length > 4)) expect(shown).not.toContain(secret);
	});

	const forgedIds: [string, object][] = [
		["of another app client", { aud: "other" }],
		["of no app client", { aud: undefined }],
		["for access", { token_use: "access" }],
		["that has expired", { exp: 1 }],
		["that is not valid yet", { nbf: 4e9 }],
	];
	test.each(forgedIds)("an id token is rejected: %s", async (_, changed) => {
		serve(own.jwk);
		const id = { token_use: "id", aud: pool.pool.clientId, client_id: undefined };
		const userOf = (idToken: string) => pool.user({ idToken, accessToken: undefined, refreshToken: undefined });
		expect((await userOf(await sign(id)).verifyTokens()).id?.aud).toBe(pool.pool.clientId);
		const error = await errorOf(userOf(await sign({ ...id, ...changed })).verifyTokens());
		expect([error.code, error.message.slice(0, 12)]).toEqual(["InvalidToken", "The id token"]);
	});

	test.each([-2 * HOUR_MS, 2 * HOUR_MS])(
		"a token is verified by the servers' clock where the local one is %i ms off",
		async (ms) => {
			serve(own.jwk);
			const clock = pool.clock.skewed(ms);
			await userWith(await sign({ nbf: second(), exp: second() + 60 }), { clock }).verifyTokens();
			expect(await codeOf(userWith(await sign({ nbf: second() + 60 }), { clock }).verifyTokens())).toBe("InvalidToken");
			expect(await codeOf(userWith(await sign({ exp: second() - 60 }), { clock }).verifyTokens())).toBe("InvalidToken");
		},
	);

	test("a token that expired while the computer slept is rejected with keys that were fetched before", async () => {
		serve(own.jwk);
		const user = userWith(await sign({ exp: second() + 1800 }));
		await user.verifyTokens();
		pool.clock.jump(HOUR_MS / 2 + 1);
		expect(await codeOf(user.verifyTokens())).toBe("InvalidToken");
		expect(pool.requestLog.count(KEY_SET)).toBe(1);
	});

	test("the claims of a verified token are those that it was created with", async () => {
		const user = pool.user();
		await user.authenticate();
		const { id, access } = await user.verifyTokens();
		expect([id, access]).toEqual([decodeJwt(String(user.idToken)), decodeJwt(String(user.accessToken))]);
	});
});
