import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type Fault, type LocalTenant, ManualClock } from "echostream-local";
import { isEchoStreamError } from "../../src/index.ts";
import { startTenant } from "../support/signed-in.ts";
import { sharedConnections, until, WatchedSession } from "../support/watched-session.ts";

/*
 * What a fault does depends on three things.
 *
 * The moment, by the current credentials, decides what the caller gets while the refresh fails:
 *
 *   first        none                  the failure itself
 *   fresh        10 minutes old        that set; nothing is sent
 *   advisory     50 of 60 minutes old  that set at once; the refresh fails in the background
 *   mandatory    30 seconds left       that set, after the refresh has failed
 *   expired      a minute too old      CredentialsExpired, whose cause is the failure
 *
 * The operation decides what is sent before the fault is met: a sign-in is an InitiateAuth and a RespondToAuthChallenge, and
 * where there was a refresh token, Cognito has rejected that first; a renewal is one GetTokensFromRefreshToken; the query
 * follows either. Nothing is sent twice here (maxAttempts is 1), and nothing after the failure.
 *
 * The kind of the fault decides what happens when it is over:
 *
 *   transient    the next call, a second later, does what the failed one could not
 *   rejected     a sign-in is not repeated for five minutes: the same failure, and no request; then it works
 *   newSignIn    Cognito rejects the refresh token for good: the password brings new credentials, and no call fails
 *   otherWay     the same, by the older way of renewing
 *   reauthorize  AppSync rejected the access token: it is renewed and the query sent once more, then the failure counts
 *   explained    a failed query is followed by one for the tenant's state
 *   anotherProof the proof of the password is rejected and made again, for another time
 *   harmless     nothing
 */
type Moment = "first" | "fresh" | "advisory" | "mandatory" | "expired";
type Kind =
	| "transient"
	| "rejected"
	| "anotherProof"
	| "newSignIn"
	| "otherWay"
	| "reauthorize"
	| "explained"
	| "harmless";
type Operation = "InitiateAuth" | "RespondToAuthChallenge" | "GetTokensFromRefreshToken" | "getAwsCredentials";
/** What comes of a fault, and the operation that fails for it, where that is a later one. */
type Verdict = readonly [kind: Kind, code: string, fails?: Operation];

const AGE_SECONDS: Record<Moment, number> = { first: 0, fresh: 600, advisory: 3000, mandatory: 3570, expired: 3660 };
const MOMENTS = Object.keys(AGE_SECONDS) as Moment[];
const RENEW = "GetTokensFromRefreshToken";
const LOGIN = ["InitiateAuth", "RespondToAuthChallenge"];
const QUERY = "getAwsCredentials";

const caller: Record<Moment, (code: string) => string> = {
	first: (code) => code,
	fresh: () => "old keys",
	advisory: () => "old keys",
	mandatory: () => "old keys",
	expired: (code) => `CredentialsExpired, because ${code}`,
};

/** What is sent up to and with `operation`. */
function sentUpTo(operation: Operation, moment: Moment): string[] {
	const rejectedRenewal = moment === "first" ? [] : [RENEW];
	return {
		InitiateAuth: [...rejectedRenewal, "InitiateAuth"],
		RespondToAuthChallenge: [...rejectedRenewal, ...LOGIN],
		GetTokensFromRefreshToken: [RENEW],
		getAwsCredentials: [QUERY],
	}[operation];
}

/** What is sent to new keys once the fault is over. */
function recovery(operation: Operation): string[] {
	if (operation === QUERY) return [QUERY];
	return operation === RENEW ? [RENEW, QUERY] : [...LOGIN, QUERY];
}

/** What follows the failed request at once, for its kind. */
const sequel: Record<Kind, readonly string[]> = {
	transient: [],
	rejected: [],
	newSignIn: [...LOGIN, QUERY],
	otherWay: ["InitiateAuth", QUERY],
	reauthorize: [RENEW, QUERY],
	explained: ["describeApp"],
	harmless: [],
	anotherProof: ["RespondToAuthChallenge", ...LOGIN, QUERY],
};

interface Cell {
	readonly caller: string;
	readonly sent: readonly string[];
	/** A second after the fault was over, and after what that call set off in the background. */
	readonly next: string;
	readonly nextSent: readonly string[];
	/** Five minutes after that. */
	readonly later: string;
}

