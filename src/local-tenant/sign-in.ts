import { checkAuthFlow, checkClientId, checkSecretHash } from "./app-client.ts";
import { CognitoRefusal, noSuchDevice, noSuchUser } from "./cognito-refusal.ts";
import { inputMap, inputString, type OperationInput, parameter } from "./operation-input.ts";
import { checkPasswordPolicy } from "./password-policy.ts";
import {
	beginDeviceProof,
	beginPasswordProof,
	checkPassword,
	checkProof,
	findProof,
	sessionExpired,
} from "./password-proof.ts";
import type { PoolState } from "./pool-state.ts";
import {
	type ChallengeOpening,
	checkCode,
	codeParameter,
	factorChallenge,
	openCodeChallenge,
	openFactor,
	openSecondFactor,
} from "./second-factor.ts";
import type { PendingChallenge, SignInAttempt } from "./sign-in-attempt.ts";
import { completeSignIn } from "./sign-in-result.ts";
import { renewTokens } from "./token-renewal.ts";
import { callTrigger } from "./triggers.ts";
import type { Device, PoolAccount } from "./user-directory.ts";

type Parameters = Readonly<Record<string, string | null | undefined>>;
type Answer = Record<string, unknown>;

/** `InitiateAuth`: starts a login, or renews its tokens. */
export async function initiateAuth(pool: PoolState, input: OperationInput): Promise<Answer> {
	const { settings } = pool;
	checkClientId(settings, input.ClientId);
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
			checkAuthFlow(settings, flow);
			const username = parameter(parameters, "USERNAME");
			checkSecretHash(settings, parameters.SECRET_HASH, username);
			const attempt: SignInAttempt = {
				account: findAccount(pool, username),
				flow,
				deviceKey: parameters.DEVICE_KEY ?? undefined,
				isSecondFactorDone: false,
				answers: [],
			};
			return begin(pool, attempt, parameters);
		}
		default:
			throw new CognitoRefusal("InvalidParameterException", "Initiate Auth method not supported.");
	}
}

/** `RespondToAuthChallenge`: takes the answer to a challenge and goes on with the login. */
export async function respondToAuthChallenge(pool: PoolState, input: OperationInput): Promise<Answer> {
	checkClientId(pool.settings, input.ClientId);
	const name = inputString(input, "ChallengeName");
	const responses = inputMap(input, "ChallengeResponses");
	if (name === "PASSWORD_VERIFIER" || name === "DEVICE_PASSWORD_VERIFIER") return answerProof(pool, input);
	const session = inputString(input, "Session");
	const challenge = findChallenge(pool, session, name);
	checkAnswerer(pool, challenge.attempt, responses);
	const code = codeParameter(name);
	if (code !== undefined) {
		checkCode(pool, challenge, session, parameter(responses, code));
		pool.challenges.useUp(session);
		challenge.attempt.isSecondFactorDone = true;
		return proceed(pool, challenge.attempt);
	}
	const answer = await answerChallenge(pool, challenge, responses);
	pool.challenges.useUp(session);
	return answer;
}

/** The challenge that a `Session` belongs to. */
export function findChallenge(pool: PoolState, session: string, name: string): PendingChallenge {
	const found = pool.challenges.find(session);
	if (found.state === "expired") throw sessionExpired();
	if (found.state === "used") {
		throw new CognitoRefusal("NotAuthorizedException", "Invalid session for the user, session can only be used once.");
	}
	// USER_AUTH may answer SELECT_CHALLENGE by naming what it has chosen.
	const isSelection = found.state === "live" && found.value.name === "SELECT_CHALLENGE" && name.startsWith("PASSWORD");
	if (found.state === "unknown" || (found.value.name !== name && !isSelection)) {
		throw new CognitoRefusal("NotAuthorizedException", "Invalid session for the user.");
	}
	return found.value;
}

/** Puts a challenge to the client. */
export function openChallenge(
	pool: PoolState,
	attempt: SignInAttempt,
	{ name, expect, parameters }: ChallengeOpening,
): Answer {
	const session = pool.random.opaque(96);
	pool.challenges.put(session, { name, attempt, wrongAnswers: 0, ...(expect === undefined ? {} : { expect }) });
	return { ChallengeName: name, ChallengeParameters: parameters, Session: session };
}

