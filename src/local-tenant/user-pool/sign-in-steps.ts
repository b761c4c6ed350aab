import { openChallenge } from "./challenge-sessions.ts";
import { CognitoException, wrongCredentials } from "./cognito-exception.ts";
import { openNewPassword } from "./new-password.ts";
import type { PoolState } from "./pool-state.ts";
import { openSecondFactor } from "./second-factor.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import { completeSignIn } from "./sign-in-result.ts";
import { callTrigger } from "./triggers.ts";

/**
 * Goes on to what a login still lacks, or ends it with tokens. After the password come, in this order, a new password
 * where it was a temporary one, the proof of a remembered device, or else a second factor.
 */
export async function nextStep(pool: PoolState, attempt: SignInAttempt): Promise<Record<string, unknown>> {
	const { account } = attempt;
	if (account.disabled) throw new CognitoException("NotAuthorizedException", "User is disabled.");
	if (account.status === "UNCONFIRMED") {
		throw new CognitoException("UserNotConfirmedException", "User is not confirmed.");
	}
	if (attempt.flow === "CUSTOM_AUTH") return nextCustomStep(pool, attempt);
	if (account.status === "FORCE_CHANGE_PASSWORD") return openChallenge(pool, attempt, openNewPassword(pool, account));
	if (attempt.isSecondFactorDone) return completeSignIn(pool, attempt);
	const device = account.devices.get(attempt.deviceKey ?? "");
	if (device?.remembered && device.verifier !== undefined) {
		const parameters = { USERNAME: account.username, DEVICE_KEY: device.key };
		return openChallenge(pool, attempt, { name: "DEVICE_SRP_AUTH", parameters });
	}
	const opening = openSecondFactor(pool, account);
	return opening === undefined ? completeSignIn(pool, attempt) : openChallenge(pool, attempt, opening);
}

async function nextCustomStep(pool: PoolState, attempt: SignInAttempt): Promise<Record<string, unknown>> {
	const { customChallenge } = pool.settings;
	const { username } = attempt.account;
	if (customChallenge === undefined) {
		throw new CognitoException("InvalidLambdaResponseException", "There is no DefineAuthChallenge trigger");
	}
	const step = callTrigger("DefineAuthChallenge", () => customChallenge(username, attempt.answers));
	if (step === "issueTokens") return completeSignIn(pool, attempt);
	if (step === "failAuthentication") throw wrongCredentials();
	return openChallenge(pool, attempt, {
		name: "CUSTOM_CHALLENGE",
		expect: step.expect,
		parameters: { USERNAME: username, ...step.ask },
	});
}
