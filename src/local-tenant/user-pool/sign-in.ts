import { checkAuthFlow, checkClientId, checkSecretHash } from "./app-client.ts";
import { findChallenge, openChallenge } from "./challenge-sessions.ts";
import { CognitoException, noSuchDevice, noSuchUser } from "./cognito-exception.ts";
import { beginSignIn, selectFirstFactor } from "./first-factor.ts";
import { takeNewPassword } from "./new-password.ts";
import { inputMap, inputString, type OperationInput, type ParameterMap, parameter } from "./operation-input.ts";
import { beginDeviceProof, checkProof, findProof } from "./password-proof.ts";
import type { PoolState } from "./pool-state.ts";
import { checkCode, codeParameter, openChosenFactor } from "./second-factor.ts";
import type { PendingChallenge, SignInAttempt } from "./sign-in-attempt.ts";
import { nextStep } from "./sign-in-steps.ts";
import { renewTokens } from "./token-renewal.ts";
import { callTrigger } from "./triggers.ts";
import type { Device, PoolAccount } from "./user-directory.ts";

/** `InitiateAuth`: starts a login, or renews its tokens. */
export async function initiateAuth(pool: PoolState, input: OperationInput): Promise<Record<string, unknown>> {
	checkClientId(pool.settings, input.ClientId);
	const parameters = inputMap(input, "AuthParameters");
	const flow = inputString(input, "AuthFlow");
	switch (flow) {
		case "REFRESH_TOKEN_AUTH":
		case "REFRESH_TOKEN":
			return renewTokens(pool, parameters);
		case "USER_SRP_AUTH":
		case "USER_AUTH":
		case "CUSTOM_AUTH":
		case "USER_PASSWORD_AUTH": {
			checkAuthFlow(pool.settings, flow);
			const username = parameter(parameters, "USERNAME");
			checkSecretHash(pool.settings, parameters.SECRET_HASH, username);
			const account = findAccount(pool, username);
			const deviceKey = parameters.DEVICE_KEY ?? undefined;
			return beginSignIn(pool, { account, flow, deviceKey, isSecondFactorDone: false, answers: [] }, parameters);
		}
		default:
			throw new CognitoException("InvalidParameterException", "Initiate Auth method not supported.");
	}
}

/** `RespondToAuthChallenge`: takes the answer to a challenge and goes on with the login. */
export async function respondToAuthChallenge(pool: PoolState, input: OperationInput): Promise<Record<string, unknown>> {
	checkClientId(pool.settings, input.ClientId);
	const name = inputString(input, "ChallengeName");
	if (name === "PASSWORD_VERIFIER" || name === "DEVICE_PASSWORD_VERIFIER") return answerProof(pool, input);
	const session = inputString(input, "Session");
	const challenge = findChallenge(pool, session, name);
	const responses = inputMap(input, "ChallengeResponses");
	checkAnswerer(pool, challenge.attempt, responses);
	const code = codeParameter(name);
	if (code !== undefined) {
		checkCode(pool, challenge, session, parameter(responses, code));
		pool.challenges.useUp(session);
		challenge.attempt.isSecondFactorDone = true;
		return nextStep(pool, challenge.attempt);
	}
	const answer = await answerChallenge(pool, challenge, responses);
	// Only now: an answer that was refused may be given again.
	pool.challenges.useUp(session);
	return answer;
}

function findAccount(pool: PoolState, username: string): PoolAccount {
	const account = pool.users.find(username);
	if (account === undefined) {
		if (pool.settings.preventUserExistenceErrors === "ENABLED") return pool.users.decoy(username);
		throw noSuchUser();
	}
	if (account.disabled) throw new CognitoException("NotAuthorizedException", "User is disabled.");
	if (account.status === "RESET_REQUIRED") {
		throw new CognitoException("PasswordResetRequiredException", "Password reset required for the user");
	}
	callTrigger("PreAuthentication", () => pool.settings.triggers?.preAuthentication?.(account.username));
	return account;
}

/** Refuses an answer in another user's name, or with a hash that was not made from the name that Cognito knows. */
function checkAnswerer(pool: PoolState, { account }: SignInAttempt, responses: ParameterMap): void {
	const username = parameter(responses, "USERNAME");
	if (username !== account.username && pool.users.find(username) !== account) throw noSuchUser();
	checkSecretHash(pool.settings, responses.SECRET_HASH, account.username);
}

async function answerProof(pool: PoolState, input: OperationInput): Promise<Record<string, unknown>> {
	const proof = findProof(pool, input);
	const responses = inputMap(input, "ChallengeResponses");
	checkAnswerer(pool, proof.attempt, responses);
	// Before the proof is used up: clients that hear of a forgotten device send the same proof again without it.
	if (pool.settings.devices !== "off" && responses.DEVICE_KEY) {
		proof.attempt.deviceKey = findDevice(proof.attempt.account, responses.DEVICE_KEY).key;
	}
	checkProof(pool, proof, input);
	if (proof.challenge === "DEVICE_PASSWORD_VERIFIER") proof.attempt.isSecondFactorDone = true;
	return nextStep(pool, proof.attempt);
}

function findDevice(account: PoolAccount, deviceKey: string): Device {
	const device = account.devices.get(deviceKey);
	if (device === undefined) throw noSuchDevice();
	return device;
}

/** Takes the answer to any challenge but a proof or a code. */
async function answerChallenge(
	pool: PoolState,
	{ name, attempt, expect }: PendingChallenge,
	responses: ParameterMap,
): Promise<Record<string, unknown>> {
	switch (name) {
		case "SELECT_CHALLENGE":
			return selectFirstFactor(pool, attempt, responses);
		case "NEW_PASSWORD_REQUIRED":
			takeNewPassword(pool, attempt.account, responses);
			break;
		case "SELECT_MFA_TYPE": {
			const opening = openChosenFactor(pool, attempt.account, parameter(responses, "ANSWER"));
			return openChallenge(pool, attempt, opening);
		}
		case "MFA_SETUP":
			if (expect !== "verified") {
				throw new CognitoException("InvalidParameterException", "User has not verified software token mfa");
			}
			attempt.isSecondFactorDone = true;
			break;
		case "DEVICE_SRP_AUTH": {
			const device = findDevice(attempt.account, parameter(responses, "DEVICE_KEY"));
			return beginDeviceProof(pool, attempt, device, parameter(responses, "SRP_A"));
		}
		default: {
			const answer = parameter(responses, "ANSWER");
			attempt.answers.push({ answer, correct: answer === expect });
		}
	}
	return nextStep(pool, attempt);
}
