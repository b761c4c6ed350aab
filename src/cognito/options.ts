import { type Clock, systemClock } from "../platform/clock.ts";
import { type Logger, type SessionEventListener, undisturbed } from "../platform/events.ts";
import type { HttpHandler } from "../platform/http-handler.ts";
import { type Check, isPositive, isRegion, isUserPoolId, SettingsReader } from "../platform/settings.ts";
import { endpointProblem } from "./api/endpoint.ts";
import type { EndpointSettings } from "./api/endpoint-by-sdk.ts";
import { AppClient } from "./login/app-client.ts";
import { AUTH_FLOWS, type AuthFlow } from "./login/challenge-sequence.ts";
import type { ChallengeAnswers } from "./login/challenges.ts";
import { type RememberedDevice, UserDevice } from "./login/devices.ts";
import { type CognitoPassword, PasswordSource } from "./login/password-source.ts";
import { parseTotpSecret } from "./login/totp.ts";

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
	readonly authFlow?: AuthFlow | undefined;
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
	/** Settings of the session that owns this user. @internal */
	readonly endpointSettings?: (() => EndpointSettings) | undefined;
	/** Sends the requests. The caller owns it: `destroy()` does not close it. Default: the AWS SDK's handler for the platform. */
	readonly requestHandler?: HttpHandler | undefined;
	/** Maximum attempts per request for transient failures, including the first. Default: 3. */
	readonly maxAttempts?: number | undefined;
	/** Deadline of each request with all its attempts, milliseconds. Default: 15,000. */
	readonly requestTimeoutMs?: number | undefined;
	/**
	 * Deadline of all requests of one login together, milliseconds. A rejected password that the function replaces makes
	 * another login, with a deadline of its own. Time spent in the program's own functions, or until the
	 * next code of an authenticator, does not count. Default: 45,000.
	 */
	readonly loginTimeoutMs?: number | undefined;
	/**
	 * Deadline of each call of a function that returns a password or answers a challenge, milliseconds. Default: 900,000,
	 * the longest time that Cognito keeps a login open for.
	 */
	readonly answerTimeoutMs?: number | undefined;
	/** Receives log messages. Default: silent. */
	readonly logger?: Logger | undefined;
	/** Receives an event for every sign-in and renewal. */
	readonly onEvent?: SessionEventListener | undefined;
	/** Source of the time, for tests. Default: the local clock. */
	readonly clock?: Clock | undefined;
	/** Source of the jitter between attempts, for tests: a function like `Math.random`. */
	readonly random?: (() => number) | undefined;
}

const TEXTS = ["username", "clientSecret", "idToken", "accessToken", "refreshToken"] as const;

const isAuthFlow: Check<string> = (value) =>
	(AUTH_FLOWS as readonly string[]).includes(value) ? undefined : `must be one of ${AUTH_FLOWS.join(", ")}`;

/** Default of `loginTimeoutMs`: three requests at their full deadline, and less than the deadline of a session's refresh. */
const LOGIN_TIMEOUT_MS = 45_000;

/** Default of `answerTimeoutMs`: the longest time that Cognito keeps a login open for. */
const ANSWER_TIMEOUT_MS = 15 * 60_000;

/** Validates the deadlines of a login, and fills in defaults. */
export function readLoginTimeouts(
	{ loginTimeoutMs, answerTimeoutMs }: Pick<CognitoOptions, "loginTimeoutMs" | "answerTimeoutMs">,
	reader: SettingsReader,
) {
	return {
		loginTimeoutMs: reader.number("loginTimeoutMs", loginTimeoutMs, LOGIN_TIMEOUT_MS, isPositive),
		answerTimeoutMs: reader.number("answerTimeoutMs", answerTimeoutMs, ANSWER_TIMEOUT_MS, isPositive),
	};
}

/**
 * Validates the options, fills in defaults, and groups them by the part of the user that holds them. Each part holds its own
 * options only.
 *
 * @throws SettingsError that lists all missing and invalid options.
 */
export function resolveCognitoOptions(options: CognitoOptions) {
	const reader = new SettingsReader("a Cognito user");
	const required = (option: "userPoolId" | "clientId", check?: Check<string>): string => {
		const value = reader.optional(option, undefined, options[option], check);
		if (value === undefined) reader.problem(option, "is missing");
		return value ?? "";
	};
	const userPoolId = required("userPoolId", isUserPoolId);
	const clientId = required("clientId");
	const region = reader.optional("userPoolRegion", undefined, options.userPoolRegion, isRegion);
	for (const option of TEXTS) reader.optional(option, undefined, options[option]);
	const allowPlainHttp = reader.flag("allowPlainHttp", options.allowPlainHttp);
	reader.optional("endpoint", undefined, options.endpoint, (url) => endpointProblem(url, allowPlainHttp));
	reader.optional("authFlow", undefined, options.authFlow, isAuthFlow);
	const { password, challenges } = options;
	if (!["string", "function", "undefined"].includes(typeof password)) {
		reader.problem("password", `must be a string or a function, but has type ${typeof password}`);
	}
	const authenticator = challenges?.SOFTWARE_TOKEN_MFA;
	if (typeof authenticator === "object" && parseTotpSecret(String(authenticator.secret)) === undefined) {
		reader.problem("challenges.SOFTWARE_TOKEN_MFA.secret", "must be base32, as Cognito returns it");
	}
	const requestTimeoutMs = reader.number("requestTimeoutMs", options.requestTimeoutMs, 15_000, isPositive);
	const maxAttempts = reader.number("maxAttempts", options.maxAttempts, 3, isPositive);
	const timeouts = readLoginTimeouts(options, reader);
	reader.finish();
	const { clock = systemClock, random = Math.random, authFlow = "USER_SRP_AUTH" } = options;
	const { clientSecret, idToken, accessToken, refreshToken, endpoint, endpointSettings, requestHandler } = options;
	const logger = undisturbed(options.logger);
	return {
		username: options.username,
		client: new AppClient({ userPoolId, clientId, clientSecret }),
		connection: {
			userPoolId,
			region: region ?? userPoolId.split("_")[0] ?? "",
			endpoint,
			endpointSettings,
			allowPlainHttp,
			requestHandler,
			requestTimeoutMs,
			maxAttempts,
			random,
		},
		passwords: new PasswordSource(password),
		answers: challenges ?? {},
		kept: { idToken, accessToken, refreshToken },
		device: new UserDevice(options.device, options.onDevice, logger),
		login: { authFlow, ...timeouts },
		clock,
		observers: { logger, onEvent: options.onEvent },
	};
}
