import { printable } from "./printable.ts";

const BRAND = Symbol.for("echostream-botocore.error");

/** Maximum length of a line of a message. */
const LONGEST_LINE = 2000;

/** What every error of this package is made from. */
export interface EchoStreamErrorOptions {
	/** What went wrong underneath. */
	readonly cause?: unknown;
	/** Whether the same call may well succeed later with nothing changed. Default: `false`. */
	readonly transient?: boolean;
}

/**
 * The root of every error that this package throws by itself.
 *
 * `code` tells them apart and narrows their type in a `switch`; `message` says what failed, where, and what to do; `cause`
 * holds what went wrong underneath. No password, token or key is in any of them.
 *
 * `instanceof` fails between two copies of the package (one imported, one required): {@link isEchoStreamError} does not.
 */
export abstract class EchoStreamError extends Error {
	abstract readonly code: string;
	/** Whether the same call may well succeed later with nothing changed: a network or a service in trouble. */
	readonly transient: boolean;
	/** @hidden */
	readonly [BRAND] = true;

	/** @param message - One line or several. Each may quote a server, so it is made printable and limited in length. */
	constructor(message: string | readonly string[], { cause, transient = false }: EchoStreamErrorOptions = {}) {
		const lines = [message].flat().map((line) => printable(line, LONGEST_LINE));
		super(lines.join("\n"), cause === undefined ? undefined : { cause });
		this.transient = transient;
		Object.defineProperty(this, BRAND, { enumerable: false });
	}
}

/** One thing that is wrong with the settings of a session. */
export interface SettingsProblem {
	/** The constructor option, such as `userPoolId`. */
	readonly option: string;
	/** The environment variable that the option stands before, such as `USER_POOL_ID`; absent where there is none. */
	readonly variable?: string;
	/** What is wrong with it, and what would be right. */
	readonly problem: string;
}

/** The settings are incomplete or malformed. Thrown by constructors, before anything is sent; lists all that is wrong. */
export class SettingsError extends EchoStreamError {
	override readonly name = "SettingsError";
	readonly code = "InvalidSettings";
	readonly problems: readonly SettingsProblem[];

	constructor(subject: string, problems: readonly SettingsProblem[]) {
		const lines = problems.map(({ option, variable, problem }) =>
			variable === undefined ? `  ${option}: ${problem}` : `  ${option} (or ${variable}): ${problem}`,
		);
		super([`${subject} cannot be made from these settings:`, ...lines]);
		this.problems = problems;
		releaseFrames(this);
	}
}

/** Why Cognito did not sign the user in, or did not keep it signed in. */
export type AuthenticationErrorCode =
	/** There is no password, no refresh token and no access token to go by. */
	| "NotSignedIn"
	/** Wrong user name or password. Not tried again by itself, because Cognito locks users out. */
	| "SignInRejected"
	/** Too many wrong passwords: Cognito has locked the user out for a while. */
	| "UserLockedOut"
	/** An administrator has disabled the user. */
	| "UserDisabled"
	/** The user pool has no such user, and says so. */
	| "UserNotFound"
	/** The user has signed up, and not confirmed that yet. */
	| "UserNotConfirmed"
	/** An administrator has reset the password: a new one must be set, by `confirmForgotPassword`. */
	| "PasswordResetRequired"
	/** The refresh token is expired, revoked or used up, and there is no password to log in with again. */
	| "RefreshTokenRejected"
	/** The app client does not allow this way of logging in. */
	| "FlowNotEnabled"
	/** The user pool or its app client does not exist. */
	| "UserPoolNotFound"
	/** The app client has a secret, and the one given is missing or wrong. */
	| "ClientSecretRejected"
	/** A Lambda trigger of the user pool refused; `message` ends with its own words. */
	| "LambdaRejected"
	/** A Lambda trigger of the user pool failed. */
	| "LambdaFailed"
	/** A web application firewall or a proxy blocked the request. */
	| "RequestBlocked"
	/** The endpoint redirected the request. Redirects are not followed. */
	| "RedirectRejected"
	/** The endpoint's certificate is not trusted, has expired, or is for another host name. */
	| "CertificateRejected"
	/** Too many requests. */
	| "Throttled"
	/** This region, or this kind of pool, does not offer the operation. */
	| "OperationNotEnabled"
	/** No answer in time, no connection, or a failure on Cognito's side. */
	| "CognitoUnavailable"
	/** Cognito's answer is not what it should be. */
	| "InvalidCognitoResponse"
	/** The network steps of one login took longer than `loginTimeoutMs`. */
	| "SignInTimedOut"
	/** In the middle of a login Cognito named another user than at its start. */
	| "UsernameMismatch"
	/** `logout()` has removed the client secret, which the app client requires: make a new `Cognito`. */
	| "SignedOut"
	/** The `Cognito` user has been destroyed. */
	| "UserDestroyed"
	/** This page has no Web Crypto, because it came neither by https nor from localhost. */
	| "NoWebCrypto"
	/** A token that is not genuine, not of this user pool or app client, expired, or not valid yet. */
	| "InvalidToken"
	/** The key set of the user pool, by which tokens are verified, is missing or malformed. */
	| "InvalidKeySet"
	/** A new password that the user pool does not take. */
	| "InvalidPassword"
	/** A confirmation code that is wrong or too old. */
	| "CodeRejected"
	/** The user name, e-mail address or phone number belongs to somebody already. */
	| "UserExists"
	/** Any other exception of Cognito: `cause.name` has its name. */
	| "CognitoException";

