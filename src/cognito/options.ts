import { bytesOfBase64Url } from "../platform/base64.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import { type Connections, OwnConnections } from "../platform/connections.ts";
import type { SessionEvent } from "../platform/events.ts";
import {
	type HttpHandler,
	type HttpHandlerOptions,
	isHttpHandler,
	isOptionsOfHandler,
} from "../platform/http-handler.ts";
import { LOG_METHODS, Log, type Logger } from "../platform/log.ts";
import { ServerClock } from "../platform/server-clock.ts";
import {
	type Check,
	isCount,
	isFiniteTime,
	isObject,
	isPositive,
	isRegion,
	isUserPoolId,
	SettingsReader,
} from "../platform/settings.ts";
import type { Store } from "../stores/store.ts";
import { endpointProblem } from "./api/endpoint.ts";
import type { EndpointSettings } from "./api/endpoint-by-sdk.ts";
import { readAnswers } from "./login/answer-options.ts";
import { AppClient } from "./login/app-client.ts";
import { AUTH_FLOWS } from "./login/challenge-sequence.ts";
import type { ChallengeAnswers } from "./login/challenges.ts";
import { type RememberedDevice, UserDevice } from "./login/devices.ts";
import { type CognitoPassword, type PasswordFunction, PasswordSource } from "./login/password-source.ts";

/** What the session that owns a user shares with it. */
export interface UserOwner {
	/** Settings of the session that determine Cognito's endpoint. */
	readonly endpointSettings: () => EndpointSettings;
	readonly connections: Connections;
	readonly serverClock: ServerClock;
}

/** Options of a Cognito user. */
export interface CognitoOptions {
	/** Id of the user pool, `<region>_<name>`. */
	readonly userPoolId: string;
	/** Id of the app client. */
	readonly clientId: string;
	/** Region of a replica of the user pool. Default: the one that `userPoolId` names. */
	readonly userPoolRegion?: string | undefined;
	/** Name or alias of the user. Required to sign in. */
	readonly username?: string | undefined;
	/**
	 * The password, or a function that returns it: when it is first needed, and once more when Cognito rejects the one that
	 * it returned before. It may ask a person: it is never called in the background.
	 */
	readonly password?: CognitoPassword | undefined;
	/** Secret of the app client, if it has one. */
	readonly clientSecret?: string | undefined;
	/** A token of an earlier run. */
	readonly idToken?: string | undefined;
	/** A token of an earlier run. It is used until it expires. */
	readonly accessToken?: string | undefined;
	/** A token of an earlier run. It has precedence over the password. */
	readonly refreshToken?: string | undefined;
	/**
	 * How to sign in. `USER_AUTH` lets the user choose, `CUSTOM_AUTH` runs the pool's own Lambdas, `USER_PASSWORD_AUTH` sends
	 * the password itself instead of a proof. Default: `USER_SRP_AUTH`.
	 */
	readonly authFlow?: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | undefined;
	/** Answers for when Cognito requires more than the password. */
	readonly challenges?: ChallengeAnswers | undefined;
	/** Device as which Cognito remembers this program. */
	readonly device?: RememberedDevice | undefined;
	/**
	 * Receives the device that Cognito now remembers, to be kept and passed as `device` later. Receives `undefined` once
	 * Cognito has forgotten it. Without this, a pool that leaves it to the user does not remember the device.
	 */
	readonly onDevice?: ((device: RememberedDevice | undefined) => void) | undefined;
	/** URL of Cognito's API. Default: the SDK's endpoint, which `AWS_ENDPOINT_URL` may set. */
	readonly endpoint?: string | undefined;
	/**
	 * Whether to allow plain http to remote hosts. Anyone on the network path can then read and use the tokens. Plain http to
	 * a loopback host is always allowed. Default: `false`.
	 */
	readonly allowPlainHttp?: boolean | undefined;
	/** What the session that owns this user shares with it. @internal */
	readonly owner?: UserOwner | undefined;
	/**
	 * Sends the requests. The caller owns it: `destroy()` does not close it. Default: the AWS SDK's handler for the platform,
	 * whose connections all sessions and users of the process share. With an object of options for it, such as
	 * `{ requestTimeout: 5_000 }`, the user has one of its own, which `destroy()` closes.
	 */
	readonly requestHandler?: HttpHandler | HttpHandlerOptions | undefined;
	/**
	 * Whether to connect to Cognito while the password function runs, instead of when the request is ready. On Node, over
	 * https, with the default connections or a `requestHandler` that has `connectAhead()`. Default: `true`.
	 */
	readonly connectAhead?: boolean | undefined;
	/**
	 * Maximum attempts per request for transient failures, including the first. A request of a login that Cognito throttles is
	 * repeated until `loginTimeoutMs`, unless this is 1. Default: 3.
	 */
	readonly maxAttempts?: number | undefined;
	/** Deadline of each attempt of a request, milliseconds. Default: 15,000. */
	readonly requestTimeoutMs?: number | undefined;
	/**
	 * Deadline of all requests of one login together, milliseconds. A rejected password that the function replaces makes
	 * another login, with a deadline of its own. Time spent in the program's own functions, or until the
	 * next code of an authenticator, does not count. Default: 45,000.
	 */
	readonly loginTimeoutMs?: number | undefined;
	/**
	 * Deadline of each call of a function that returns a password or answers a challenge, milliseconds. Default: 60,000 for
	 * the password. 900,000 for a challenge, the longest time that Cognito keeps a login open for.
	 */
	readonly answerTimeoutMs?: number | undefined;
	/**
	 * Maximum delay of the first sign-in, seconds. It is random, so that processes that start together do not sign in together. It
	 * does not count against deadlines. Has no effect with a `store`. Default: 0.
	 */
	readonly startSpreadSeconds?: number | undefined;
	/**
	 * Where the processes of a fleet share the tokens of this user, and the AWS credentials of its sessions, encrypted. Requires
	 * `username`. Default: none, and each process signs in.
	 */
	readonly store?: Store | undefined;
	/**
	 * The key with which the store's entries are encrypted: 32 bytes, or their text in hexadecimal or base64. Required if
	 * `password` is not a string. Default: derived from the password, which takes a fifth of a second per process.
	 */
	readonly storeKey?: string | Uint8Array | undefined;
	/** Receives log messages, each a {@link LogLine}. Default: silent. */
	readonly logger?: Logger | undefined;
	/**
	 * Receives an event for every sign-in and renewal, as it happens. Its errors are ignored, including the rejections of an
	 * async function. Default: none.
	 */
	readonly onEvent?: ((event: SessionEvent) => void) | undefined;
	/** Source of the time, for tests. Default: the local clock. */
	readonly clock?: Clock | undefined;
	/** Source of the jitter between attempts, for tests: a function like `Math.random`. */
	readonly random?: (() => number) | undefined;
}

