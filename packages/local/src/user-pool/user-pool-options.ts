import { CognitoException } from "./cognito-exception.ts";
import type { RandomValues } from "./random-values.ts";

/** A second factor that a user has set up. */
export type MfaFactor =
	| {
			readonly type: "SMS" | "EMAIL";
			/** Where codes are sent. Default: the user's `phone_number` or `email`. */
			readonly destination?: string;
			/** Whether this factor is required without a choice. Default: false. */
			readonly preferred?: boolean;
	  }
	| {
			readonly type: "TOTP";
			/** Secret of the authenticator app, in base32. */
			readonly secret: string;
			/** Whether this factor is required without a choice. Default: false. */
			readonly preferred?: boolean;
	  };

/** A user of the local pool. */
export interface PoolUser {
	/** `USERNAME` and `USER_ID_FOR_SRP` of challenges. Names that differ only in case are one user. */
	readonly username: string;
	/** Not kept: the pool stores an SRP verifier. */
	readonly password: string;
	/** Default: a random UUID. */
	readonly sub?: string;
	/** Other names to sign in with, such as an e-mail address or a phone number. Default: none. */
	readonly aliases?: readonly string[];
	/** User attributes. Default: none. */
	readonly attributes?: Readonly<Record<string, string>>;
	/** Default: `CONFIRMED`. */
	readonly status?: "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED" | "UNCONFIRMED";
	/** Second factors. Default: none. */
	readonly mfa?: readonly MfaFactor[];
	/** Whether the user can neither sign in nor renew its tokens. Default: false. */
	readonly disabled?: boolean;
}

/** The pool's Lambda triggers. A trigger denies a sign-in by throwing a {@link LambdaValidation}. */
export interface UserPoolTriggers {
	/** Called before each sign-in. */
	preAuthentication?(username: string): void;
	/** Returns claims to add to both tokens. */
	preTokenGeneration?(username: string): Readonly<Record<string, unknown>>;
}

/** Thrown by a trigger to deny a sign-in with its own message. Anything else that it throws is a Lambda that failed. */
export class LambdaValidation extends Error {
	/** Name of the class. */
	override readonly name = "LambdaValidation";
}

/**
 * The three Lambda triggers of a custom sign-in in one function: receives the answers so far, and returns the next challenge
 * (the parameters that the client receives, and the correct answer), or completes or fails the sign-in.
 */
export type CustomChallenge = (
	username: string,
	answers: readonly { readonly answer: string; readonly correct: boolean }[],
) => { readonly ask: Readonly<Record<string, string>>; readonly expect: string } | "issueTokens" | "failAuthentication";

/** An answer that a custom sign-in has had. */
export type ChallengeAnswer = Parameters<CustomChallenge>[1][number];

/** A user pool with one app client. */
export interface UserPoolOptions {
	/** Id of the pool. Default: `<region>_` and 9 random letters and digits. */
	readonly id?: string;
	/** AWS region. Default: that of `id`, else `us-east-1`. */
	readonly region?: string;
	/** Id of the app client. Default: 26 random letters and digits. */
	readonly clientId?: string;
	/** Secret of the app client. Default: none. */
	readonly clientSecret?: string;
	/** The flows that the app client allows. Default: all but `USER_PASSWORD_AUTH` and `ADMIN_USER_PASSWORD_AUTH`. */
	readonly authFlows?: readonly (
		| "USER_SRP_AUTH"
		| "USER_AUTH"
		| "CUSTOM_AUTH"
		| "USER_PASSWORD_AUTH"
		| "ADMIN_USER_PASSWORD_AUTH"
		| "REFRESH_TOKEN_AUTH"
	)[];
	/** Lifetime of access tokens, 300 to 86,400 seconds. Default: 3600. */
	readonly accessTokenSeconds?: number;
	/** Lifetime of id tokens, 300 to 86,400 seconds. Default: 3600. */
	readonly idTokenSeconds?: number;
	/** Lifetime of refresh tokens, from 3600 seconds to ten years. Default: 30 days. */
	readonly refreshTokenSeconds?: number;
	/** Replaces a refresh token when it is used. The old one stays valid for `graceSeconds`, 0 to 60. Default: no rotation. */
	readonly refreshTokenRotation?: { readonly graceSeconds: number } | undefined;
	/** How long a challenge waits for its answer, 180 to 900 seconds. Default: 180. */
	readonly authSessionSeconds?: number;
	/** Whether devices are tracked, and remembered when the user opts in or always. Default: `off`. */
	readonly devices?: "off" | "optIn" | "always";
	/** Whether a second factor is required. `ON` makes users without one set it up. Default: `OPTIONAL`. */
	readonly mfa?: "OFF" | "OPTIONAL" | "ON";
	/** Whether the pool hides which users exist. Default: `LEGACY`, which does not. */
	readonly preventUserExistenceErrors?: "LEGACY" | "ENABLED";
	/** `UPDATED` is the form of pools with replicas in other regions. Default: `ORIGINAL`. */
	readonly issuer?: "ORIGINAL" | "UPDATED";
	/** Attributes that `NEW_PASSWORD_REQUIRED` requires where a user lacks them. Default: none. */
	readonly requiredAttributes?: readonly string[];
	/** Whether wrong passwords lock a user out. Default: true. */
	readonly passwordAttemptsLock?: boolean;
	/** Operations that fail with `OperationNotEnabledException`, as on a replica of a pool. Default: none. */
	readonly disabledOperations?: readonly string[];
	/** The challenges of `CUSTOM_AUTH`. Default: none, and `CUSTOM_AUTH` fails. */
	readonly customChallenge?: CustomChallenge;
	/** Lambda triggers. Default: none. */
	readonly triggers?: UserPoolTriggers;
	/** Source of random values, except for the signing key: returns `size` random bytes. Default: the system's. */
	readonly random?: (size: number) => Uint8Array;
	/** Users at the start. Default: none. */
	readonly users?: readonly PoolUser[];
}

