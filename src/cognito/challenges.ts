import { ChallengeError, type ChallengeErrorCode } from "../errors.ts";
import { printable } from "../printable.ts";
import { type Authenticator, parseTotpSecret } from "./totp.ts";

/** What Cognito asks, as far as the one who answers needs to know. */
export interface ChallengeQuestion {
	/** As Cognito names it, such as `SMS_MFA`. */
	readonly challengeName: string;
	/** Where Cognito has sent a code, half hidden: `+*******1234` or `j***@e***`. */
	readonly destination?: string;
	/** 1 at first, 2 after one wrong answer, and so on. */
	readonly attempt: number;
	/** Everything that Cognito said with it. */
	readonly parameters: Readonly<Record<string, string>>;
}

/** A new password, and the attributes that the user pool requires and the user lacks. */
export interface NewPassword {
	readonly password: string;
	/** By name, such as `{ email: "jo@example.com" }`. */
	readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** {@link ChallengeQuestion} of `NEW_PASSWORD_REQUIRED`. */
export interface NewPasswordQuestion extends ChallengeQuestion {
	/** The attributes that have to come with the new password. */
	readonly requiredAttributes: readonly string[];
}

/** {@link ChallengeQuestion} of `SELECT_MFA_TYPE` and `SELECT_CHALLENGE`. */
export interface ChoiceQuestion extends ChallengeQuestion {
	/** The challenges to choose from. */
	readonly choices: readonly string[];
}

/** {@link ChallengeQuestion} of `MFA_SETUP`. */
export interface MfaSetupQuestion extends ChallengeQuestion {
	/** What goes into the authenticator app, in base32. Whoever answers must keep it. */
	readonly secretCode: string;
}

/** The secret of an authenticator app, in base32: this program then is the authenticator. */
export interface TotpSecret {
	readonly secret: string;
}

/** An answer, or a function that gets it from somewhere: a person, a mailbox, a secret store. */
export type Answer<Value, Question = ChallengeQuestion> = Value | ((question: Question) => Value | Promise<Value>);

/**
 * Who answers when Cognito asks for more than the password, by the names of Cognito's challenges.
 *
 * A function may ask a person, so it is called only while somebody waits for the login, never in the background.
 */
export interface ChallengeAnswers {
	/** The password that replaces a temporary one. From then on it is the one to log in with. */
	readonly NEW_PASSWORD_REQUIRED?: Answer<string | NewPassword, NewPasswordQuestion> | undefined;
	readonly SMS_MFA?: Answer<string> | undefined;
	readonly EMAIL_OTP?: Answer<string> | undefined;
	readonly SMS_OTP?: Answer<string> | undefined;
	/** A code of an authenticator app, or the app's secret. */
	readonly SOFTWARE_TOKEN_MFA?: Answer<string> | TotpSecret | undefined;
	/** Default: `SOFTWARE_TOKEN_MFA` with a secret, else the first one that there is an answer for. */
	readonly SELECT_MFA_TYPE?: Answer<string, ChoiceQuestion> | undefined;
	/** Default: `PASSWORD_SRP`, else the first one that there is an answer for, else `PASSWORD`. */
	readonly SELECT_CHALLENGE?: Answer<string, ChoiceQuestion> | undefined;
	/** What the user pool's own Lambda asks. */
	readonly CUSTOM_CHALLENGE?: Answer<string> | undefined;
	/** The first code of an authenticator app that has to be set up. */
	readonly MFA_SETUP?: ((question: MfaSetupQuestion) => string | Promise<string>) | undefined;
}

/** A challenge as it came from Cognito. */
export interface Challenge {
	readonly name: string;
	readonly parameters: Readonly<Record<string, string>>;
	/** `AvailableChallenges` of `SELECT_CHALLENGE`. */
	readonly available: readonly string[];
	/** 1 at first, 2 after one wrong answer, and so on. */
	readonly attempt: number;
}

/** Field of the answer that holds a code, by challenge. */
const CODE_FIELDS = {
	SMS_MFA: "SMS_MFA_CODE",
	EMAIL_OTP: "EMAIL_OTP_CODE",
	SMS_OTP: "SMS_OTP_CODE",
	SOFTWARE_TOKEN_MFA: "SOFTWARE_TOKEN_MFA_CODE",
	CUSTOM_CHALLENGE: "ANSWER",
} as const;

type CodeChallenge = keyof typeof CODE_FIELDS;

/** Whether the challenge is one whose answer is a code. */
function isCodeChallenge(name: string): name is CodeChallenge {
	return Object.hasOwn(CODE_FIELDS, name);
}

/** The answer to a challenge that asks for a code, under Cognito's name for it. */
export function codeResponse(name: CodeChallenge, code: string): Record<string, string> {
	return { [CODE_FIELDS[name]]: code };
}

/** A {@link ChallengeError} with its message. */
export function challengeError(code: ChallengeErrorCode, name: string, cause?: unknown): ChallengeError {
	const messages: Record<ChallengeErrorCode, string> = {
		ChallengeUnanswered: `Cognito asks for ${name}, and nothing here answers that: set challenges.${name} of the Cognito user`,
		ChallengeUnknown: `Cognito asks for ${name}, which this version does not know: see whether a newer one does, or have the user pool not ask for it`,
		InteractionNeeded: `Cognito asks for ${name}, which a person may have to answer, and this login runs in the background: sign in with authenticate()`,
		ChallengeRefused: `Cognito found the answer to ${name} wrong`,
		ChallengeExpired: `Cognito's question ${name} was answered too late, twice: sign in again`,
	};
	return new ChallengeError(code, name, messages[code], cause === undefined ? {} : { cause });
}

/** Answers the challenges of one login from the user's {@link ChallengeAnswers}. */
export class ChallengeAnswerer {
	readonly #answers: ChallengeAnswers;
	readonly #authenticator: Authenticator;
	readonly #interactive: boolean;
	#asked: string | undefined;
	#newPassword: string | undefined;

