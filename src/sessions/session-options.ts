import type { CognitoUser } from "../cognito/cognito.ts";
import type { ChallengeAnswers } from "../cognito/login/challenges.ts";
import type { CognitoPassword } from "../cognito/login/password-source.ts";
import { readAuthentication, readLoginTimes, readSharedOptions, readStore } from "../cognito/options.ts";
import type { Clock } from "../platform/clock.ts";
import type { SessionEvent } from "../platform/events.ts";
import type { HttpHandler, HttpHandlerOptions } from "../platform/http-handler.ts";
import type { Logger } from "../platform/log.ts";
import {
	isDuration,
	isEndpoint,
	isFiniteTime,
	isPositive,
	isUserPoolId,
	SettingsReader,
} from "../platform/settings.ts";
import type { Store } from "../stores/store.ts";

/** Options of every session, without those of a user of its own, which a caller-provided `cognito` excludes. */
export interface SessionOptionsWithCognito {
	/** URL of the EchoStream AppSync API. Variable: `APPSYNC_ENDPOINT`. */
	readonly appsyncEndpoint?: string | undefined;
	/**
	 * Whether to allow plain http to remote hosts, for AppSync and for the Cognito endpoint of the session's own user. Anyone
	 * on the network path can then read and use the tokens. Plain http to a loopback host is always allowed. Default: `false`.
	 */
	readonly allowPlainHttp?: boolean | undefined;
	/**
	 * The user of the session: a `Cognito`, or any object with `username` and `getAccessToken()`. Then the options of the
	 * session's own user and their variables are ignored: `clientId`, `password`, `userPoolId`, `username`, `challenges`, `store`,
	 * `storeKey` and the times of a sign-in. Sessions that share a user sign in once. The caller owns it.
	 * It keeps its own settings: `profileName`, `allowPlainHttp`, `requestHandler`, `connectAhead`, configuration variables
	 * and client defaults of a session do not apply to it.
	 */
	readonly cognito?: CognitoUser | undefined;
	/** Lifetime of the AWS credentials, seconds, from 900 to 43,200. Default: 3600. */
	readonly duration?: number | undefined;
	/** Name of the tenant. Variable: `TENANT`. */
	readonly tenant?: string | undefined;
	/** Region of the clients. Default: the configured region of the AWS SDK, else the tenant's region. */
	readonly regionName?: string | undefined;
	/**
	 * Profile in the shared config file for the session, its own user and its clients. Variable: `AWS_PROFILE`.
	 */
	readonly profileName?: string | undefined;
	/**
	 * Receives log messages of the session and its own user, each a {@link LogLine}. `console` works. Clients do not get it, because they log the
	 * whole input and output of each call, which may contain secrets. For them: `setDefaultClientConfig({ logger })`.
	 * Default: silent.
	 */
	readonly logger?: Logger | undefined;
	/**
	 * Receives an event for every sign-in, renewal, refresh and failure, as it happens. Its errors are ignored, including the
	 * rejections of an async function. Default: none.
	 */
	readonly onEvent?: ((event: SessionEvent) => void) | undefined;
	/**
	 * Sends the requests to Cognito, to AppSync and of the clients. Proxies, certificates and connection limits are
	 * configured there. The caller owns it: `destroy()` does not close it. Default: the AWS SDK's handler for the platform,
	 * whose connections all sessions of the process share. With an object of options for it, such as
	 * `{ requestTimeout: 5_000 }`, the session has one of its own, which `destroy()` closes.
	 */
	readonly requestHandler?: HttpHandler | HttpHandlerOptions | undefined;
	/**
	 * Whether to connect to Cognito while the password function runs, to AppSync while the user signs in, and to the service of
	 * a client while its call waits for credentials, instead of when the request is ready. On Node, over https, with the
	 * default connections or a `requestHandler` that has `connectAhead()`. Default: `true`.
	 */
	readonly connectAhead?: boolean | undefined;
	/**
	 * Maximum attempts per request for transient failures, including the first. Applies to AppSync, to the session's own user,
	 * and to the clients, where it is the variable `max_attempts`. A request of a login that Cognito throttles is repeated until
	 * `loginTimeoutMs`, unless this is 1. Default: 3, and for the clients the SDK's, which `AWS_MAX_ATTEMPTS` and the shared
	 * config file set.
	 */
	readonly maxAttempts?: number | undefined;
	/** Deadline of each attempt of a request, milliseconds. Default: 15,000. */
	readonly requestTimeoutMs?: number | undefined;
	/**
	 * Deadline of a whole refresh, query or description, with the sign-in and all attempts, milliseconds. The time in which a
	 * person is asked does not count. Default: 60,000.
	 */
	readonly totalTimeoutMs?: number | undefined;
	/**
	 * Seconds before expiry from which credentials are refreshed in the background. Default: 5 minutes for a lifetime of up
	 * to 20 minutes, 15 minutes for up to 90 minutes, 60 minutes above. At most a third of the lifetime.
	 */
	readonly advisoryRefreshSeconds?: number | undefined;
	/** Seconds before expiry from which callers wait for the refresh. Default: 60. At most a tenth of the lifetime. */
	readonly mandatoryRefreshSeconds?: number | undefined;
	/** Whether to serve expired credentials while they cannot be refreshed. Default: `false`. */
	readonly serveExpired?: boolean | undefined;
	/** Source of the time, for tests. Default: the local clock. */
	readonly clock?: Clock | undefined;
	/** Source of the jitter, for tests: a function like `Math.random`. */
	readonly random?: (() => number) | undefined;
}