/** A flow that an app client may allow. */
export type AuthFlow = NonNullable<UserPoolOptions["authFlows"]>[number];

/** {@link UserPoolOptions} with the defaults filled in, without the users and their passwords. */
export interface UserPoolSettings extends Omit<UserPoolOptions, "users" | "random"> {
	readonly id: string;
	/** The part of `id` after the `_`. */
	readonly poolName: string;
	readonly region: string;
	readonly clientId: string;
	readonly issuerUrl: string;
	readonly authFlows: readonly AuthFlow[];
	readonly accessTokenSeconds: number;
	readonly idTokenSeconds: number;
	readonly refreshTokenSeconds: number;
	readonly authSessionSeconds: number;
	readonly devices: "off" | "optIn" | "always";
	readonly mfa: "OFF" | "OPTIONAL" | "ON";
}

const LIMITS = {
	accessTokenSeconds: [300, 86_400],
	idTokenSeconds: [300, 86_400],
	refreshTokenSeconds: [3600, 315_360_000],
	authSessionSeconds: [180, 900],
} as const;

/** Fills in the defaults. Throws a `RangeError` for what the real service would reject. */
export function resolveUserPoolOptions(options: UserPoolOptions, randomValues: RandomValues): UserPoolSettings {
	const { users: _users, random: _random, ...given } = options;
	const id = given.id ?? `${given.region ?? "us-east-1"}_${randomValues.word(9)}`;
	const [, idRegion, poolName] = /^([\w-]+)_([0-9a-zA-Z]+)$/.exec(id) ?? [];
	if (idRegion === undefined || poolName === undefined) throw new RangeError(`id must be <region>_<name>, not ${id}`);
	const settings = {
		accessTokenSeconds: 3600,
		idTokenSeconds: 3600,
		refreshTokenSeconds: 30 * 86_400,
		authSessionSeconds: 180,
		authFlows: ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"] as const,
		devices: "off" as const,
		mfa: "OPTIONAL" as const,
		clientId: randomValues.word(26),
		region: idRegion,
		...given,
	};
	for (const [name, [least, most]] of Object.entries(LIMITS)) {
		const seconds = settings[name as keyof typeof LIMITS];
		if (!(seconds >= least && seconds <= most)) throw new RangeError(`${name} must be ${least} to ${most}`);
	}
	const grace = given.refreshTokenRotation?.graceSeconds ?? 0;
	if (!(grace >= 0 && grace <= 60)) throw new RangeError("refreshTokenRotation.graceSeconds must be 0 to 60");
	const host =
		given.issuer === "UPDATED"
			? `issuer-cognito-idp.${idRegion}.amazonaws.com`
			: `cognito-idp.${settings.region}.amazonaws.com`;
	return { ...settings, id, poolName, issuerUrl: `https://${host}/${id}` };
}

/** Runs a Lambda trigger. What it throws becomes Cognito's exception for it. */
export function callTrigger<T>(trigger: string, run: () => T): T {
	try {
		return run();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new CognitoException(
			error instanceof LambdaValidation ? "UserLambdaValidationException" : "UnexpectedLambdaException",
			`${trigger} failed with error ${message}.`,
		);
	}
}
