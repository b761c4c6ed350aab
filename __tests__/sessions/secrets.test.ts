import { randomBytes } from "node:crypto";
import { tracingChannel } from "node:diagnostics_channel";
import { inspect, promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Fault, type LocalTenant, ManualClock } from "echostream-local";
import type { HttpHandler } from "../../src/index.ts";
import type { HttpRequest } from "../../src/platform/http-handler.ts";
import { startTenant } from "../support/signed-in.ts";
import { operationOf, sharedConnections, until, WatchedSession } from "../support/watched-session.ts";

const PASSWORD = "Canary-passw0rd-3f9a";
const CLIENT_SECRET = "canaryclientsecret0123456789abcdef";
const TOTP_SECRET = "CANARYCANARYCANARYCANARY";

let clock: ManualClock;
let tenant: LocalTenant;
let connections: ReturnType<typeof sharedConnections>;
beforeAll(async () => {
	clock = new ManualClock();
	const mfa = [{ type: "TOTP", secret: TOTP_SECRET }] as const;
	const users = [{ username: "external-app-user", password: PASSWORD, mfa }];
	tenant = await startTenant({
		clock,
		userPool: { clientSecret: CLIENT_SECRET, passwordAttemptsLock: false, accessTokenSeconds: 2400, users },
	});
	connections = sharedConnections();
});
afterAll(async () => {
	connections.close();
	await tenant.stop();
});

const textOf = ({ headers, body }: HttpRequest) => `${JSON.stringify(headers)} ${String(body)}`;
const graphql = (message: string) =>
	JSON.stringify({ data: null, errors: [{ errorType: message, message, path: [message] }] });
const json = (statusCode: number, body: string) => ({
	response: { statusCode, headers: { "content-type": "application/json" }, body: new Blob([body]).stream() },
});