const isAuthFlow: Check<string> = (value) =>
	(AUTH_FLOWS as readonly string[]).includes(value) ? undefined : `must be one of ${AUTH_FLOWS.join(", ")}`;

/** Default of `loginTimeoutMs`: three requests at their full deadline, and less than the deadline of a session's refresh. */
const LOGIN_TIMEOUT_MS = 45_000;

/** Reads the options that a session and its user have in common, and fills in defaults. */
export function readSharedOptions(reader: SettingsReader) {
	return {
		allowPlainHttp: reader.flag("allowPlainHttp"),
		clock: readClock(reader),
		connectAhead: reader.flag("connectAhead", true),
		logger: reader.object<Logger>("logger", LOG_METHODS),
		onEvent: reader.function<(event: SessionEvent) => void>("onEvent"),
		random: readRandom(reader),
		requestHandler: readRequestHandler(reader),
		requestTimeoutMs: reader.number("requestTimeoutMs", isPositive) ?? 15_000,
		maxAttempts: reader.number("maxAttempts", isCount) ?? 3,
	};
}

/** Reads the password and the answers to challenges. `variable` is the variable of the password. */
export function readAuthentication(reader: SettingsReader, variable?: string) {
	const password =
		typeof reader.value("password") === "function"
			? reader.function<PasswordFunction>("password")
			: reader.verbatim("password", variable, "a string or a function");
	return { password, challenges: readAnswers(reader) };
}

/** Reads the store and its key. `variable` is the variable of the key. */
export function readStore(reader: SettingsReader, variable?: string) {
	const store = readStoreObject(reader);
	const key = reader.value("storeKey") ?? reader.verbatim("storeKey", variable);
	const storeKey = typeof key === "string" || key instanceof Uint8Array ? storeKeyOf(key) : undefined;
	if (key !== undefined && storeKey === undefined) {
		reader.problem("storeKey", "must be 32 bytes, or their text in hexadecimal or base64", variable);
	}
	if (store !== undefined && key === undefined && typeof reader.value("password") === "function") {
		reader.problem("storeKey", "is missing, because it can be derived only from a password that is a string", variable);
	}
	return { store, storeKey };
}

function readStoreObject(reader: SettingsReader): Store | undefined {
	const store = reader.value("store");
	if (store === undefined || (isObject(store) && typeof store.share === "function")) return store as Store | undefined;
	reader.problem("store", "must be a store of echostream-botocore/stores, or of a class that extends its class Store");
	return undefined;
}

/** The key in hexadecimal. `undefined` if it has not 32 bytes. */
function storeKeyOf(key: string | Uint8Array): string | undefined {
	const text = typeof key === "string" ? key.trim() : hexadecimal(key);
	if (/^[0-9a-f]{64}$/i.test(text)) return text;
	if (typeof key !== "string" || !/^[\w+/-]{43}=?$/.test(text)) return undefined;
	return hexadecimal(bytesOfBase64Url(text));
}

