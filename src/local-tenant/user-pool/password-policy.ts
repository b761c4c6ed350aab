import { CognitoException } from "./cognito-exception.ts";

const SHORTEST = 8;

/** Refuses a new password that is too short, the one rule of the local pool's policy. */
export function checkPasswordPolicy(password: string): void {
	if (password.length < SHORTEST) {
		throw new CognitoException(
			"InvalidPasswordException",
			"Password did not conform with policy: Password not long enough",
		);
	}
}
