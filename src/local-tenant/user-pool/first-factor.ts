import { openChallenge } from "./challenge-sessions.ts";
import { CognitoException } from "./cognito-exception.ts";
import { type ParameterMap, parameter } from "./operation-input.ts";
import { beginPasswordProof, checkPassword } from "./password-proof.ts";
import type { PoolState } from "./pool-state.ts";
import { openCodeChallenge } from "./second-factor.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import { nextStep } from "./sign-in-steps.ts";

/** Starts a login the way that its flow says. */
export async function beginSignIn(
	pool: PoolState,
	attempt: SignInAttempt,
	parameters: ParameterMap,
): Promise<Record<string, unknown>> {
	switch (attempt.flow) {
		case "USER_SRP_AUTH":
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "USER_PASSWORD_AUTH":
			checkPassword(pool, attempt, parameter(parameters, "PASSWORD"));
			return nextStep(pool, attempt);
		case "CUSTOM_AUTH":
			if (parameters.CHALLENGE_NAME !== "SRP_A") return nextStep(pool, attempt);
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "USER_AUTH": {
			const choice = parameters.PREFERRED_CHALLENGE ?? "";
			const AvailableChallenges = firstFactors(attempt);
			if (AvailableChallenges.includes(choice)) return beginFirstFactor(pool, attempt, choice, parameters);
			const opening = { name: "SELECT_CHALLENGE", parameters: {} };
			return { ...openChallenge(pool, attempt, opening), AvailableChallenges };
		}
	}
}

/** Takes the answer to `SELECT_CHALLENGE`. */
export async function selectFirstFactor(
	pool: PoolState,
	attempt: SignInAttempt,
	responses: ParameterMap,
): Promise<Record<string, unknown>> {
	const choice = responses.ANSWER ?? (responses.SRP_A ? "PASSWORD_SRP" : "PASSWORD");
	if (!firstFactors(attempt).includes(choice)) {
		throw new CognitoException("InvalidParameterException", "Selected challenge is not available");
	}
	return beginFirstFactor(pool, attempt, choice, responses);
}

function firstFactors({ account: { attributes } }: SignInAttempt): string[] {
	return [
		"PASSWORD",
		"PASSWORD_SRP",
		...(attributes.has("email") ? ["EMAIL_OTP"] : []),
		...(attributes.has("phone_number") ? ["SMS_OTP"] : []),
	];
}

async function beginFirstFactor(
	pool: PoolState,
	attempt: SignInAttempt,
	choice: string,
	parameters: ParameterMap,
): Promise<Record<string, unknown>> {
	switch (choice) {
		case "PASSWORD_SRP":
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "PASSWORD":
			checkPassword(pool, attempt, parameter(parameters, "PASSWORD"));
			return nextStep(pool, attempt);
		default: {
			const name = choice === "SMS_OTP" ? "SMS_OTP" : "EMAIL_OTP";
			return openChallenge(pool, attempt, openCodeChallenge(pool, attempt.account, name));
		}
	}
}
