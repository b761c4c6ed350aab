import { CognitoRefusal } from "./cognito-refusal.ts";

const SHORTEST = 8;

/** Refuses a new password that is too short, the one rule of the local pool's policy. */
export function checkPasswordPolicy(password: string): void {
	if (password.length < SHORTEST) {
		throw new CognitoRefusal(
			"InvalidPasswordException",
			"Password did not conform with policy: Password not long enough",
		);
	}
}