function expectedCell(operation: Operation, moment: Moment, [kind, code, fails = operation]: Verdict): Cell {
	if (moment === "fresh") return { caller: "old keys", sent: [], next: "old keys", nextSent: [], later: "old keys" };
	const sent = [...sentUpTo(fails, moment), ...sequel[kind]];
	if (["harmless", "newSignIn", "otherWay", "anotherProof"].includes(kind)) {
		const rest =
			kind !== "harmless" || operation === QUERY
				? []
				: operation === "InitiateAuth"
					? ["RespondToAuthChallenge", QUERY]
					: [QUERY];
		const got = moment === "advisory" ? "old keys" : "new keys";
		return { caller: got, sent: [...sent, ...rest], next: "new keys", nextSent: [], later: "new keys" };
	}
	if (kind === "rejected") {
		return { caller: caller[moment](code), sent, next: caller[moment](code), nextSent: [], later: "new keys" };
	}
	return { caller: caller[moment](code), sent, next: "new keys", nextSent: recovery(operation), later: "new keys" };
}

type Effect = Fault | "connection refused";
const named = (name: string, status = 400): Fault => ({ status, body: { __type: name, message: "Planned" } });
const graphql = (errorType: string, message = "Planned"): Fault => ({
	status: 200,
	body: { data: { GetApp: null }, errors: [{ path: ["GetApp"], errorType, message }] },
});
/** The response with every value that is no list or object replaced. */
const leaves = (replace: (value: unknown) => unknown): Fault => ({
	corrupt: (body) =>
		JSON.stringify(JSON.parse(body), (_, value: unknown) =>
			typeof value === "object" && value !== null ? value : replace(value),
		),
});
const DAY = 86_400_000;
const wrongType = (value: unknown) => (typeof value === "string" ? 7 : "seven");

/** The faults of the way to a service, and what Cognito's user and the query make of them. */
const TRANSPORT: Readonly<Record<string, Effect>> = {
	"connection refused": "connection refused",
	"reset before the answer": { drop: "before" },
	"reset after the request was handled": { drop: "after" },
	"reset in the body": { drop: "midway" },
	"no answer": { hang: true },
	"an answer that drips for ever": { slowDripMs: 1000 },
	"HTTP 500": { status: 500 },
	"HTTP 502": { status: 502, body: "<html>Bad Gateway</html>" },
	"HTTP 503": { status: 503 },
};
const GARBAGE: Readonly<Record<string, Effect>> = {
	"200 with HTML": { corrupt: "html" },
	"truncated JSON": { corrupt: "truncated" },
	"an empty body": { corrupt: "empty" },
	"JSON null": { corrupt: "null" },
	"a list": { status: 200, body: [] },
};
const MILD: Readonly<Record<string, Effect>> = {
	"an answer byte by byte": { slowDripMs: 0 },
	"a date a day ahead": { dateSkewMs: DAY },
	"a date a day behind": { dateSkewMs: -DAY },
};

type Rows = Readonly<Record<string, readonly [Effect, Verdict | ((moment: Moment) => Verdict)]>>;
const rows = (effects: Readonly<Record<string, Effect>>, verdict: Verdict): Rows =>
	Object.fromEntries(Object.entries(effects).map(([name, effect]) => [name, [effect, verdict]]));
const exceptions = (verdicts: Readonly<Record<string, Verdict>>): Rows =>
	Object.fromEntries(Object.entries(verdicts).map(([name, verdict]) => [name, [named(name), verdict]]));

