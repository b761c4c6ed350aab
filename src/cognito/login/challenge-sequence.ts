/** How a login starts: Cognito's `AuthFlow`. */
export type AuthFlow = "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "USER_AUTH" | "CUSTOM_AUTH";

export const AUTH_FLOWS: readonly AuthFlow[] = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH"];

/** What `InitiateAuth` carries: the user name alone, or more. */
export type Opening = "USERNAME" | "SRP_A" | "PASSWORD";

const CODES = ["SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA"];
const SECOND_FACTORS = [...CODES, "SELECT_MFA_TYPE", "MFA_SETUP"];
const DEVICE = "DEVICE_SRP_AUTH";
const AFTER_PASSWORD = ["NEW_PASSWORD_REQUIRED", ...SECOND_FACTORS, DEVICE];

/** The challenges that may come next, by what was sent last: the opening, or the response to a challenge. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
	USERNAME: [],
	SRP_A: ["PASSWORD_VERIFIER"],
	PASSWORD: AFTER_PASSWORD,
	PASSWORD_SRP: ["PASSWORD_VERIFIER"],
	PASSWORD_VERIFIER: AFTER_PASSWORD,
	NEW_PASSWORD_REQUIRED: [...SECOND_FACTORS, DEVICE],
	SELECT_MFA_TYPE: CODES,
	SMS_MFA: [DEVICE],
	EMAIL_OTP: [DEVICE],
	SMS_OTP: [DEVICE],
	SOFTWARE_TOKEN_MFA: [DEVICE],
	MFA_SETUP: [DEVICE],
	DEVICE_SRP_AUTH: ["DEVICE_PASSWORD_VERIFIER"],
	DEVICE_PASSWORD_VERIFIER: SECOND_FACTORS,
};

/** The same after `SELECT_CHALLENGE`, by what was chosen. */
const AFTER_CHOICE: ReadonlyMap<string, readonly string[]> = new Map([
	["PASSWORD", ["PASSWORD", ...AFTER_PASSWORD]],
	["PASSWORD_SRP", ["PASSWORD_SRP", "PASSWORD_VERIFIER"]],
	["EMAIL_OTP", ["EMAIL_OTP"]],
	["SMS_OTP", ["SMS_OTP"]],
]);

/**
 * The first challenges of `USER_AUTH`, beside the one that the opening leads to. `PASSWORD` is missing on purpose: the
 * password itself goes out only where the caller chose that.
 */
const FIRST_FACTORS = ["SELECT_CHALLENGE", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"];

const KNOWN = new Set([...Object.values(NEXT).flat(), ...FIRST_FACTORS, "PASSWORD", "CUSTOM_CHALLENGE"]);

/** Whether this package knows what the challenge asks for. */
export function isKnownChallenge(name: string): boolean {
	return KNOWN.has(name);
}

/**
 * Which challenges a login may meet next. A server that sends any other one does not follow Cognito's protocol, and must
 * not receive an answer.
 *
 * | flow | starts with | then |
 * |---|---|---|
 * | `USER_SRP_AUTH` | `PASSWORD_VERIFIER` | a new password, one second factor, the device |
 * | `USER_PASSWORD_AUTH` | the password itself | the same |
 * | `USER_AUTH` | a choice, a code, or `PASSWORD_VERIFIER` | after a password the same; after a code the device |
 * | `CUSTOM_AUTH` | `PASSWORD_VERIFIER` where there is a password | the same; and any number of `CUSTOM_CHALLENGE`s at any time |
 *
 * Every other challenge comes once. A second factor and the device come only after the first factor, a new password only
 * after the present one.
 */
export class ChallengeSequence {
	readonly #flow: AuthFlow;
	readonly #answered = new Set<string>();
	#next: readonly string[];

	constructor(flow: AuthFlow, opening: Opening) {
		this.#flow = flow;
		this.#next = [...(NEXT[opening] ?? []), ...(flow === "USER_AUTH" ? FIRST_FACTORS : [])];
	}

	/** Whether the challenge may come now. */
	allows(name: string): boolean {
		if (name === "CUSTOM_CHALLENGE") return this.#flow === "CUSTOM_AUTH";
		return this.#next.includes(name) && !this.#answered.has(name) && !(this.#hasSecondFactor && isSecondFactor(name));
	}

	/**
	 * Notes that Cognito accepted the response to a challenge.
	 *
	 * @param choice - The `ANSWER` to `SELECT_CHALLENGE` or `SELECT_MFA_TYPE`.
	 */
	advance(name: string, choice = ""): void {
		if (name === "CUSTOM_CHALLENGE") return;
		this.#answered.add(name);
		const next = name === "SELECT_CHALLENGE" ? AFTER_CHOICE.get(choice) : NEXT[name];
		this.#next = (next ?? []).filter((one) => name !== "SELECT_MFA_TYPE" || one === choice);
	}

	get #hasSecondFactor(): boolean {
		return [...CODES, "MFA_SETUP"].some((name) => this.#answered.has(name));
	}
}

function isSecondFactor(name: string): boolean {
	return SECOND_FACTORS.includes(name);
}