	constructor(answers: ChallengeAnswers, authenticator: Authenticator, interactive: boolean) {
		this.#answers = answers;
		this.#authenticator = authenticator;
		this.#interactive = interactive;
	}

	/** The last challenge that took a function to answer, and so perhaps a person. */
	get asked(): string | undefined {
		return this.#asked;
	}

	/** The new password that was last given as an answer. */
	get newPassword(): string | undefined {
		return this.#newPassword;
	}

	/** Whether there is a choice of its own for `SELECT_CHALLENGE`. */
	get chooses(): boolean {
		return this.#answers.SELECT_CHALLENGE !== undefined;
	}

	/** Whether another answer may come when the last one was wrong. */
	canTryAgain(name: string): boolean {
		const answer = this.#answers[name as keyof ChallengeAnswers];
		return typeof answer === "function" || (typeof answer === "object" && "secret" in answer);
	}

	/**
	 * The answer's fields, less those of the login itself.
	 *
	 * @throws {@link ChallengeError} where nobody answers.
	 */
	async answer(challenge: Challenge): Promise<Record<string, string>> {
		const { name } = challenge;
		if (isCodeChallenge(name)) return codeResponse(name, await this.#code(name, challenge));
		switch (name) {
			case "NEW_PASSWORD_REQUIRED":
				return this.#newPasswordResponse(challenge);
			case "SELECT_MFA_TYPE":
			case "SELECT_CHALLENGE":
				return { ANSWER: await this.#choose(name, challenge) };
			default:
				throw challengeError("ChallengeUnknown", name);
		}
	}

	/** The first code of an authenticator app that was given `secretCode`. */
	setupCode(challenge: Challenge, secretCode: string): Promise<string> {
		return this.#ask(challenge, this.#answers.MFA_SETUP, { secretCode });
	}

	#code(name: CodeChallenge, challenge: Challenge): Promise<string> {
		const answer = this.#answers[name];
		if (typeof answer !== "object") return this.#ask(challenge, answer, {});
		const secret = parseTotpSecret(answer.secret);
		if (secret === undefined) throw challengeError("ChallengeUnanswered", name);
		return this.#authenticator.code(secret);
	}

	async #newPasswordResponse(challenge: Challenge): Promise<Record<string, string>> {
		const prefix = "userAttributes.";
		const requiredAttributes = stringsIn(challenge.parameters.requiredAttributes).map((name) =>
			name.startsWith(prefix) ? name.slice(prefix.length) : name,
		);
		const answer = await this.#ask(challenge, this.#answers.NEW_PASSWORD_REQUIRED, { requiredAttributes });
		const { password, attributes = {} } = typeof answer === "string" ? { password: answer } : answer;
		const missing = requiredAttributes.filter((name) => !attributes[name]);
		if (missing.length > 0) {
			throw new ChallengeError(
				"ChallengeUnanswered",
				challenge.name,
				`Cognito asks for ${challenge.name} with the attributes ${missing.join(", ")}: answer challenges.NEW_PASSWORD_REQUIRED with { password, attributes }`,
			);
		}
		this.#newPassword = password;
		const named = Object.entries(attributes).map(([name, value]) => [`userAttributes.${name}`, value]);
		return { NEW_PASSWORD: password, ...Object.fromEntries(named) };
	}

	async #choose(name: "SELECT_MFA_TYPE" | "SELECT_CHALLENGE", challenge: Challenge): Promise<string> {
		const choices = name === "SELECT_CHALLENGE" ? challenge.available : stringsIn(challenge.parameters.MFAS_CAN_CHOOSE);
		const answer = this.#answers[name];
		if (answer !== undefined) return this.#ask(challenge, answer, { choices });
		const totp = this.#answers.SOFTWARE_TOKEN_MFA;
		const preferred = name === "SELECT_CHALLENGE" ? "PASSWORD_SRP" : "SOFTWARE_TOKEN_MFA";
		if (choices.includes(preferred) && (preferred === "PASSWORD_SRP" || typeof totp === "object")) return preferred;
		const answered = choices.find((choice) => this.#answers[choice as keyof ChallengeAnswers] !== undefined);
		const choice = answered ?? choices.find((one) => one === "PASSWORD");
		if (choice === undefined) throw challengeError("ChallengeUnanswered", name);
		return choice;
	}

	async #ask<Value, Question extends ChallengeQuestion>(
		{ name, parameters, attempt }: Challenge,
		answer: Answer<Value, Question> | undefined,
		more: Omit<Question, keyof ChallengeQuestion>,
	): Promise<Value> {
		if (answer === undefined || answer === "") throw challengeError("ChallengeUnanswered", name);
		if (typeof answer !== "function") return answer as Value;
		this.#asked = name;
		if (!this.#interactive) throw challengeError("InteractionNeeded", name);
		const destination = parameters.CODE_DELIVERY_DESTINATION;
		const question = {
			challengeName: name,
			attempt,
			parameters,
			...(destination === undefined ? {} : { destination: printable(destination) }),
			...more,
		};
		const value = await (answer as (question: unknown) => Value | Promise<Value>)(question);
		if (value === undefined || value === null || value === "") throw challengeError("ChallengeUnanswered", name);
		return value;
	}
}

/** Cognito's lists in challenge parameters are JSON; one that is not is empty. */
function stringsIn(json: string | undefined): string[] {
	try {
		const list: unknown = JSON.parse(json ?? "[]");
		return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
	} catch {
		return [];
	}
}