const COGNITO: Rows = {
	...rows(TRANSPORT, ["transient", "CognitoUnavailable"]),
	...rows(GARBAGE, ["transient", "InvalidCognitoResponse"]),
	"null fields": [leaves(() => null), ["transient", "InvalidCognitoResponse"]],
	"fields of wrong types": [leaves(wrongType), ["transient", "InvalidCognitoResponse"]],
	...rows(MILD, ["harmless", ""]),
	"HTTP 429": [{ status: 429 }, ["transient", "Throttled"]],
	...exceptions({
		InternalErrorException: ["transient", "CognitoUnavailable"],
		TooManyRequestsException: ["transient", "Throttled"],
		LimitExceededException: ["transient", "Throttled"],
		UnexpectedLambdaException: ["transient", "LambdaFailed"],
		InvalidLambdaResponseException: ["transient", "LambdaFailed"],
	}),
};
/** Responses without the name of an exception, which a proxy sends in Cognito's place. */
const FOREIGN: Rows = {
	...Object.fromEntries(
		[400, 401, 404, 408, 425].map((status) => [`HTTP ${status}`, [{ status }, ["transient", "CognitoUnavailable"]]]),
	),
	"HTTP 403": [{ status: 403 }, ["transient", "RequestBlocked"]],
};
/** A login proves the time, too, and the very first response's date is believed, until it has the proof rejected. */
const anotherProof = (moment: Moment): Verdict => [moment === "first" ? "anotherProof" : "harmless", ""];
const FIRST_DATE: Rows = {
	"a date a day ahead": [{ dateSkewMs: DAY }, anotherProof],
	"a date a day behind": [{ dateSkewMs: -DAY }, anotherProof],
};
const LOGIN_ROWS: Rows = {
	...COGNITO,
	...exceptions({
		NotAuthorizedException: ["rejected", "SignInRejected"],
		UserNotFoundException: ["rejected", "UserNotFound"],
		UserNotConfirmedException: ["rejected", "UserNotConfirmed"],
		PasswordResetRequiredException: ["rejected", "PasswordResetRequired"],
		UserLambdaValidationException: ["rejected", "LambdaRejected"],
		ForbiddenException: ["transient", "RequestBlocked"],
		OperationNotEnabledException: ["transient", "OperationNotEnabled"],
		ResourceNotFoundException: ["transient", "UserPoolNotFound"],
		InvalidParameterException: ["transient", "CognitoException"],
		ExceptionOfTomorrow: ["transient", "CognitoException"],
	}),
	...FOREIGN,
};
const RENEWAL_ROWS: Rows = {
	...COGNITO,
	...exceptions({
		NotAuthorizedException: ["newSignIn", ""],
		TokenRevokedException: ["newSignIn", ""],
		UserNotFoundException: ["newSignIn", ""],
		UserNotConfirmedException: ["newSignIn", ""],
		PasswordResetRequiredException: ["newSignIn", ""],
		RefreshTokenReuseException: ["newSignIn", ""],
		OperationNotEnabledException: ["otherWay", ""],
		UserLambdaValidationException: ["transient", "LambdaRejected"],
		ForbiddenException: ["transient", "RequestBlocked"],
		ResourceNotFoundException: ["transient", "UserPoolNotFound"],
		InvalidParameterException: ["transient", "CognitoException"],
		ExceptionOfTomorrow: ["transient", "CognitoException"],
	}),
	...FOREIGN,
};
const expiration = (text: string): Effect => ({
	corrupt: (body) => body.replace(/"expiration":"[^"]*"/, `"expiration":"${text}"`),
});
const QUERY_ROWS: Rows = {
	...rows(TRANSPORT, ["transient", "AppSyncUnavailable"]),
	...rows(GARBAGE, ["transient", "InvalidAppSyncResponse"]),
	"data that is null": [{ status: 200, body: { data: null } }, ["transient", "InvalidAppSyncResponse"]],
	"null fields": [leaves(() => null), ["transient", "InvalidCredentials"]],
	"fields of wrong types": [leaves(wrongType), ["transient", "InvalidCredentials"]],
	"keys that have expired": [expiration("2025-12-31T23:59:59Z"), ["transient", "InvalidCredentials"]],
	"keys that live for ever": [expiration("2999-01-01T00:00:00Z"), ["transient", "InvalidCredentials"]],
	"an expiration without a zone": [expiration("2026-01-01T12:00:00"), ["transient", "InvalidCredentials"]],
	"no app": [{ status: 200, body: { data: { GetApp: null } } }, ["transient", "AppNotFound"]],
	...rows(MILD, ["harmless", ""]),
	"HTTP 400": [{ status: 400 }, ["transient", "AppSyncUnavailable"]],
	"HTTP 400 with an error": [
		{ status: 400, body: { errors: [{ errorType: "MalformedHttpRequestException", message: "Planned" }] } },
		["explained", "QueryFailed"],
	],
	"HTTP 401": [{ status: 401 }, ["reauthorize", "TokenRejected"]],
	"HTTP 401 with UnauthorizedException": [
		{ status: 401, body: { errors: [{ errorType: "UnauthorizedException", message: "Token has expired." }] } },
		["reauthorize", "TokenRejected"],
	],
	"HTTP 403": [{ status: 403 }, ["transient", "RequestBlocked"]],
	"HTTP 429": [{ status: 429 }, ["transient", "AppSyncUnavailable"]],
	"200 with Unauthorized": [graphql("Unauthorized"), ["transient", "PermissionDenied"]],
	"200 with MappingTemplate": [graphql("MappingTemplate"), ["explained", "QueryFailed"]],
	"200 with Lambda:Unhandled": [graphql("Lambda:Unhandled"), ["explained", "QueryFailed"]],
	"200 with Lambda:ExecutionTimeoutException": [
		graphql("Lambda:ExecutionTimeoutException"),
		["transient", "AppSyncUnavailable"],
	],
	"200 with Execution timed out.": [
		graphql("ExecutionTimeout", "Execution timed out."),
		["transient", "AppSyncUnavailable"],
	],
	"200 with a resolver's task that timed out": [
		graphql("Lambda:Unhandled", "2026-01-01T00:00:00Z 1-2-3 Task timed out after 30.00 seconds"),
		["transient", "AppSyncUnavailable"],
	],
	"200 with a table in trouble": [
		graphql("DynamoDB:ProvisionedThroughputExceededException"),
		["transient", "AppSyncUnavailable"],
	],
	"200 with an error about a field that is called timeout": [
		graphql("ValidationError", "Validation error: Field 'visibilityTimeout' in type 'App' is undefined"),
		["explained", "QueryFailed"],
	],
	"200 with ThrottlingException": [graphql("ThrottlingException"), ["transient", "AppSyncUnavailable"]],
};

