import { ChallengeError } from "../../errors.ts";

const MESSAGES: Readonly<Record<ChallengeError["code"], (name: string) => string>> = {
	ChallengeUnanswered: (name) => `Cognito requires ${name}, but no answer is configured. ${remedyOf(name)}`,
	ChallengeUnknown: (name) =>
		`Cognito requires ${name}, which this version does not support. Look for a newer version, or turn it off in the user pool.`,
	ChallengeUnexpected: (name) =>
		`Cognito sent the challenge ${name}, which cannot follow at this point of the login. It was rejected without an answer. ${flowOf(name)}`,
	InteractionRequired: (name) =>
		`Cognito requires ${name}, which may need a person, but this login runs in the background. Sign in with authenticate().`,
	AnswerTimedOut: (name) => `The answer to ${name} timed out (answerTimeoutMs). Sign in again.`,
	AnswerUnavailable: (name) =>
		`Cognito requires ${name}, but the function \`challenges.${name}\` failed, and \`cause\` is its error. Correct the function, or sign in again.`,
	ChallengeRejected: (name) => `Cognito rejected the answer to ${name}. Sign in again.`,
	ChallengeExpired: (name) => `The challenge ${name} expired before it was answered, twice. Sign in again.`,
};

/** Creates a {@link ChallengeError} with its message. */
export function challengeError(code: ChallengeError["code"], name: string, cause?: unknown): ChallengeError {
	const transient = code === "AnswerTimedOut" || code === "AnswerUnavailable";
	return new ChallengeError(
		code,
		name,
		MESSAGES[code](name),
		cause === undefined ? { transient } : { cause, transient },
	);
}

function remedyOf(name: string): string {
	return name.startsWith("DEVICE_") ? "Set `device`." : `Set \`challenges.${name}\`.`;
}

/** What to set where the challenge is meant. */
function flowOf(name: string): string {
	switch (name) {
		case "CUSTOM_CHALLENGE":
			return "If the user pool has custom challenges, set `authFlow` to `CUSTOM_AUTH`.";
		case "PASSWORD":
			return "To send the password itself, set `authFlow` to `USER_PASSWORD_AUTH`, or to `USER_AUTH` with `PASSWORD` as the answer to `challenges.SELECT_CHALLENGE`.";
		case "PASSWORD_SRP":
		case "SELECT_CHALLENGE":
		case "SMS_OTP":
			return "If the user pool has choice-based sign-in, set `authFlow` to `USER_AUTH`.";
		default:
			return "Check `endpoint` and `AWS_ENDPOINT_URL`.";
	}
}
