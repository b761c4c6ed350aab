import {
	beginSignIn,
	type ChallengeOpening,
	checkCode,
	codeParameter,
	findChallenge,
	openChallenge,
	openChosenFactor,
	openSecondFactor,
	selectFirstFactor,
} from "./challenges.ts";
import { CognitoException, noSuchDevice, noSuchUser, wrongCredentials } from "./cognito-exception.ts";
import { beginDeviceProof, checkProof, findProof } from "./password-proof.ts";
import type { PendingChallenge, PoolState, SignInAttempt } from "./pool-state.ts";
import {
	checkAuthFlow,
	checkClientId,
	checkPasswordPolicy,
	checkSecretHash,
	inputMap,
	inputString,
	type OperationInput,
	type ParameterMap,
	parameter,
} from "./request.ts";
import { issueTokens, renewTokens } from "./token-renewal.ts";
import type { Device, PoolAccount } from "./user-directory.ts";
import { callTrigger } from "./user-pool-options.ts";

const ATTRIBUTE_PREFIX = "userAttributes.";

/** `InitiateAuth`: begins a sign-in, or renews its tokens. */
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
		case "USER_PASSWORD_AUTH":
			checkAuthFlow(pool.settings, flow);
			return startSignIn(pool, flow, parameters);
		default:
			throw new CognitoException("InvalidParameterException", "Initiate Auth method not supported.");
	}
}

/** `AdminInitiateAuth`: begins a sign-in with a password, for a server that has AWS credentials, or does what `InitiateAuth` does. */
export async function adminInitiateAuth(pool: PoolState, input: OperationInput): Promise<Record<string, unknown>> {
	const flow = inputString(input, "AuthFlow");
	if (flow !== "ADMIN_USER_PASSWORD_AUTH" && flow !== "ADMIN_NO_SRP_AUTH") return initiateAuth(pool, input);
	checkClientId(pool.settings, input.ClientId);
	checkAuthFlow(pool.settings, "ADMIN_USER_PASSWORD_AUTH");
	return startSignIn(pool, "USER_PASSWORD_AUTH", inputMap(input, "AuthParameters"));
}

async function startSignIn(
	pool: PoolState,
	flow: SignInAttempt["flow"],
	parameters: ParameterMap,
): Promise<Record<string, unknown>> {
	const username = parameter(parameters, "USERNAME");
	checkSecretHash(pool.settings, parameters.SECRET_HASH, username);
	const account = findAccount(pool, username);
	const deviceKey = parameters.DEVICE_KEY ?? undefined;
	const attempt: SignInAttempt = { account, flow, deviceKey, isSecondFactorDone: false, answers: [] };
	return beginSignIn(pool, attempt, parameters) ?? nextStep(pool, attempt);
}

/** `RespondToAuthChallenge`: handles the answer to a challenge and continues the sign-in. */
export async function respondToAuthChallenge(pool: PoolState, input: OperationInput): Promise<Record<string, unknown>> {
	checkClientId(pool.settings, input.ClientId);
	const name = inputString(input, "ChallengeName");
	if (name === "PASSWORD_VERIFIER" || name === "DEVICE_PASSWORD_VERIFIER") return answerProof(pool, input);
	const responses = inputMap(input, "ChallengeResponses");
	const session =
		(name === "DEVICE_SRP_AUTH" ? deviceSession(pool, input) : undefined) ?? inputString(input, "Session");
	const challenge = findChallenge(pool, session, name);
	checkResponder(pool, challenge.attempt, responses);
	const code = codeParameter(name);
	if (code !== undefined) {
		checkCode(pool, challenge, session, parameter(responses, code));
		pool.challenges.useUp(session);
		challenge.attempt.isSecondFactorDone = true;
		return nextStep(pool, challenge.attempt);
	}
	const output = await answerChallenge(pool, challenge, responses);
	// Only now: an answer that was rejected may be given again.
	pool.challenges.useUp(session);
	return output;
}

