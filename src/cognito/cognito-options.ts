import type { Clock } from "../clock.ts";
import type { Logger, SessionEventListener } from "../events.ts";
import type { HttpHandler } from "../http-handler.ts";
import { type Check, hasNoUserInfo, isPositive, isRegion, isUserPoolId, SettingsReader } from "../settings.ts";
import type { ChallengeAnswers } from "./challenges.ts";
import type { RememberedDevice } from "./devices.ts";
import type { Password } from "./password-source.ts";
import { parseTotpSecret } from "./totp.ts";

/** The options of a Cognito user. */
export interface CognitoOptions {
	/** Id of the user pool, `<region>_<name>`. */
	readonly userPoolId: string;
	/** Id of the app client. */
	readonly clientId: string;
	/** Region to ask, for a replica of the user pool. Default: the one that `userPoolId` names. */
	readonly userPoolRegion?: string | undefined;
	/** Name or alias of the user. Needed to log in. */
	readonly username?: string | undefined;
	/**
	 * The password, or a function that gets it: when it is first needed, and once more when the one that it gave before is
	 * refused. It may ask a person: in the background it is not called.
	 */
	readonly password?: Password | undefined;
	/** The secret of the app client, where it has one. */
	readonly clientSecret?: string | undefined;
	/** A token of an earlier run. */
	readonly idToken?: string | undefined;
	/** A token of an earlier run: used while it works. */
	readonly accessToken?: string | undefined;
	/** A token of an earlier run: new tokens are got with it before the password is. */
	readonly refreshToken?: string | undefined;
	/** How to log in. `USER_AUTH` lets the user choose, `CUSTOM_AUTH` runs the pool's own Lambdas. Default: `USER_SRP_AUTH`. */
	readonly authFlow?: "USER_SRP_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | undefined;
	/** Who answers when Cognito asks for more than the password. */
	readonly challenges?: ChallengeAnswers | undefined;
	/** The device that Cognito remembers this program as. */
	readonly device?: RememberedDevice | undefined;
	/**
	 * Gets the device that Cognito now remembers, to be kept and given as `device` later; or nothing, once Cognito has
	 * forgotten it. Without this, a pool that leaves it to the user does not remember the device.
	 */
	readonly onDevice?: ((device: RememberedDevice | undefined) => void) | undefined;
	/** URL of Cognito's API. Default: the SDK's own choice, which heeds `AWS_ENDPOINT_URL`. */
	readonly endpoint?: string | undefined;
	/** Sends the requests. It stays yours: `destroy()` does not close it. Default: one of the platform's own. */
	readonly requestHandler?: HttpHandler | undefined;
	/** How often a request is sent at most when it fails for a passing reason. Default: 3. */
	readonly maxAttempts?: number | undefined;
	/** The deadline of each network step, milliseconds. Default: 15,000. */
	readonly requestTimeoutMs?: number | undefined;
	/** Gets what the user does, in words. Default: silent. */
	readonly logger?: Logger | undefined;
	/** Gets every login and renewal. */
	readonly onEvent?: SessionEventListener | undefined;
	/** For tests. Default: this machine's clock. */
	readonly clock?: Clock | undefined;
	/** For tests: where the waits between attempts get their jitter, a function like `Math.random`. */
	readonly random?: (() => number) | undefined;
}

const isUrl: Check<string> = (value) =>
	URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
		? hasNoUserInfo(new URL(value))
		: "is not an http or https URL";

const TEXTS = ["username", "clientSecret", "idToken", "accessToken", "refreshToken"] as const;

/** Checks the options and fills in defaults. Throws a SettingsError with everything that is wrong. */
export function settleCognitoOptions(options: CognitoOptions) {
	const reader = new SettingsReader("A Cognito user");
	const required = (option: "userPoolId" | "clientId", check?: Check<string>): string => {
		const value = reader.optional(option, undefined, options[option], check);
		if (value === undefined) reader.problem(option, "is missing");
		return value ?? "";
	};
	const userPoolId = required("userPoolId", isUserPoolId);
	const clientId = required("clientId");
	const region = reader.optional("userPoolRegion", undefined, options.userPoolRegion, isRegion);
	for (const option of TEXTS) reader.optional(option, undefined, options[option]);
	reader.optional("endpoint", undefined, options.endpoint, isUrl);
	const { password, challenges } = options;
	if (!["string", "function", "undefined"].includes(typeof password)) {
		reader.problem("password", `is neither a string nor a function but of type ${typeof password}`);
	}
	const authenticator = challenges?.SOFTWARE_TOKEN_MFA;
	if (typeof authenticator === "object" && parseTotpSecret(String(authenticator.secret)) === undefined) {
		reader.problem("challenges.SOFTWARE_TOKEN_MFA.secret", "is not base32");
	}
	const requestTimeoutMs = reader.number("requestTimeoutMs", options.requestTimeoutMs, 15_000, isPositive);
	const maxAttempts = reader.number("maxAttempts", options.maxAttempts, 3, isPositive);
	reader.finish();
	return {
		userPoolId,
		clientId,
		userPoolRegion: region ?? userPoolId.split("_")[0] ?? "",
		requestTimeoutMs,
		maxAttempts,
	};
}
