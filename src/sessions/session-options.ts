import type { CognitoUser } from "../cognito/cognito.ts";
import type { ChallengeAnswers } from "../cognito/login/challenges.ts";
import type { CognitoPassword } from "../cognito/login/password-source.ts";
import { readLoginTimeouts } from "../cognito/options.ts";
import type { RefreshWindowOptions } from "../credentials/refresh-windows.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Logger, SessionEventListener } from "../platform/events.ts";
import type { HttpHandler } from "../platform/http-handler.ts";
import { isDuration, isEndpoint, isPositive, isUserPoolId, SettingsReader } from "../platform/settings.ts";

/** The options of every session. An option wins over its environment variable; blank means unset. */
export interface EchoStreamSessionOptions extends RefreshWindowOptions {
	/** URL of the EchoStream AppSync API. Variable: `APPSYNC_ENDPOINT`. */
	readonly appsyncEndpoint?: string | undefined;
	/**
	 * Whether plain http is accepted to other machines, for AppSync and for the Cognito endpoint of the session's own user:
	 * everybody on the way can then read and use the tokens. Plain http to a loopback host needs no permission. Default: `false`.
	 */
	readonly allowPlainHttp?: boolean | undefined;
	/** Id of the Cognito app client. Variable: `CLIENT_ID`. */
	readonly clientId?: string | undefined;
	/**
	 * The user to work as: a `Cognito`, or anything with a `username` and `getAccessToken()`. `clientId`, `password`,
	 * `userPoolId` and `username` are then ignored with their variables. Several sessions may share one: it signs in once.
	 * The caller owns it, and it keeps its own settings: no session's `profileName`, `allowPlainHttp`, `requestHandler`,
	 * configuration variables or client defaults reach it.
	 */
	readonly cognito?: CognitoUser | undefined;
	/** The life to ask for the AWS credentials, seconds, 900 to 43,200. Default: 3600. */
	readonly duration?: number | undefined;
	/** The user's password, or a function that gets it whenever a login needs it. Variable: `PASSWORD`. */
	readonly password?: CognitoPassword | undefined;
	/** Name of the tenant. Variable: `TENANT`. */
	readonly tenant?: string | undefined;
	/** Id of the Cognito user pool, `<region>_<name>`. Variable: `USER_POOL_ID`. */
	readonly userPoolId?: string | undefined;
	/** Name of the user. Variable: `USER_NAME`. */
	readonly username?: string | undefined;
	/** Who answers when Cognito asks for more than the password. */
	readonly challenges?: ChallengeAnswers | undefined;
	/** Region of the clients. Default: what this machine is set up for, else the tenant's own region. */
	readonly regionName?: string | undefined;
	/**
	 * The profile of the shared config file that the session, its own user and its clients read. Variable: `AWS_PROFILE`.
	 */
	readonly profileName?: string | undefined;
	/** Gets what the session does, in words. Default: silent. `console` fits. */
	readonly logger?: Logger | undefined;
	/** Gets every login, renewal, refresh and failure, as an object. */
	readonly onEvent?: SessionEventListener | undefined;
	/**
	 * Sends the requests to Cognito, to AppSync and of the clients: the place for proxies, certificates and connection
	 * limits. It stays yours: `destroy()` does not close it. Default: one of the platform's own.
	 */
	readonly requestHandler?: HttpHandler | undefined;
	/** How often a request is sent at most when it fails for a passing reason. Default: 3. */
	readonly maxAttempts?: number | undefined;
	/** The deadline of each network step, milliseconds. Default: 15,000. */
	readonly requestTimeoutMs?: number | undefined;
	/** Deadline of all requests of one login together, as in `CognitoOptions`, milliseconds. Default: 45,000. */
	readonly loginTimeoutMs?: number | undefined;
	/** Deadline of each call of `password` or of a function in `challenges`, milliseconds. Default: 900,000. */
	readonly answerTimeoutMs?: number | undefined;
	/** The deadline of a whole refresh, a login included, milliseconds. Default: 60,000. */
	readonly refreshTimeoutMs?: number | undefined;
	/** Whether to hand out credentials that have expired while no new ones are to be had. Default: `false`. */
	readonly serveExpired?: boolean | undefined;
	/** For tests: where the session gets the time. Default: this machine's clock. */
	readonly clock?: Clock | undefined;
	/** For tests: where the session gets its jitter, a function like `Math.random`. */
	readonly random?: (() => number) | undefined;
}

