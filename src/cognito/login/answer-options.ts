import { isObject, type SettingsReader, typeName } from "../../platform/settings.ts";
import { isNewPassword } from "./answer-validation.ts";
import type { ChallengeAnswers } from "./challenges.ts";
import { parseTotpSecret } from "./totp.ts";

/** What an answer may be, and whether a value is that. Functions are checked before. */
type Kind = readonly [name: string, accepts: (value: unknown) => boolean];

const TEXT: Kind = ["a string or a function", (value) => typeof value === "string"];

const KINDS: Readonly<Record<keyof ChallengeAnswers, Kind>> = {
	NEW_PASSWORD_REQUIRED: ["a string, an object { password, attributes }, or a function", isNewPassword],
	SMS_MFA: TEXT,
	EMAIL_OTP: TEXT,
	SMS_OTP: TEXT,
	SOFTWARE_TOKEN_MFA: ["a string, an object { secret }, or a function", isTextOrSecret],
	SELECT_MFA_TYPE: TEXT,
	SELECT_CHALLENGE: TEXT,
	CUSTOM_CHALLENGE: TEXT,
	MFA_SETUP: ["a function", () => false],
};

/** Reads the option `challenges`: answers under Cognito's names of the challenges. */
export function readAnswers(reader: SettingsReader): ChallengeAnswers {
	const answers = reader.value("challenges");
	if (answers === undefined) return {};
	if (!isObject(answers)) {
		reader.mustBe("challenges", "an object of answers by challenge", answers);
		return {};
	}
	for (const name of Object.keys(answers)) {
		if (Object.hasOwn(KINDS, name)) continue;
		reader.problem(`challenges.${name}`, `is not a challenge: use ${Object.keys(KINDS).join(", ")}`);
	}
	for (const [name, [kind, accepts]] of Object.entries(KINDS)) {
		const answer = answers[name] ?? undefined;
		if (answer === undefined || typeof answer === "function") continue;
		if (!accepts(answer)) reader.problem(`challenges.${name}`, `must be ${kind}, but has type ${typeName(answer)}`);
	}
	const { SOFTWARE_TOKEN_MFA: authenticator } = answers as ChallengeAnswers;
	if (isObject(authenticator) && parseTotpSecret(String(authenticator.secret)) === undefined) {
		reader.problem("challenges.SOFTWARE_TOKEN_MFA.secret", "must be base32, as Cognito returns it");
	}
	return answers;
}

function isTextOrSecret(answer: unknown): boolean {
	return typeof answer === "string" || (isObject(answer) && "secret" in answer);
}