type Echo = (request: HttpRequest) => ReturnType<HttpHandler["handle"]>;
/** Services and connections that repeat a whole request, secrets included. */
const ECHOES: Readonly<Record<string, Echo>> = {
	"an exception that quotes the request": async (request) =>
		json(400, JSON.stringify({ __type: "InvalidParameterException", message: textOf(request) })),
	"an exception named after the request": async (request) => json(400, JSON.stringify({ __type: textOf(request) })),
	"a refused login that quotes the request": async (request) =>
		json(400, JSON.stringify({ __type: "NotAuthorizedException", message: textOf(request) })),
	"GraphQL errors that quote the request": async (request) => json(200, graphql(textOf(request))),
	"a refused token that is quoted": async (request) => json(401, graphql(textOf(request))),
	"a page with the request on it": async (request) => json(200, `<html>${textOf(request)}</html>`),
	"a failure with the request in it": async (request) => json(500, textOf(request)),
	"an error that holds and quotes the request": async (request) => {
		const error = Object.assign(new Error(`Cannot send ${textOf(request)}`), {
			request,
			config: { headers: request.headers },
		});
		throw Object.assign(error, { cause: new Error(textOf(request)), code: textOf(request) });
	},
	"text that is thrown": async (request) => {
		throw textOf(request);
	},
};
const FAULTS: Readonly<Record<string, Fault>> = {
	"truncated JSON": { corrupt: "truncated" },
	HTML: { corrupt: "html" },
	"null fields": { corrupt: (body) => body.replace(/"(expiration|IdToken)":"[^"]*"/g, '"$1":null') },
	"fields of wrong types": {
		corrupt: (body) => body.replace(/"(accessKeyId|ExpiresIn|SALT)":("[^"]*"|\d+)/g, '"$1":{"a":1}'),
	},
	"doubled text": { corrupt: (body) => body + body },
	"a reset": { drop: "after" },
	"a reset in the body": { drop: "midway" },
	"HTTP 503": { status: 503 },
	"HTTP 403": { status: 403 },
};
const OPERATIONS = ["InitiateAuth", "RespondToAuthChallenge", "GetTokensFromRefreshToken", "getAwsCredentials"];

/** Everything that a program could print of what the session shows. */
class Shown {
	readonly texts: string[] = [];
	readonly secrets = new Map<string, string>([
		["password", PASSWORD],
		["client secret", CLIENT_SECRET],
		["TOTP secret", TOTP_SECRET],
	]);

	add(...values: readonly unknown[]): void {
		for (const value of values) {
			this.texts.push(inspect(value, { depth: 10, showHidden: true, maxStringLength: null }), String(value));
			try {
				this.texts.push(JSON.stringify(value) ?? "");
			} catch {
				// What holds itself cannot be written as JSON.
			}
			if (value instanceof Error) this.texts.push(String(value.stack));
			if (value instanceof Error && value.cause !== undefined) this.add(value.cause);
		}
	}

	/** The names of the secrets that were seen. Of a token, which may have been cut off, a piece is enough. */
	leaks(): string[] {
		const text = this.texts.join("\n");
		const isSeen = (secret: string) => text.includes(secret.length > 200 ? secret.slice(100, 140) : secret);
		return [...this.secrets].filter(([, secret]) => isSeen(secret)).map(([name]) => name);
	}
}

function loggerInto(shown: Shown) {
	const log = (...content: unknown[]) => shown.add(...content);
	return { debug: log, info: log, warn: log, error: log };
}

/** Calls a function with every message of the diagnostics channels, until the returned one is called. */
function subscribed(receive: (message: unknown) => void): () => void {
	const names = ["refresh", "query", "sign-in", "renewal"];
	const channels = names.map((name) => tracingChannel(`echostream-botocore:${name}`));
	const phases = { start: receive, end: receive, asyncStart: receive, asyncEnd: receive, error: receive };
	for (const channel of channels) channel.subscribe(phases);
	return () => {
		for (const channel of channels) channel.unsubscribe(phases);
	};
}

/** A session that signs in, refreshes in the background, refreshes while callers wait, and outlives its credentials. */
async function live(shown: Shown, operation: string, isFaulty: (isOn: boolean) => void, echo?: Echo): Promise<void> {
	let isEchoing = false;
	const handler: HttpHandler = {
		handle: (request, options) =>
			isEchoing && operationOf(request) === operation && echo !== undefined
				? echo(request)
				: connections.handler.handle(request, options),
	};
	const logger = loggerInto(shown);
	const messages: unknown[] = [];
	const unsubscribe = subscribed((message) => messages.push(message));
	const challenges = { SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET } };
	const user = { clientSecret: CLIENT_SECRET, challenges, logger };
	const watched = new WatchedSession(tenant, clock, handler, user, { logger });
	const { cognito, session, events } = watched;
	const turn = (isOn: boolean) => {
		isEchoing = isOn;
		isFaulty(isOn);
	};
	let isAdvancing = false;
	/** Advances the clock unless the session waits for the thread pool, in which the codes of an authenticator are computed. */
	const advanceIfIdle = async () => {
		if (isAdvancing) return;
		isAdvancing = true;
		const { length } = watched.handler.sent;
		for (let job = 0; job < 4; job++) await promisify(randomBytes)(1);
		if (watched.handler.sent.length === length) await clock.advance(31_000);
		isAdvancing = false;
	};
	/** A code of an authenticator is good once: the next one comes with time. */
	const ended = async <T>(promise: Promise<T>): Promise<T | undefined> => {
		let result: { readonly value: T | undefined } | undefined;
		promise.then(
			(value) => {
				result = { value };
			},
			(error: unknown) => {
				shown.add(error);
				result = { value: undefined };
			},
		);
		let ticks = 0;
		await until(() => {
			if (watched.handler.inFlight > 0) ticks = 0;
			if (++ticks % 2000 === 0) void advanceIfIdle();
			return result !== undefined;
		});
		return result?.value;
	};
	const call = () => ended(watched.key());
	const note = async () => {
		const { accessToken, idToken, refreshToken } = cognito;
		for (const [name, token] of Object.entries({ accessToken, idToken, refreshToken })) {
			if (token !== undefined) shown.secrets.set(`${name} ${token.slice(-8)}`, token);
		}
		const keys = await ended(session.getCredentials().getFrozenCredentials());
		if (keys !== undefined) shown.secrets.set("secret key", keys.secretKey).set("session token", String(keys.token));
	};
	for (const minutes of [0, 50, 9.5, 3]) {
		await clock.advance(minutes * 60_000 + 31_000);
		if (OPERATIONS.indexOf(operation) < 2) tenant.userPool.revokeRefreshTokens("external-app-user");
		turn(true);
		await call();
		for (let tick = 0; tick < 300; tick++) await new Promise((resolve) => setImmediate(resolve));
		turn(false);
		if (minutes === 0) {
			await clock.advance(301_000);
			await call();
		}
		await note();
	}
	unsubscribe();
	expect(messages.length).toBeGreaterThan(20);
	shown.add(
		...new Set(messages),
		...events,
		session,
		cognito,
		session.credentials,
		session.getCredentials(),
		watched.dynamodb.config.credentials,
	);
	watched.destroy();
	tenant.requestLog.clear();
}

describe.each(OPERATIONS)("no secret is in any log, event, error or object, for any response to %s:", (operation) => {
	test.each(Object.entries(ECHOES))("no secret is shown when a response repeats the request: %s", async (_, echo) => {
		const shown = new Shown();
		await live(shown, operation, () => {}, echo);
		expect(shown.secrets.size).toBeGreaterThan(7);
		expect(shown.texts.length).toBeGreaterThan(20);
		expect(shown.leaks()).toEqual([]);
	});

	test.each(Object.entries(FAULTS))("no secret is shown after the fault %s", async (_, fault) => {
		const shown = new Shown();
		await live(shown, operation, (isOn) => {
			tenant.faults.clear();
			if (isOn) tenant.faults.add({ ...fault, operation });
		});
		expect(shown.secrets.size).toBeGreaterThan(7);
		expect(shown.leaks()).toEqual([]);
	});
});

test("the search finds a secret that is shown", () => {
	const shown = new Shown();
	shown.add(new Error("outer", { cause: new Error(`inner ${PASSWORD}`) }), {
		deep: { deeper: [{ secret: CLIENT_SECRET }] },
	});
	expect(shown.leaks()).toEqual(["password", "client secret"]);
});