/** The `Session` of a device that answers without one, as in AWS's own sample: that of its sign-in. */
function deviceSession(pool: PoolState, input: OperationInput): string | undefined {
	if (typeof input.Session === "string") return undefined;
	const responses = inputMap(input, "ChallengeResponses");
	const account = pool.users.find(parameter(responses, "USERNAME"));
	const deviceKey = parameter(responses, "DEVICE_KEY");
	return pool.challenges.findKey(
		({ attempt, name }) => name === "DEVICE_SRP_AUTH" && attempt.account === account && attempt.deviceKey === deviceKey,
	);
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

/** Rejects a response under another user's name, or with a hash that was not made from the name that the pool keeps. */
function checkResponder(pool: PoolState, { account }: SignInAttempt, responses: ParameterMap): void {
	const username = parameter(responses, "USERNAME");
	if (username !== account.username && pool.users.find(username) !== account) throw noSuchUser();
	checkSecretHash(pool.settings, responses.SECRET_HASH, account.username);
}

async function answerProof(pool: PoolState, input: OperationInput): Promise<Record<string, unknown>> {
	const proof = findProof(pool, input);
	const responses = inputMap(input, "ChallengeResponses");
	checkResponder(pool, proof.attempt, responses);
	// Before the proof is used up: clients send the same proof again without a device that was forgotten.
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

/** Handles the answer to any challenge but a proof or a code. */
async function answerChallenge(
	pool: PoolState,
	{ name, attempt, expect }: PendingChallenge,
	responses: ParameterMap,
): Promise<Record<string, unknown>> {
	switch (name) {
		case "SELECT_CHALLENGE":
			return selectFirstFactor(pool, attempt, responses) ?? nextStep(pool, attempt);
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

/**
 * Opens the next challenge of a sign-in, or completes it with tokens. After the password come, in this order, a new
 * password where it was a temporary one, then the proof of a remembered device, or else a second factor.
 */
async function nextStep(pool: PoolState, attempt: SignInAttempt): Promise<Record<string, unknown>> {
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

/** Completes a sign-in with tokens and, where devices are tracked, a new device for a client that named none. */
async function completeSignIn(pool: PoolState, attempt: SignInAttempt): Promise<Record<string, unknown>> {
	const { account } = attempt;
	const known = account.devices.get(attempt.deviceKey ?? "");
	const isNew = pool.settings.devices !== "off" && known === undefined;
	const device = isNew ? addDevice(pool, account) : known;
	if (device !== undefined) device.lastUsedMs = pool.now();
	const { grant, refreshToken } = pool.grants.open(account.username, device?.key, pool.now());
	return issueTokens(pool, account, grant, {
		RefreshToken: refreshToken,
		...(isNew ? { NewDeviceMetadata: { DeviceKey: device?.key, DeviceGroupKey: device?.groupKey } } : {}),
	});
}

function addDevice(pool: PoolState, account: PoolAccount): Device {
	const nowMs = pool.now();
	const device: Device = {
		key: `${pool.settings.region}_${pool.random.uuid()}`,
		groupKey: `-${pool.random.word(8)}`,
		createdMs: nowMs,
		remembered: false,
		lastUsedMs: nowMs,
	};
	account.devices.set(device.key, device);
	return device;
}

/** Requires a password in place of the temporary one, and the required attributes that the user lacks. */
function openNewPassword(pool: PoolState, { username, attributes }: PoolAccount): ChallengeOpening {
	return {
		name: "NEW_PASSWORD_REQUIRED",
		parameters: {
			USER_ID_FOR_SRP: username,
			requiredAttributes: JSON.stringify(
				missingAttributes(pool, attributes).map((name) => `${ATTRIBUTE_PREFIX}${name}`),
			),
			userAttributes: JSON.stringify(Object.fromEntries(attributes)),
		},
	};
}

/** Sets the new password and the attributes that came with it. */
function takeNewPassword(pool: PoolState, account: PoolAccount, responses: ParameterMap): void {
	const password = parameter(responses, "NEW_PASSWORD");
	checkPasswordPolicy(password);
	const given = Object.entries(responses).flatMap(([name, value]) =>
		name.startsWith(ATTRIBUTE_PREFIX) && value ? [[name.slice(ATTRIBUTE_PREFIX.length), value] as const] : [],
	);
	const missing = missingAttributes(pool, new Map([...account.attributes, ...given]));
	if (missing.length > 0) {
		throw new CognitoException(
			"InvalidParameterException",
			`Invalid attributes given, ${missing.join(", ")} is missing`,
		);
	}
	for (const [name, value] of given) account.attributes.set(name, value);
	pool.users.setPassword(account, password);
	account.status = "CONFIRMED";
}

function missingAttributes(pool: PoolState, attributes: ReadonlyMap<string, string>): string[] {
	return (pool.settings.requiredAttributes ?? []).filter((name) => !attributes.has(name));
}