let tenant: LocalTenant;
let clock: ManualClock;
let connections: ReturnType<typeof sharedConnections>;
let watched: WatchedSession | undefined;
/** A refresh token, until it is revoked. */
let kept: string | undefined;
let unhandled = 0;
const countUnhandled = () => unhandled++;
beforeAll(async () => {
	process.on("unhandledRejection", countUnhandled);
	clock = new ManualClock();
	// Access tokens end before the keys do, so that every refresh after the first begins with a renewal.
	tenant = await startTenant({
		clock,
		userPool: {
			accessTokenSeconds: 2400,
			refreshTokenSeconds: 315_360_000,
			passwordAttemptsLock: false,
			authFlows: ["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"],
		},
	});
	connections = sharedConnections();
});
afterAll(async () => {
	process.off("unhandledRejection", countUnhandled);
	connections.close();
	await tenant.stop();
});
afterEach(() => {
	watched?.destroy();
	tenant.faults.clear();
	tenant.requestLog.clear();
	expect([unhandled, clock.pending]).toEqual([0, 0]);
});

/** The refresh token of an earlier sign-in, by the flow that takes the least time. */
async function earlierToken(): Promise<string> {
	const { cognito } = new WatchedSession(tenant, clock, connections.handler, { authFlow: "USER_PASSWORD_AUTH" });
	await cognito.getAccessToken();
	const refreshToken = String(cognito.refreshToken);
	cognito.destroy();
	return refreshToken;
}

/** A session whose credentials, if any, are as old as the moment requires, and that is about to send `operation`. */
async function sessionAt(operation: Operation | "GetItem", moment: Moment) {
	const isSigningIn = moment === "first" && operation !== RENEW && operation !== QUERY;
	if (!isSigningIn) kept ??= await earlierToken();
	watched = new WatchedSession(tenant, clock, connections.handler, isSigningIn ? {} : { refreshToken: kept });
	const old = moment === "first" ? undefined : await watched.key();
	await clock.advance(AGE_SECONDS[moment] * 1000);
	if (operation === QUERY || (operation === "GetItem" && moment !== "first" && moment !== "fresh")) {
		await watched.cognito.getAccessToken();
	}
	if (LOGIN.includes(operation)) {
		tenant.userPool.revokeRefreshTokens(String(watched.cognito.username));
		kept = undefined;
	}
	watched.handler.sent = [];
	watched.events.length = 0;
	return { watched, old };
}

/** Lets every request for `operation` meet the fault. Returns whether one has that will never end, if the fault is of that kind. */
function begin(effect: Effect, operation: string, { handler }: WatchedSession): (() => boolean) | undefined {
	if (effect === "connection refused") {
		handler.refused = operation;
		return undefined;
	}
	const handle = tenant.faults.add({ ...effect, operation });
	const isEndless = "hang" in effect || ("slowDripMs" in effect && effect.slowDripMs > 0);
	return isEndless ? () => handle.met > 0 : undefined;
}

function end(session: WatchedSession): string[] {
	tenant.faults.clear();
	session.handler.refused = undefined;
	return session.handler.sent.splice(0);
}

