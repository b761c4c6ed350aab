import { ChallengeError } from "../../errors.ts";
import { typeName } from "../../platform/settings.ts";
import { printable } from "../../printable.ts";
import { isAnswer } from "./answer-validation.ts";
import { challengeError } from "./challenge-error.ts";
import { isKnownChallenge } from "./challenge-sequence.ts";
import type { Interaction } from "./interaction.ts";
import { type Authenticator, parseTotpSecret } from "./totp.ts";

/** A challenge, for a function that answers it. */
export interface ChallengeQuestion {
	/** Cognito's name of the challenge, such as `SMS_MFA`. */
	readonly challengeName: string;
	/** Destination of a code that Cognito has sent, partly masked: `+*******1234` or `j***@e***`. */
	readonly destination?: string;
	/** 1 at first, 2 after one wrong answer, and so on. */
	readonly attempt: number;
	/** The challenges to choose from, for `SELECT_MFA_TYPE` and `SELECT_CHALLENGE`. Empty for any other challenge. */
	readonly choices: readonly string[];
	/** The attributes that must come with the new password, for `NEW_PASSWORD_REQUIRED`. Empty for any other challenge. */
	readonly requiredAttributes: readonly string[];
	/**
	 * The secret for the authenticator app, in base32, for `MFA_SETUP`. The program must keep it. Absent for any other
	 * challenge.
	 */
	readonly secretCode?: string;
	/** Everything that Cognito sent with the challenge. */
	readonly parameters: Readonly<Record<string, string>>;
	/** Aborted when the answer is no longer needed: it timed out, or the login was stopped. */
	readonly signal: AbortSignal;
}

/** An answer, or a function that gets it from somewhere: a person, a mailbox, a secret store. */
export type ChallengeAnswer<Value> = Value | ((question: ChallengeQuestion) => Value | Promise<Value>);

/**
 * The answers for when Cognito requires more than the password, by Cognito's names of the challenges.
 *
 * A function may ask a person, so it is called only while a caller waits for the login, never in the background. A
 * challenge that the `authFlow` cannot lead to at that point is never answered.
 */
export interface ChallengeAnswers {
	/**
	 * The password that replaces a temporary one. From then on the user signs in with it. With `attributes`, by name, if the
	 * user pool requires some that the user lacks: `{ password, attributes: { email: "jo@example.com" } }`.
	 */
	readonly NEW_PASSWORD_REQUIRED?:
		| ChallengeAnswer<
				string | { readonly password: string; readonly attributes?: Readonly<Record<string, string>> | undefined }
		  >
		| undefined;
	/** The code of a text message, as a second factor. */
	readonly SMS_MFA?: ChallengeAnswer<string> | undefined;
	/** The code of an e-mail, as the first or second factor. */
	readonly EMAIL_OTP?: ChallengeAnswer<string> | undefined;
	/** The code of a text message, as the first factor. */
	readonly SMS_OTP?: ChallengeAnswer<string> | undefined;
	/**
	 * A code of an authenticator app, or the app's secret in base32: `{ secret: "JBSWY3DP…" }`. With the secret this program
	 * is the authenticator.
	 */
	readonly SOFTWARE_TOKEN_MFA?: ChallengeAnswer<string> | { readonly secret: string } | undefined;
	/** Default: `SOFTWARE_TOKEN_MFA` with a secret, else the first one that has an answer. */
	readonly SELECT_MFA_TYPE?: ChallengeAnswer<string> | undefined;
	/**
	 * Default: `PASSWORD_SRP`, else the first one that has an answer. `PASSWORD` sends the password itself, so it is never
	 * a default.
	 */
	readonly SELECT_CHALLENGE?: ChallengeAnswer<string> | undefined;
	/** The answer to the user pool's own Lambda. */
	readonly CUSTOM_CHALLENGE?: ChallengeAnswer<string> | undefined;
	/** The first code of an authenticator app that must be set up. */
	readonly MFA_SETUP?:
		| ((question: ChallengeQuestion & { readonly secretCode: string }) => string | Promise<string>)
		| undefined;
}