/** Cognito did not sign the user in, or did not keep it signed in. */
export class AuthenticationError extends EchoStreamError {
	override readonly name = "AuthenticationError";
	readonly code: AuthenticationErrorCode;

	constructor(code: AuthenticationErrorCode, message: string, options?: EchoStreamErrorOptions) {
		super(message, options);
		this.code = code;
		releaseFrames(this);
	}
}

/** Why a login stopped at a question of Cognito's. */
export type ChallengeErrorCode =
	/** Cognito asks for something that nobody here answers. */
	| "ChallengeUnanswered"
	/** Cognito asks for something that this version of the package does not know. */
	| "ChallengeUnknown"
	/** Cognito sent a challenge to which the `authFlow` cannot lead at that point. It received no answer. */
	| "ChallengeUnexpected"
	/** Cognito asks for something that only a person can answer, and this login runs in the background. */
	| "InteractionRequired"
	/** A function of the program took longer than `answerTimeoutMs` to answer. */
	| "AnswerTimedOut"
	/** The answer was wrong. */
	| "ChallengeRejected"
	/** The answer came too late. */
	| "ChallengeExpired";

/** A login stopped at a question of Cognito's, the `challengeName`. */
export class ChallengeError extends EchoStreamError {
	override readonly name = "ChallengeError";
	readonly code: ChallengeErrorCode;
	/** As Cognito names it: `SMS_MFA`, `NEW_PASSWORD_REQUIRED` and so on. */
	readonly challengeName: string;

	constructor(code: ChallengeErrorCode, challengeName: string, message: string, options?: EchoStreamErrorOptions) {
		super(message, options);
		this.code = code;
		this.challengeName = printable(challengeName, 64);
		releaseFrames(this);
	}
}

/** Why EchoStream's AppSync API did not answer a query. */
export type AppSyncErrorCode =
	/** It refused the access token, also after a renewal. */
	| "TokenRejected"
	/** The user may not ask this. Never retried. */
	| "PermissionDenied"
	/** It answered with errors: `errors` has them. */
	| "QueryFailed"
	/** A web application firewall or a proxy blocked the query. */
	| "RequestBlocked"
	/** The endpoint redirected the query. Redirects are not followed. */
	| "RedirectRejected"
	/** The endpoint's certificate is not trusted, has expired, or is for another host name. */
	| "CertificateRejected"
	/** No answer in time, no connection, or a failure on its side. */
	| "AppSyncUnavailable"
	/** Its answer is not what it should be. */
	| "InvalidAppSyncResponse";

/** One error of a GraphQL answer: the parts that hold no data. */
export interface GraphQLErrorSummary {
	readonly message: string;
	readonly errorType?: string;
	readonly path?: readonly (string | number)[];
}