/** Options of every session. An option has precedence over its environment variable. A blank value counts as unset. */
export interface EchoStreamSessionOptions extends SessionOptionsWithCognito {
	/** Id of the Cognito app client. Variable: `CLIENT_ID`. */
	readonly clientId?: string | undefined;
	/** Password of the user, or a function that returns it when a sign-in requires it. Variable: `PASSWORD`. */
	readonly password?: CognitoPassword | undefined;
	/** Id of the Cognito user pool, `<region>_<name>`. Variable: `USER_POOL_ID`. */
	readonly userPoolId?: string | undefined;
	/** Name of the user. Variable: `USER_NAME`. */
	readonly username?: string | undefined;
	/** Answers for when Cognito requires more than the password. */
	readonly challenges?: ChallengeAnswers | undefined;
	/** Deadline of all requests of one sign-in together, as in `CognitoOptions`, milliseconds. Default: 45,000. */
	readonly loginTimeoutMs?: number | undefined;
	/**
	 * Deadline of each call of `password` or of a function in `challenges`, milliseconds. Default: 60,000 for `password`,
	 * 900,000 for a challenge.
	 */
	readonly answerTimeoutMs?: number | undefined;
	/**
	 * Maximum delay of the first sign-in, seconds. It is random, so that processes that start together do not sign in together. It
	 * does not count against deadlines. Has no effect with a `store`. Default: 0.
	 */
	readonly startSpreadSeconds?: number | undefined;
	/**
	 * Where the processes of a fleet share one sign-in and one set of AWS credentials, encrypted: a store of
	 * `echostream-botocore/stores`. A caller-provided `cognito` has a store of its own instead. Default: none, and each process
	 * signs in.
	 */
	readonly store?: Store | undefined;
	/**
	 * The key with which the store's entries are encrypted: 32 bytes, or their text in hexadecimal or base64. Required if
	 * `password` is a function. Default: derived from the password, which takes a fifth of a second per process. Variable:
	 * `STORE_KEY`.
	 */
	readonly storeKey?: string | Uint8Array | undefined;
}

/** Variables that the clients of a session read, by the option that has precedence over them. */
const SDK_VARIABLES = {
	regionName: ["AWS_REGION", "AWS_DEFAULT_REGION"],
	profileName: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
} as const;

/**
 * Resolves the options of a session from the caller's, the environment and the defaults.
 *
 * @throws {@link SettingsError} that lists all missing and invalid settings.
 */
export function resolveSessionOptions(
	options: EchoStreamSessionOptions,
	added: { readonly subject?: string; readonly required?: Readonly<Record<string, string>> },
) {
	const { subject = "a session", required = {} } = added;
	const reader = new SettingsReader(subject, options);
	const addedValues = Object.entries(required).map(([option, variable]) => [option, reader.required(option, variable)]);
	const shared = readSharedOptions(reader);
	const isAppSyncEndpoint = (value: string) => isEndpoint(value, shared.allowPlainHttp);
	const cognito = reader.object<CognitoUser>("cognito", ["getAccessToken"]);
	const isOwnUser = reader.value("cognito") === undefined;
	const resolved = {
		added: Object.fromEntries(addedValues) as Readonly<Record<string, string>>,
		appsyncEndpoint: reader.required("appsyncEndpoint", "APPSYNC_ENDPOINT", isAppSyncEndpoint),
		tenant: reader.required("tenant", "TENANT"),
		refreshes: {
			duration: reader.number("duration", isDuration) ?? 3600,
			totalTimeoutMs: reader.number("totalTimeoutMs", isPositive) ?? 60_000,
			serveExpired: reader.flag("serveExpired"),
			advisoryRefreshSeconds: reader.number("advisoryRefreshSeconds", isFiniteTime),
			mandatoryRefreshSeconds: reader.number("mandatoryRefreshSeconds", isFiniteTime),
		},
		/** Options that the session shares with its own user. */
		shared,
		variables: {
			region: readSdkSetting(reader, "regionName"),
			profile: readSdkSetting(reader, "profileName"),
			max_attempts: reader.value("maxAttempts") as number | undefined,
		},
		/** The caller-provided user. */
		cognito,
		/** Options of the session's own user. `undefined` with a caller-provided one. */
		user: isOwnUser ? readUser(reader) : undefined,
	};
	reader.finish();
	return resolved;
}

function readSdkSetting(reader: SettingsReader, option: keyof typeof SDK_VARIABLES): string | undefined {
	const value = reader.optional(option);
	if (value === undefined) for (const variable of SDK_VARIABLES[option]) reader.variable(option, variable);
	return value;
}

function readUser(reader: SettingsReader) {
	const { password, challenges } = readAuthentication(reader, "PASSWORD");
	if (password === undefined) reader.missing("password", "PASSWORD");
	return {
		clientId: reader.required("clientId", "CLIENT_ID"),
		userPoolId: reader.required("userPoolId", "USER_POOL_ID", isUserPoolId),
		username: reader.required("username", "USER_NAME"),
		password,
		challenges,
		...readLoginTimes(reader),
		...readStore(reader, "STORE_KEY"),
	};
}