/** A challenge as Cognito sent it. */
export interface Challenge {
	readonly name: string;
	readonly parameters: Readonly<Record<string, string>>;
	/** `AvailableChallenges` of `SELECT_CHALLENGE`. */
	readonly available: readonly string[];
	/** 1 at first, 2 after one wrong answer, and so on. */
	readonly attempt: number;
}

/** The field of a response that holds the code, by challenge. */
const CODE_FIELDS = {
	SMS_MFA: "SMS_MFA_CODE",
	EMAIL_OTP: "EMAIL_OTP_CODE",
	SMS_OTP: "SMS_OTP_CODE",
	SOFTWARE_TOKEN_MFA: "SOFTWARE_TOKEN_MFA_CODE",
	CUSTOM_CHALLENGE: "ANSWER",
} as const;

type CodeChallenge = keyof typeof CODE_FIELDS;

/** Whether the answer to the challenge is a code. */
function isCodeChallenge(name: string): name is CodeChallenge {
	return Object.hasOwn(CODE_FIELDS, name);
}

/** The response to a challenge that requires a code, under Cognito's name for it. */
export function codeResponse(name: CodeChallenge, code: string): Record<string, string> {
	return { [CODE_FIELDS[name]]: code };
}

/** Answers the challenges of one login from the user's {@link ChallengeAnswers}. */
export class ChallengeAnswerer {
	readonly #answers: ChallengeAnswers;
	readonly #authenticator: Authenticator;
	#interactiveChallenge: string | undefined;

	constructor(answers: ChallengeAnswers, authenticator: Authenticator) {
		this.#answers = answers;
		this.#authenticator = authenticator;
	}

	/** The last challenge that a function answered, and so perhaps a person. */
	get interactiveChallenge(): string | undefined {
		return this.#interactiveChallenge;
	}

	/** Whether the program itself answers `SELECT_CHALLENGE`. */
	get choosesFirstFactor(): boolean {
		return this.#answers.SELECT_CHALLENGE !== undefined;
	}

	/** Whether another answer may follow a wrong one. */
	canTryAgain(name: string): boolean {
		const answer = this.#answers[name as keyof ChallengeAnswers];
		return typeof answer === "function" || (typeof answer === "object" && "secret" in answer);
	}

	/**
	 * The response to a challenge, without the fields of the login itself.
	 *
	 * @throws {@link ChallengeError} where there is no answer.
	 */
	async answer(challenge: Challenge, interaction: Interaction): Promise<Record<string, string>> {
		const { name } = challenge;
		if (isCodeChallenge(name)) return codeResponse(name, await this.#code(name, challenge, interaction));
		switch (name) {
			case "NEW_PASSWORD_REQUIRED":
				return this.#newPasswordResponse(challenge, interaction);
			case "SELECT_MFA_TYPE":
				return { ANSWER: await this.#secondFactor(challenge, interaction) };
			case "SELECT_CHALLENGE":
				return { ANSWER: await this.#firstFactor(challenge, interaction) };
			default:
				throw challengeError("ChallengeUnknown", name);
		}
	}

	/** The first code of an authenticator app that was given `secretCode`. */
	setupCode(challenge: Challenge, secretCode: string, interaction: Interaction): Promise<string> {
		return this.#ask(challenge, this.#answers.MFA_SETUP, { secretCode }, interaction);
	}

	async #code(name: CodeChallenge, challenge: Challenge, interaction: Interaction): Promise<string> {
		const answer = this.#answers[name];
		if (typeof answer !== "object") return this.#ask(challenge, answer, {}, interaction);
		const secret = parseTotpSecret(answer.secret);
		if (secret === undefined) throw challengeError("ChallengeUnanswered", name);
		return this.#authenticator.code(secret, interaction.signal);
	}

	async #newPasswordResponse(challenge: Challenge, interaction: Interaction): Promise<Record<string, string>> {
		const requiredAttributes = stringsIn(challenge.parameters.requiredAttributes).map((name) =>
			name.startsWith("userAttributes.") ? name.slice("userAttributes.".length) : name,
		);
		const { NEW_PASSWORD_REQUIRED } = this.#answers;
		const answer = await this.#ask(challenge, NEW_PASSWORD_REQUIRED, { requiredAttributes }, interaction);
		const { password, attributes = {} } = typeof answer === "string" ? { password: answer } : answer;
		const missing = requiredAttributes.filter((name) => !attributes[name]);
		if (missing.length > 0) {
			throw new ChallengeError(
				"ChallengeUnanswered",
				challenge.name,
				`Cognito requires ${challenge.name} with the attributes ${missing.join(", ").slice(0, 200)}, which the answer lacks. Answer \`challenges.NEW_PASSWORD_REQUIRED\` with { password, attributes }.`,
			);
		}
		const named = Object.entries(attributes).map(([name, value]) => [`userAttributes.${name}`, value]);
		return { NEW_PASSWORD: password, ...Object.fromEntries(named) };
	}

	async #secondFactor(challenge: Challenge, interaction: Interaction): Promise<string> {
		const choices = stringsIn(challenge.parameters.MFAS_CAN_CHOOSE);
		const { SELECT_MFA_TYPE, SOFTWARE_TOKEN_MFA } = this.#answers;
		if (SELECT_MFA_TYPE !== undefined) return this.#ask(challenge, SELECT_MFA_TYPE, { choices }, interaction);
		if (choices.includes("SOFTWARE_TOKEN_MFA") && typeof SOFTWARE_TOKEN_MFA === "object") return "SOFTWARE_TOKEN_MFA";
		const choice = this.#firstAnswered(choices);
		if (choice === undefined) throw challengeError("ChallengeUnanswered", challenge.name);
		return choice;
	}

