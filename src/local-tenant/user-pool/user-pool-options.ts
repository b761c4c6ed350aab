import type { CustomChallenge } from "./custom-challenge.ts";
import type { RandomBytes } from "./random-values.ts";

/** A way of starting a login that an app client may allow. */
export type AuthFlow = "USER_SRP_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | "USER_PASSWORD_AUTH" | "REFRESH_TOKEN_AUTH";

/** A second factor that a user has set up. */
export type MfaFactor =
	| {
			readonly type: "SMS" | "EMAIL";
			/** Where codes go. Default: the user's `phone_number` or `email`. */
			readonly destination?: string;
			readonly preferred?: boolean;
	  }
	| {
			readonly type: "TOTP";
			/** base32, as an authenticator app takes it. */
			readonly secret: string;
			readonly preferred?: boolean;
	  };

/** How far a user's account has come. */
export type UserStatus = "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED" | "UNCONFIRMED";

/** A user of the local pool. */
export interface PoolUser {
	/** As the pool keeps it; `USERNAME` and `USER_ID_FOR_SRP` of challenges. Names differing only in case are one user. */
	readonly username: string;
	readonly password: string;
	/** Default: a random UUID. */
	readonly sub?: string;
	/** Other names that log in, such as an e-mail address or a phone number. */
	readonly aliases?: readonly string[];
	readonly attributes?: Readonly<Record<string, string>>;
	/** Default: `CONFIRMED`. */
	readonly status?: UserStatus;
	readonly mfa?: readonly MfaFactor[];
	readonly disabled?: boolean;
}

/** What the pool's Lambda triggers would do. A trigger refuses by throwing a {@link LambdaValidation}. */
export interface PoolTriggers {
	preAuthentication?(username: string): void;
	/** Gives claims to add to both tokens. */
	preTokenGeneration?(username: string): Readonly<Record<string, unknown>>;
}

/** Thrown by a trigger to refuse with its own words; anything else that it throws is a Lambda that failed. */
export class LambdaValidation extends Error {
	override readonly name = "LambdaValidation";
}

/** A user pool with one app client. */
export interface UserPoolOptions {
	/** Default: `<region>_LocalPool`. */
	readonly id?: string;
	/** Default: the one that `id` names, else `us-east-1`. */
	readonly region?: string;
	/** Default: 26 random letters and digits. */
	readonly clientId?: string;
	/** Default: the client has none. */
	readonly clientSecret?: string;
	/** Default: all but `USER_PASSWORD_AUTH`. */
	readonly authFlows?: readonly AuthFlow[];
	/** 300 to 86,400. Default: 3600. */
	readonly accessTokenSeconds?: number;
	/** 300 to 86,400. Default: 3600. */
	readonly idTokenSeconds?: number;
	/** 3600 to ten years. Default: 30 days. */
	readonly refreshTokenSeconds?: number;
	/** Default: a refresh token is good until it expires. `graceSeconds`: 0 to 60. */
	readonly refreshTokenRotation?: { readonly graceSeconds: number } | undefined;
	/** How long a challenge waits for its answer. Default: 180. */
	readonly authSessionSeconds?: number;
	/** Whether devices are tracked, and whether they are remembered by themselves (`always`). Default: `off`. */
	readonly devices?: "off" | "optIn" | "always";
	/** Default: `OPTIONAL`. With `ON`, users who have no second factor are made to set one up. */
	readonly mfa?: "OFF" | "OPTIONAL" | "ON";
	/** Whether the pool hides which users exist. Default: `LEGACY`, which does not. */
	readonly preventUserExistenceErrors?: "LEGACY" | "ENABLED";
	/** `UPDATED` is the form of pools with replicas in other regions. Default: `ORIGINAL`. */
	readonly issuer?: "ORIGINAL" | "UPDATED";
	/** Attributes that `NEW_PASSWORD_REQUIRED` asks for where a user lacks them. Default: none. */
	readonly requiredAttributes?: readonly string[];
	/** Whether wrong passwords lock a user out. Default: true. */
	readonly passwordAttemptsLock?: boolean;
	/** Operations that are answered with `OperationNotEnabledException`, as a replica of a pool does. Default: none. */
	readonly disabledOperations?: readonly string[];
	readonly customChallenge?: CustomChallenge;
	readonly triggers?: PoolTriggers;
	/** Where random values come from; the signing key is always truly random. Default: `node:crypto`. */
	readonly random?: RandomBytes;
	readonly users?: readonly PoolUser[];
}

/** {@link UserPoolOptions} with the defaults filled in. */
export interface UserPoolSettings extends UserPoolOptions {
	readonly id: string;
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

/** Fills in the defaults. Throws a `RangeError` for what the real service would not take. */
export function resolveUserPoolOptions(options: UserPoolOptions, randomClientId: string): UserPoolSettings {
	const region = options.region ?? options.id?.split("_")[0] ?? "us-east-1";
	const id = options.id ?? `${region}_LocalPool`;
	if (!/^[\w-]+_[0-9a-zA-Z]+$/.test(id)) throw new RangeError(`id must be <region>_<name>, not ${id}`);
	const settings = {
		accessTokenSeconds: 3600,
		idTokenSeconds: 3600,
		refreshTokenSeconds: 30 * 86_400,
		authSessionSeconds: 180,
		authFlows: ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"] as const,
		devices: "off" as const,
		mfa: "OPTIONAL" as const,
		clientId: randomClientId,
		...options,
	};
	for (const [name, [least, most]] of Object.entries(LIMITS)) {
		const seconds = settings[name as keyof typeof LIMITS];
		if (!(seconds >= least && seconds <= most)) throw new RangeError(`${name} must be ${least} to ${most}`);
	}
	const grace = options.refreshTokenRotation?.graceSeconds ?? 0;
	if (!(grace >= 0 && grace <= 60)) throw new RangeError("refreshTokenRotation.graceSeconds must be 0 to 60");
	const host =
		options.issuer === "UPDATED"
			? `issuer-cognito-idp.${id.split("_")[0]}.amazonaws.com`
			: `cognito-idp.${region}.amazonaws.com`;
	return { ...settings, id, region, issuerUrl: `https://${host}/${id}` };
}