/** The settings that a subclass of {@link EchoStreamSession} requires in addition to those of every session. */
export interface AddedSettings {
	/** The subclass with its article, for the message of a {@link SettingsError}. Default: `a session`. */
	readonly subject?: string;
	/** The required options, each with its environment variable: `{ app: "APP" }`. */
	readonly required?: Readonly<Record<string, string>>;
}

/**
 * Resolves the options of a session, from the options and from environment variables.
 *
 * @throws {@link SettingsError} that lists everything wrong or missing.
 */
export function resolveSessionOptions(options: EchoStreamSessionOptions, added: AddedSettings) {
	const { subject = "a session", required = {} } = added;
	const reader = new SettingsReader(subject);
	const given: Readonly<Record<string, unknown>> = { ...options };
	const addedValues = Object.entries(required).map(([option, variable]) => [
		option,
		reader.required(option, variable, given[option] as string | undefined),
	]);
	const { advisoryRefreshSeconds, mandatoryRefreshSeconds, logger, onEvent } = options;
	const allowPlainHttp = reader.flag("allowPlainHttp", options.allowPlainHttp);
	const isAppSyncEndpoint = (value: string) => isEndpoint(value, allowPlainHttp);
	const settled = {
		added: Object.fromEntries(addedValues) as Readonly<Record<string, string>>,
		appsyncEndpoint: reader.required("appsyncEndpoint", "APPSYNC_ENDPOINT", options.appsyncEndpoint, isAppSyncEndpoint),
		tenant: reader.required("tenant", "TENANT", options.tenant),
		refreshes: {
			duration: reader.number("duration", options.duration, 3600, isDuration),
			refreshTimeoutMs: reader.number("refreshTimeoutMs", options.refreshTimeoutMs, 60_000, isPositive),
			serveExpired: options.serveExpired ?? false,
			advisoryRefreshSeconds,
			mandatoryRefreshSeconds,
		},
		/** What the session has in common with its user. */
		shared: {
			clock: options.clock ?? systemClock,
			random: options.random ?? Math.random,
			maxAttempts: reader.number("maxAttempts", options.maxAttempts, 3, isPositive),
			requestTimeoutMs: reader.number("requestTimeoutMs", options.requestTimeoutMs, 15_000, isPositive),
			allowPlainHttp,
			logger,
			onEvent,
		},
		variables: {
			region: reader.optional("regionName", undefined, options.regionName),
			profile: reader.optional("profileName", undefined, options.profileName),
		},
		/** The options of the session's own user, unless it is given one. */
		user: options.cognito ? undefined : readUser(options, reader),
	};
	for (const [option, value] of Object.entries({ advisoryRefreshSeconds, mandatoryRefreshSeconds })) {
		reader.number(option, value, 1, isPositive);
	}
	reader.finish();
	return settled;
}

function readUser(options: EchoStreamSessionOptions, reader: SettingsReader) {
	const { challenges, password, requestHandler } = options;
	return {
		clientId: reader.required("clientId", "CLIENT_ID", options.clientId),
		userPoolId: reader.required("userPoolId", "USER_POOL_ID", options.userPoolId, isUserPoolId),
		username: reader.required("username", "USER_NAME", options.username),
		password: typeof password === "function" ? password : reader.required("password", "PASSWORD", password),
		challenges,
		requestHandler,
		...readLoginTimeouts(options, reader),
	};
}