function findAccount(pool: PoolState, username: string): PoolAccount {
	const account = pool.users.find(username);
	if (account === undefined) {
		if (pool.settings.preventUserExistenceErrors === "ENABLED") return pool.users.decoy(username);
		throw noSuchUser();
	}
	if (account.disabled) throw new CognitoRefusal("NotAuthorizedException", "User is disabled.");
	if (account.status === "RESET_REQUIRED") {
		throw new CognitoRefusal("PasswordResetRequiredException", "Password reset required for the user");
	}
	const { preAuthentication } = pool.settings.triggers ?? {};
	if (preAuthentication) callTrigger("PreAuthentication", () => preAuthentication(account.username));
	return account;
}

async function begin(pool: PoolState, attempt: SignInAttempt, parameters: Parameters): Promise<Answer> {
	switch (attempt.flow) {
		case "USER_SRP_AUTH":
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "USER_PASSWORD_AUTH":
			checkPassword(pool, attempt, parameter(parameters, "PASSWORD"));
			return proceed(pool, attempt);
		case "CUSTOM_AUTH":
			if (parameters.CHALLENGE_NAME !== "SRP_A") return proceed(pool, attempt);
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "USER_AUTH":
			return beginFirstFactor(pool, attempt, parameters.PREFERRED_CHALLENGE ?? "", parameters);
	}
}

function firstFactors({ attributes }: PoolAccount): string[] {
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
	parameters: Parameters,
): Promise<Answer> {
	const available = firstFactors(attempt.account);
	switch (available.includes(choice) ? choice : "SELECT_CHALLENGE") {
		case "PASSWORD_SRP":
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "PASSWORD":
			checkPassword(pool, attempt, parameter(parameters, "PASSWORD"));
			return proceed(pool, attempt);
		case "EMAIL_OTP":
		case "SMS_OTP":
			return openChallenge(pool, attempt, openCodeChallenge(pool, attempt.account, choice as "EMAIL_OTP" | "SMS_OTP"));
		default:
			return {
				...openChallenge(pool, attempt, { name: "SELECT_CHALLENGE", parameters: {} }),
				AvailableChallenges: available,
			};
	}
}

/** Refuses an answer in another user's name, or with a hash that was not made from the name that Cognito knows. */
function checkAnswerer(pool: PoolState, { account }: SignInAttempt, responses: Parameters): void {
	const username = parameter(responses, "USERNAME");
	const named = pool.users.find(username);
	if (named !== account && username !== account.username) throw noSuchUser();
	checkSecretHash(pool.settings, responses.SECRET_HASH, account.username);
}

async function answerProof(pool: PoolState, input: OperationInput): Promise<Answer> {
	const proof = findProof(pool, input);
	const responses = inputMap(input, "ChallengeResponses");
	checkAnswerer(pool, proof.attempt, responses);
	// Before the proof is used up: clients that hear of a forgotten device send the same proof again without it.
	if (pool.settings.devices !== "off" && responses.DEVICE_KEY) {
		proof.attempt.deviceKey = findDevice(proof.attempt.account, responses.DEVICE_KEY).key;
	}
	checkProof(pool, proof, input);
	if (proof.challenge === "DEVICE_PASSWORD_VERIFIER") proof.attempt.isSecondFactorDone = true;
	return proceed(pool, proof.attempt);
}

function findDevice(account: PoolAccount, deviceKey: string): Device {
	const device = account.devices.get(deviceKey);
	if (device === undefined) throw noSuchDevice();
	return device;
}

async function answerChallenge(pool: PoolState, challenge: PendingChallenge, responses: Parameters): Promise<Answer> {
	const { attempt } = challenge;
	switch (challenge.name) {
		case "SELECT_CHALLENGE":
			return selectFirstFactor(pool, attempt, responses);
		case "NEW_PASSWORD_REQUIRED":
			return takeNewPassword(pool, attempt, responses);
		case "SELECT_MFA_TYPE": {
			const choice = parameter(responses, "ANSWER");
			const factor = attempt.account.mfa.find((one) => factorChallenge(one) === choice);
			if (factor === undefined) throw new CognitoRefusal("InvalidParameterException", "Invalid MFA type");
			return openChallenge(pool, attempt, openFactor(pool, attempt.account, factor));
		}
		case "MFA_SETUP":
			if (challenge.expect !== "verified") {
				throw new CognitoRefusal("InvalidParameterException", "User has not verified a software token");
			}
			attempt.isSecondFactorDone = true;
			return proceed(pool, attempt);
		case "DEVICE_SRP_AUTH": {
			const device = findDevice(attempt.account, parameter(responses, "DEVICE_KEY"));
			return beginDeviceProof(pool, attempt, device, parameter(responses, "SRP_A"));
		}
		default: {
			const answer = parameter(responses, "ANSWER");
			attempt.answers.push({ answer, correct: answer === challenge.expect });
			return proceed(pool, attempt);
		}
	}
}