function hexadecimal(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads the times of a login, and fills in defaults. */
export function readLoginTimes(reader: SettingsReader) {
	return {
		startSpreadSeconds: reader.number("startSpreadSeconds", isFiniteTime),
		loginTimeoutMs: reader.number("loginTimeoutMs", isPositive) ?? LOGIN_TIMEOUT_MS,
		answerTimeoutMs: reader.number("answerTimeoutMs", isPositive),
	};
}

/**
 * Validates the options, fills in defaults, and groups them by the part of the user that holds them. Each part holds its own
 * options only.
 *
 * @throws SettingsError that lists all missing and invalid options.
 */
export function resolveCognitoOptions(options: CognitoOptions) {
	const reader = new SettingsReader("a Cognito user", options);
	const userPoolId = reader.required("userPoolId", undefined, isUserPoolId);
	const clientId = reader.required("clientId");
	const region = reader.optional("userPoolRegion", undefined, isRegion) ?? userPoolId.split("_")[0] ?? "";
	const username = reader.optional("username");
	const clientSecret = reader.secret("clientSecret");
	const kept = {
		idToken: reader.secret("idToken"),
		accessToken: reader.secret("accessToken"),
		refreshToken: reader.secret("refreshToken"),
	};
	const isAllowedEndpoint: Check<string> = (url) => endpointProblem(url, reader.value("allowPlainHttp") === true);
	const endpoint = reader.optional("endpoint", undefined, isAllowedEndpoint);
	const authFlow = (reader.optional("authFlow", undefined, isAuthFlow) ?? "USER_SRP_AUTH") as NonNullable<
		CognitoOptions["authFlow"]
	>;
	const { password, challenges } = readAuthentication(reader);
	const { clock, connectAhead, logger, onEvent, requestHandler, ...connection } = readSharedOptions(reader);
	const { startSpreadSeconds = 0, ...timeouts } = readLoginTimes(reader);
	const { store, storeKey } = readStore(reader);
	if (store !== undefined && username === undefined) reader.missing("username");
	if (store !== undefined && storeKey === undefined && password === undefined) reader.missing("storeKey");
	const log = new Log(logger);
	const owner = reader.object<UserOwner>("owner", ["endpointSettings"]);
	const device = readDevice(reader);
	const onDevice = reader.function<NonNullable<CognitoOptions["onDevice"]>>("onDevice");
	reader.finish();
	return {
		username,
		client: new AppClient({ userPoolId, clientId, clientSecret }),
		connection: {
			...connection,
			userPoolId,
			region,
			endpoint,
			clock,
			endpointSettings: owner?.endpointSettings,
			connections: owner?.connections ?? new OwnConnections(requestHandler, connectAhead),
			serverClock: owner?.serverClock ?? new ServerClock(clock),
		},
		passwords: new PasswordSource(password),
		answers: challenges,
		kept,
		device: new UserDevice(device, onDevice, log, username),
		login: { authFlow, ...timeouts },
		store: store === undefined ? undefined : { store, key: storeKey, username: username ?? "" },
		startSpreadMs: startSpreadSeconds * 1000,
		observers: { log, onEvent },
	};
}

function readClock(reader: SettingsReader): Clock {
	const clock = reader.object<Clock>("clock", ["now", "monotonic", "after"]);
	if (clock === undefined) return systemClock;
	for (const method of ["now", "monotonic"] as const) {
		const isNumber = returnsNumber(() => clock[method](), Number.isFinite);
		if (!isNumber) reader.problem("clock", `must return a number of milliseconds from ${method}()`);
	}
	return clock;
}

function readRandom(reader: SettingsReader): () => number {
	const random = reader.function<() => number>("random") ?? Math.random;
	const isShare = returnsNumber(random, (value) => value >= 0 && value <= 1);
	if (!isShare) reader.problem("random", "must return a number from 0 to 1, like Math.random()");
	return random;
}

function returnsNumber(call: () => unknown, check: (value: number) => boolean): boolean {
	try {
		const value = call();
		return typeof value === "number" && check(value);
	} catch {
		return false;
	}
}

function readRequestHandler(reader: SettingsReader): HttpHandler | HttpHandlerOptions | undefined {
	const value = reader.value("requestHandler");
	if (value === undefined || isHttpHandler(value) || isOptionsOfHandler(value)) return value;
	const kind = "a request handler of the AWS SDK with handle(), or an object of options for one";
	if (typeof value === "object") reader.problem("requestHandler", `must be ${kind}, but lacks handle()`);
	else reader.mustBe("requestHandler", kind, value);
	return undefined;
}

function readDevice(reader: SettingsReader): RememberedDevice | undefined {
	const device = reader.value("device");
	if (device === undefined) return undefined;
	const parts = isObject(device) ? [device.deviceKey, device.deviceGroupKey, device.devicePassword] : [];
	const isWhole = parts.length > 0 && parts.every((part) => typeof part === "string" && part !== "");
	if (!isWhole) {
		reader.problem(
			"device",
			"must be an object with deviceKey, deviceGroupKey and devicePassword, as onDevice received it",
		);
	}
	return device as RememberedDevice;
}