/** EchoStream's AppSync API did not answer a query. */
export class AppSyncError extends EchoStreamError {
	override readonly name = "AppSyncError";
	readonly code: AppSyncErrorCode;
	/** The HTTP status, where there was an answer. */
	readonly status?: number;
	/** The errors of the GraphQL answer, where there were any. */
	readonly errors: readonly GraphQLErrorSummary[];

	constructor(
		code: AppSyncErrorCode,
		message: string,
		options: EchoStreamErrorOptions & { status?: number; errors?: readonly GraphQLErrorSummary[] } = {},
	) {
		super(message, options);
		this.code = code;
		if (options.status !== undefined) this.status = options.status;
		this.errors = options.errors ?? [];
		releaseFrames(this);
	}
}

/** Why there are no AWS credentials. */
export type CredentialsErrorCode =
	/** There is no such tenant for this user. */
	| "TenantNotFound"
	/** The tenant exists and takes no requests yet. */
	| "TenantNotActive"
	/** There is no such app in the tenant for this user. */
	| "AppNotFound"
	/** Apps of this type have no credentials of their own. */
	| "AppWithoutCredentials"
	/** What came is incomplete, malformed, already expired, or lives longer than was asked. */
	| "InvalidCredentials"
	/** The last set has expired, and no new one is to be had: `cause` says why. */
	| "CredentialsExpired"
	/** More remaining life was asked for than a new set has. */
	| "LifetimeTooShort"
	/** A refresh took too long. */
	| "RefreshTimedOut"
	/** The session has been destroyed. */
	| "SessionDestroyed";

/** There are no AWS credentials to be had. */
export class CredentialsError extends EchoStreamError {
	override readonly name = "CredentialsError";
	readonly code: CredentialsErrorCode;

	constructor(code: CredentialsErrorCode, message: string, options?: EchoStreamErrorOptions) {
		super(message, options);
		this.code = code;
		releaseFrames(this);
	}
}

/** Every error of this package, for a `switch` over `code`. */
export type AnyEchoStreamError = SettingsError | AuthenticationError | ChallengeError | AppSyncError | CredentialsError;

/** Whether `error` is one of this package's, of whichever copy of it. */
export function isEchoStreamError(error: unknown): error is AnyEchoStreamError {
	return typeof error === "object" && error !== null && BRAND in error;
}

/**
 * What may be kept of a failure underneath: its name, message and codes, and never what it carries along. The errors of
 * HTTP handlers and of the AWS SDK hold whole requests and answers, tokens included, and a parser quotes what it read.
 *
 * @param secrets - What the request held and nothing may show: services and handlers quote what they were told.
 * @internal
 */
export function safeCause(error: unknown, secrets: readonly string[] = []): Error {
	if (isEchoStreamError(error)) return error;
	if (!(error instanceof Error) && !(typeof error === "object" && error !== null && "message" in error)) {
		return new Error(`A ${typeof error} was thrown`);
	}
	const { name, message, code, $fault, $metadata } = error as Error & {
		code?: unknown;
		$fault?: unknown;
		$metadata?: { attempts?: unknown; httpStatusCode?: unknown; requestId?: unknown };
	};
	const isParser = $fault === undefined && (name === "SyntaxError" || "$responseBodyText" in error);
	const cause = new Error(isParser ? "The answer could not be read" : printable(String(message), 1000, secrets));
	const kept = {
		name: String(name),
		code,
		attempts: $metadata?.attempts,
		status: $metadata?.httpStatusCode,
		requestId: $metadata?.requestId,
	};
	for (const [key, value] of Object.entries(kept)) {
		if (typeof value === "number") Object.assign(cause, { [key]: value });
		if (typeof value === "string") Object.assign(cause, { [key]: printable(value, 200, secrets) });
	}
	return releaseFrames(cause);
}

/**
 * Lets go of the objects on the stack. V8 writes the text of a stack when it is first read, and until then an error holds
 * every `this` of it: a program that keeps an error of a login would keep the password.
 *
 * @internal
 */
export function releaseFrames<E extends Error>(error: E): E {
	String(error.stack);
	return error;
}