function selectFirstFactor(pool: PoolState, attempt: SignInAttempt, responses: Parameters): Promise<Answer> {
	const choice = responses.ANSWER ?? (responses.SRP_A ? "PASSWORD_SRP" : "PASSWORD");
	if (!firstFactors(attempt.account).includes(choice)) {
		throw new CognitoRefusal("InvalidParameterException", `Selected challenge is not available: ${choice}`);
	}
	return beginFirstFactor(pool, attempt, choice, responses);
}

function takeNewPassword(pool: PoolState, attempt: SignInAttempt, responses: Parameters): Promise<Answer> {
	const { account } = attempt;
	const password = parameter(responses, "NEW_PASSWORD");
	checkPasswordPolicy(password);
	const given = Object.entries(responses).flatMap(([name, value]) =>
		name.startsWith("userAttributes.") && value ? [[name.slice("userAttributes.".length), value] as const] : [],
	);
	const missing = missingAttributes(pool, new Map([...account.attributes, ...given]));
	if (missing.length > 0) {
		throw new CognitoRefusal("InvalidParameterException", `Invalid attributes given, ${missing.join(", ")} is missing`);
	}
	for (const [name, value] of given) account.attributes.set(name, value);
	pool.users.setPassword(account, password);
	account.status = "CONFIRMED";
	return proceed(pool, attempt);
}

function missingAttributes(pool: PoolState, attributes: ReadonlyMap<string, string>): string[] {
	return (pool.settings.requiredAttributes ?? []).filter((name) => !attributes.has(name));
}

/** Goes on to what a login still lacks, or ends it with tokens. */
async function proceed(pool: PoolState, attempt: SignInAttempt): Promise<Answer> {
	const { account } = attempt;
	if (account.status === "UNCONFIRMED") {
		throw new CognitoRefusal("UserNotConfirmedException", "User is not confirmed.");
	}
	if (attempt.flow === "CUSTOM_AUTH") return proceedCustom(pool, attempt);
	if (account.status === "FORCE_CHANGE_PASSWORD") {
		return openChallenge(pool, attempt, {
			name: "NEW_PASSWORD_REQUIRED",
			parameters: {
				USER_ID_FOR_SRP: account.username,
				requiredAttributes: JSON.stringify(
					missingAttributes(pool, account.attributes).map((name) => `userAttributes.${name}`),
				),
				userAttributes: JSON.stringify(Object.fromEntries(account.attributes)),
			},
		});
	}
	if (attempt.isSecondFactorDone) return completeSignIn(pool, attempt);
	const device = account.devices.get(attempt.deviceKey ?? "");
	if (device?.remembered && device.verifier !== undefined) {
		return openChallenge(pool, attempt, {
			name: "DEVICE_SRP_AUTH",
			parameters: { USERNAME: account.username, DEVICE_KEY: device.key },
		});
	}
	const opening = openSecondFactor(pool, attempt);
	return opening === undefined ? completeSignIn(pool, attempt) : openChallenge(pool, attempt, opening);
}

async function proceedCustom(pool: PoolState, attempt: SignInAttempt): Promise<Answer> {
	const { customChallenge } = pool.settings;
	const { username } = attempt.account;
	if (customChallenge === undefined) {
		throw new CognitoRefusal("InvalidLambdaResponseException", "Invalid lambda trigger source");
	}
	const step = callTrigger("DefineAuthChallenge", () => customChallenge(username, attempt.answers));
	if (step === "issueTokens") return completeSignIn(pool, attempt);
	if (step === "failAuthentication") {
		throw new CognitoRefusal("NotAuthorizedException", "Incorrect username or password.");
	}
	return openChallenge(pool, attempt, {
		name: "CUSTOM_CHALLENGE",
		expect: step.expect,
		parameters: { USERNAME: username, ...step.ask },
	});
}
