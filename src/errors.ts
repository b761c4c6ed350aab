import { printable } from "./printable.ts";

const BRAND = Symbol.for("echostream-botocore.error");

/** Maximum length of a line of a message. */
const MAX_LINE_LENGTH = 2000;

/**
 * Base class of every error that this package throws.
 *
 * `code` identifies the failure, and narrows the type in a `switch`. `message` describes what failed, why, and what to do.
 * `cause` is the underlying error. None of them contains a password, a token or a key.
 *
 * `instanceof` fails between two copies of the package (one imported, one required). {@link isEchoStreamError} works.
 */
export abstract class EchoStreamError extends Error {
	/** Identifies the failure. */
	abstract readonly code: string;
	/** Whether the same call may succeed later without any change, for example after an outage. */
	readonly transient: boolean;
	/** Marks the errors of this package, from any copy of it. @hidden */
	readonly [BRAND] = true;

	/**
	 * @param message - One line or several. Each may quote a server, so it is made printable and limited in length.
	 * @param options - `cause` is the underlying error. Default of `transient`: `false`.
	 */
	constructor(
		message: string | readonly string[],
		{ cause, transient = false }: ErrorOptions & { readonly transient?: boolean } = {},
	) {
		const lines = [message].flat().map((line) => printable(line, MAX_LINE_LENGTH));
		super(lines.join("\n"), cause === undefined ? undefined : { cause });
		this.transient = transient;
		Object.defineProperty(this, BRAND, { enumerable: false });
	}
}

/** Missing or invalid settings. Constructors throw it before anything is sent. It lists all problems. */
export class SettingsError extends EchoStreamError {
	/** Name of the class. */
	override readonly name = "SettingsError";
	/** Identifies the failure. */
	readonly code = "InvalidSettings";
	/** All problems of the settings. */
	readonly problems: readonly {
		/** The constructor option, such as `userPoolId`. */
		readonly option: string;
		/** The environment variable of the option, such as `USER_POOL_ID`. Absent if there is none. */
		readonly variable?: string;
		/** What is wrong with the value, and what is valid. */
		readonly problem: string;
	}[];

	/**
	 * @param subject - What cannot be created, such as `an AppSession`.
	 * @param problems - All problems. The message lists them.
	 */
	constructor(subject: string, problems: SettingsError["problems"]) {
		const lines = problems.map(({ option, variable, problem }) =>
			variable === undefined ? `  ${option}: ${problem}` : `  ${option} (or ${variable}): ${problem}`,
		);
		super([`Cannot create ${subject}. Correct these missing or invalid settings:`, ...lines]);
		this.problems = problems;
		releaseFrames(this);
	}
}

/** Cognito could not sign the user in, or could not keep the user signed in. */
export class AuthenticationError extends EchoStreamError {
	/** Name of the class. */
	override readonly name = "AuthenticationError";
	/** Identifies the failure. */
	readonly code: /** There is no password, no refresh token and no access token to sign in with. */
		| "NotSignedIn"
		/** The password function threw, and `cause` is its error, or it did not return a password. */
		| "PasswordUnavailable"
		/** Wrong user name or password. Not retried automatically, because Cognito locks users out. */
		| "SignInRejected"
		/** Too many wrong passwords: Cognito has locked the user out temporarily. */
		| "UserLockedOut"
		/** An administrator has disabled the user. */
		| "UserDisabled"
		/** The user was not found in the user pool, and the app client reveals it. */
		| "UserNotFound"
		/** The user has signed up, but is not confirmed. */
		| "UserNotConfirmed"
		/** An administrator has reset the password. Set a new one with `confirmForgotPassword()`. */
		| "PasswordResetRequired"
		/** The refresh token is expired, revoked or used up, and there is no password to sign in with again. */
		| "RefreshTokenRejected"
		/** The app client does not allow this authentication flow. */
		| "FlowNotEnabled"
		/** The user pool or its app client does not exist. */
		| "UserPoolNotFound"
		/** The client secret is missing or wrong. */
		| "ClientSecretRejected"
		/** A Lambda trigger of the user pool rejected the request. `message` quotes its reason. */
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
		/** The request timed out, could not be sent, or failed on Cognito's side. */
		| "CognitoUnavailable"
		/** Cognito returned an invalid response. */
		| "InvalidCognitoResponse"
		/** The requests of one sign-in took longer than `loginTimeoutMs`. */
		| "SignInTimedOut"
		/** During a sign-in Cognito named another user than at its start. */
		| "UsernameMismatch"
		/** `logout()` has removed the client secret, which the app client requires. Create a new `Cognito`. */
		| "SignedOut"
		/** The `Cognito` user has been destroyed. */
		| "UserDestroyed"
		/** This page has no Web Crypto, because it was served neither over https nor from localhost. */
		| "NoWebCrypto"
		/** A token is not genuine, not from this user pool or app client, expired, or not valid yet. */
		| "InvalidToken"
		/** The key set of the user pool, which verifies tokens, is missing or invalid. */
		| "InvalidKeySet"
		/** The user pool rejected a new password. */
		| "InvalidPassword"
		/** A confirmation code is wrong or expired. */
		| "CodeRejected"
		/** The user name, e-mail address or phone number is already in use. */
		| "UserExists"
		/** Any other exception of Cognito. `cause.name` is its name. */
		| "CognitoException";

	constructor(
		code: AuthenticationError["code"],
		message: string,
		options?: ErrorOptions & { readonly transient?: boolean },
	) {
		super(message, options);
		this.code = code;
		releaseFrames(this);
	}
}