	async #firstFactor(challenge: Challenge, interaction: Interaction): Promise<string> {
		const choices = challenge.available;
		const { SELECT_CHALLENGE } = this.#answers;
		if (SELECT_CHALLENGE !== undefined) return this.#ask(challenge, SELECT_CHALLENGE, { choices }, interaction);
		const choice = choices.includes("PASSWORD_SRP") ? "PASSWORD_SRP" : this.#firstAnswered(choices);
		if (choice !== undefined) return choice;
		// The password itself is not sent because a server offers nothing else.
		throw new ChallengeError(
			"ChallengeUnanswered",
			challenge.name,
			"Cognito requires SELECT_CHALLENGE and does not offer PASSWORD_SRP, but no answer is configured. Set `challenges.SELECT_CHALLENGE`, where `PASSWORD` sends the password itself, or the answer to another challenge that it offers.",
		);
	}

	#firstAnswered(choices: readonly string[]): string | undefined {
		return choices.find(
			(choice) => isKnownChallenge(choice) && this.#answers[choice as keyof ChallengeAnswers] !== undefined,
		);
	}

	async #ask<Value, More extends Partial<ChallengeQuestion>>(
		{ name, parameters, attempt }: Challenge,
		answer: Value | ((question: ChallengeQuestion & More) => Value | Promise<Value>) | undefined,
		more: More,
		interaction: Interaction,
	): Promise<Value> {
		if (answer === undefined || answer === "") throw challengeError("ChallengeUnanswered", name);
		if (typeof answer !== "function") return answer as Value;
		const destination = parameters.CODE_DELIVERY_DESTINATION;
		const question = {
			challengeName: name,
			attempt,
			parameters,
			choices: [],
			requiredAttributes: [],
			...(destination === undefined ? {} : { destination: printable(destination) }),
			...more,
		};
		const ask = answer as (question: unknown) => Value | Promise<Value>;
		const failed = (cause: unknown) => challengeError("AnswerUnavailable", name, cause);
		const value = await interaction.call(name, (signal) => ask({ ...question, signal }), failed);
		this.#interactiveChallenge = name;
		if (value === undefined || value === null || value === "") throw challengeError("ChallengeUnanswered", name);
		if (!isAnswer(name, value)) throw failed(new TypeError(`The function returned a value of type ${typeName(value)}`));
		return value;
	}
}

/** Cognito's lists in challenge parameters are JSON. One that is not is empty. */
function stringsIn(json: string | undefined): string[] {
	try {
		const list: unknown = JSON.parse(json ?? "[]");
		return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
	} catch {
		return [];
	}
}