/** How a call ended, against the keys that were there before. */
function ending(call: Promise<string>, old: string | undefined): Promise<string> {
	return call.then(
		(key) => (key === old ? "old keys" : "new keys"),
		(error: { code?: string; name: string; cause?: { code?: string } }) => {
			if (!isEchoStreamError(error)) return error.name;
			return error.code === "CredentialsExpired" ? `${error.code}, because ${error.cause?.code}` : error.code;
		},
	);
}

/** How a call ended, after what it set off in the background has ended, too. A request that never ends meets its deadline. */
async function settled(
	session: WatchedSession,
	call: Promise<string>,
	mayRunInBackground: boolean,
	isStuck?: () => boolean,
) {
	const isRefreshOver = () => session.events.some(({ type }) => /^(credentialsR|refreshF)/.test(type));
	let isOver = false;
	const all = call.then(async (outcome) => {
		if (mayRunInBackground && outcome === "old keys") await until(isRefreshOver);
		isOver = true;
		return outcome;
	});
	if (isStuck !== undefined) {
		await until(() => isOver || isStuck());
		if (!isOver) await clock.advance(15_000);
	}
	const result = await all;
	session.events.length = 0;
	return result;
}

async function cell(operation: Operation, moment: Moment, effect: Effect): Promise<unknown> {
	const { watched: session, old } = await sessionAt(operation, moment);
	const isAdvisory = moment === "advisory";
	const isStuck = begin(effect, operation, session);
	const got = await settled(session, ending(session.key(), old), isAdvisory, isStuck);
	const sent = end(session);
	const again = async (ms: number) => {
		await clock.advance(ms);
		await settled(session, ending(session.key(), old), isAdvisory);
		return settled(session, ending(session.key(), old), false);
	};
	const next = await again(1000);
	return { caller: got, sent, next, nextSent: session.handler.sent.splice(0), later: await again(300_000) };
}

const SETS: readonly (readonly [Operation, Rows])[] = [
	["InitiateAuth", { ...LOGIN_ROWS, ...FIRST_DATE }],
	["RespondToAuthChallenge", LOGIN_ROWS],
	["GetTokensFromRefreshToken", RENEWAL_ROWS],
	["getAwsCredentials", QUERY_ROWS],
];
describe.each(SETS)("%s", (operation, faults) => {
	test.each(Object.entries(faults))("a session meets the fault %s", async (_, [effect, verdict]) => {
		for (const moment of MOMENTS) {
			const seen = await cell(operation, moment, effect);
			watched?.destroy();
			tenant.requestLog.clear();
			expect({ moment, ...(seen as object) }).toEqual({
				moment,
				...expectedCell(operation, moment, typeof verdict === "function" ? verdict(moment) : verdict),
			});
		}
	});
});

/*
 * A call of an AWS service is the caller's own: its outcome is the SDK's, it is sent once, and the credentials stay.
 * Only where the service rejects the access key, new credentials are fetched, once, and the call is sent once more.
 */
const REJECTED_KEY = [
	"ExpiredTokenException",
	"ExpiredToken",
	"InvalidToken",
	"InvalidAccessKeyId",
	"InvalidClientTokenId",
	"TokenRefreshRequired",
	"UnrecognizedClientException",
];
const OTHER_EXCEPTIONS = [
	"AccessDeniedException",
	"InvalidSignatureException",
	"LimitExceededException",
	"MissingAuthenticationTokenException",
	"ProvisionedThroughputExceededException",
	"ResourceNotFoundException",
	"ThrottlingException",
	"ValidationException",
];
const SERVICE_ROWS: Readonly<Record<string, Effect>> = {
	...TRANSPORT,
	...GARBAGE,
	...MILD,
	"null fields": leaves(() => null),
	"fields of wrong types": leaves(wrongType),
	...Object.fromEntries([401, 403, 429].map((status) => [`HTTP ${status}`, { status }])),
	...Object.fromEntries([...REJECTED_KEY, ...OTHER_EXCEPTIONS].map((name) => [name, named(name)])),
};
/** What is sent for the keys before the call, or beside it. */
const FOR_KEYS: Record<Moment, readonly string[]> = {
	first: [...LOGIN, QUERY],
	fresh: [],
	advisory: [QUERY],
	mandatory: [QUERY],
	expired: [QUERY],
};