/** A sign-in stopped at a challenge of Cognito's, the `challengeName`. */
export class ChallengeError extends EchoStreamError {
	/** Name of the class. */
	override readonly name = "ChallengeError";
	/** Identifies the failure. */
	readonly code: /** Cognito requires a challenge for which no answer is configured. */
		| "ChallengeUnanswered"
		/** Cognito requires a challenge that this version of the package does not support. */
		| "ChallengeUnknown"
		/** Cognito sent a challenge to which the `authFlow` cannot lead at that point. It was not answered. */
		| "ChallengeUnexpected"
		/** Cognito requires a challenge that may need a person, and this sign-in runs in the background. */
		| "InteractionRequired"
		/** A function that answers a challenge took longer than `answerTimeoutMs`. */
		| "AnswerTimedOut"
		/** A function that answers a challenge threw, and `cause` is its error, or it returned a value of a wrong type. */
		| "AnswerUnavailable"
		/** Cognito rejected the answer to the challenge. */
		| "ChallengeRejected"
		/** The challenge expired before it was answered. */
		| "ChallengeExpired";
	/** Cognito's name of the challenge, such as `SMS_MFA` or `NEW_PASSWORD_REQUIRED`. */
	readonly challengeName: string;

	constructor(
		code: ChallengeError["code"],
		challengeName: string,
		message: string,
		options?: ErrorOptions & { readonly transient?: boolean },
	) {
		super(message, options);
		this.code = code;
		this.challengeName = printable(challengeName, 64);
		releaseFrames(this);
	}
}

/** A query of EchoStream's AppSync API failed. */
export class AppSyncError extends EchoStreamError {
	/** Name of the class. */
	override readonly name = "AppSyncError";
	/** Identifies the failure. */
	readonly code: /** AppSync rejected the access token, and the renewed one too. */
		| "TokenRejected"
		/** AppSync denied the query to this user. Never retried. */
		| "PermissionDenied"
		/** AppSync returned errors, which are in `errors`. */
		| "QueryFailed"
		/** A web application firewall or a proxy blocked the query. */
		| "RequestBlocked"
		/** The endpoint redirected the query. Redirects are not followed. */
		| "RedirectRejected"
		/** The endpoint's certificate is not trusted, has expired, or is for another host name. */
		| "CertificateRejected"
		/** The request timed out, could not be sent, or failed on AppSync's side. */
		| "AppSyncUnavailable"
		/** AppSync returned an invalid response. */
		| "InvalidAppSyncResponse";
	/** The HTTP status, if there was a response. */
	readonly status?: number;
	/** The errors of the GraphQL response, without its data: at most 20. Empty if there were none. */
	readonly errors: readonly {
		readonly message: string;
		readonly errorType?: string;
		readonly path?: readonly (string | number)[];
	}[];

	constructor(
		code: AppSyncError["code"],
		message: string,
		options: ErrorOptions & {
			readonly transient?: boolean;
			readonly status?: number;
			readonly errors?: AppSyncError["errors"];
		} = {},
	) {
		super(message, options);
		this.code = code;
		if (options.status !== undefined) this.status = options.status;
		this.errors = options.errors ?? [];
		releaseFrames(this);
	}
}

/** AWS credentials are unavailable. */
export class CredentialsError extends EchoStreamError {
	/** Name of the class. */
	override readonly name = "CredentialsError";
	/** Identifies the failure. */
	readonly code: /** The tenant was not found for this user. */
		| "TenantNotFound"
		/** The tenant exists, but is not active. */
		| "TenantNotActive"
		/** The app was not found in the tenant for this user. */
		| "AppNotFound"
		/** Apps of this type have no credentials of their own. */
		| "AppWithoutCredentials"
		/** The credentials in the response are incomplete, invalid, already expired, or valid for longer than requested. */
		| "InvalidCredentials"
		/** The credentials have expired and could not be refreshed. `cause` is the reason. */
		| "CredentialsExpired"
		/** The caller required a longer remaining lifetime than new credentials have. */
		| "LifetimeTooShort"
		/** A refresh timed out. */
		| "RefreshTimedOut"
		/** The session has been destroyed. */
		| "SessionDestroyed";

	constructor(
		code: CredentialsError["code"],
		message: string,
		options?: ErrorOptions & { readonly transient?: boolean },
	) {
		super(message, options);
		this.code = code;
		releaseFrames(this);
	}
}

/** Every error of this package, for a `switch` over `code`. */
export type AnyEchoStreamError = SettingsError | AuthenticationError | ChallengeError | AppSyncError | CredentialsError;

/** Whether `error` is from this package, from any copy of it. */
export function isEchoStreamError(error: unknown): error is AnyEchoStreamError {
	return typeof error === "object" && error !== null && BRAND in error;
}

/**
 * Returns a copy of an underlying error with its name, message and codes only. The errors of HTTP handlers and of the AWS
 * SDK contain whole requests and responses, including tokens, and a parser quotes its input.
 *
 * @param secrets - The secrets of the request, which services and handlers may quote.
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
	const cause = new Error(isParser ? "The response could not be read" : printable(String(message), 1000, secrets));
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
 * Releases the objects on the stack of an error. V8 formats a stack when it is first read, and until then the error holds
 * every `this` on it. A program that keeps an error of a sign-in would keep the password.
 *
 * @internal
 */
export function releaseFrames<E extends Error>(error: E): E {
	String(error.stack);
	return error;
}