describe("GetItem", () => {
	test.each(Object.entries(SERVICE_ROWS))("GetItem meets the fault %s", async (name, effect) => {
		const isRejectedKey = REJECTED_KEY.includes(name);
		for (const moment of MOMENTS) {
			const { watched: session, old } = await sessionAt("GetItem", moment);
			const isStuck = begin(effect, "GetItem", session);
			const patience = new AbortController();
			const read = session.read(patience.signal).then(
				() => "an answer",
				(error: unknown) => error,
			);
			if (isStuck !== undefined) {
				await until(isStuck);
				patience.abort();
			}
			const result = await read;
			if (moment === "advisory") await until(() => session.events.length > 0);
			const refetch = isRejectedKey ? (moment === "advisory" ? ["GetItem"] : [QUERY, "GetItem"]) : [];
			expect({ moment, sent: end(session).sort() }).toEqual({
				moment,
				sent: [...FOR_KEYS[moment], "GetItem", ...refetch].sort(),
			});
			if (name in MILD) expect(result).toBe("an answer");
			else if (!(name in GARBAGE) && !name.startsWith("null") && !name.startsWith("fields")) {
				expect(result).toBeInstanceOf(Error);
				expect(isEchoStreamError(result)).toBe(false);
				if (name.endsWith("Exception")) expect(result).toMatchObject({ name });
			}
			await clock.advance(1000);
			expect(await ending(session.read(), old)).toBe(moment === "fresh" && !isRejectedKey ? "old keys" : "new keys");
			expect(session.handler.sent).toEqual(["GetItem"]);
			session.destroy();
			tenant.requestLog.clear();
		}
	});
});

/* With three attempts, a transient failure within them is not seen by the caller, and a permanent one is not sent again. */
describe("three attempts of a request", () => {
	const TRANSIENT: readonly Effect[] = [
		{ drop: "before" },
		{ drop: "after" },
		{ drop: "midway" },
		{ status: 503 },
		{ status: 429 },
	];
	const OPERATIONS: readonly (Operation | "GetItem")[] = [
		"InitiateAuth",
		"RespondToAuthChallenge",
		RENEW,
		QUERY,
		"GetItem",
	];

	async function patientSession(operation: string, moment: Moment): Promise<WatchedSession> {
		watched = new WatchedSession(
			tenant,
			clock,
			connections.handler,
			{ maxAttempts: 3, random: () => 0 },
			{ maxAttempts: 3, random: () => 0 },
		);
		if (moment !== "first") await watched.key();
		if (operation === RENEW) await clock.advance(2_401_000);
		watched.handler.sent = [];
		return watched;
	}

	async function ended(session: WatchedSession, operation: string): Promise<string> {
		const call =
			operation === RENEW ? session.cognito.getAccessToken() : operation === "GetItem" ? session.read() : session.key();
		let result: string | undefined;
		void ending(call, undefined).then((outcome) => {
			result = outcome;
		});
		await until(() => {
			if (clock.pending > 0) void clock.advance(0);
			return result !== undefined;
		});
		return String(result);
	}

	test.each(
		OPERATIONS.flatMap((operation) => TRANSIENT.map((effect) => [operation, JSON.stringify(effect), effect] as const)),
	)("a session with three attempts recovers from two failures: %s, %s", async (operation, _, effect) => {
		const session = await patientSession(operation, operation === RENEW || operation === "GetItem" ? "fresh" : "first");
		tenant.faults.add({ ...(effect as Fault), operation, times: 2 });
		expect(await ended(session, operation)).toBe("new keys");
		// A proof that was accepted and whose response got lost is rejected when it is repeated: the sign-in starts over.
		expect(session.handler.sent.filter((sent) => sent === operation).length).toBeGreaterThanOrEqual(3);
	});

	test.each([
		["InitiateAuth", named("NotAuthorizedException"), "SignInRejected", 1],
		["RespondToAuthChallenge", named("UserLambdaValidationException"), "LambdaRejected", 1],
		[QUERY, graphql("Unauthorized"), "PermissionDenied", 1],
		[QUERY, { status: 403 }, "RequestBlocked", 1],
		[QUERY, { status: 401 }, "TokenRejected", 2],
		[QUERY, graphql("Lambda:Unhandled"), "QueryFailed", 1],
		[QUERY, { status: 500 }, "AppSyncUnavailable", 3],
	] as const)("%s is not sent again for a permanent failure: %j", async (operation, effect, code, times) => {
		const session = await patientSession(operation, "first");
		tenant.faults.add({ ...(effect as Fault), operation });
		expect(await ended(session, operation)).toBe(code);
		expect(session.handler.sent.filter((sent) => sent === operation)).toHaveLength(times);
	});
});
