import { CognitoException, invalidSession, sessionExpired } from "./cognito-exception.ts";
import { beginPasswordProof, checkPassword } from "./password-proof.ts";
import type { PendingChallenge, PoolState, SignInAttempt } from "./pool-state.ts";
import { type ParameterMap, parameter } from "./request.ts";
import { findTotpStep } from "./totp.ts";
import type { PoolAccount } from "./user-directory.ts";
import type { MfaFactor } from "./user-pool-options.ts";

const MAX_WRONG_CODES = 5;

/** The challenges that require a code, and the parameter of the response that has it. */
const CODE_PARAMETERS = new Map([
	["SMS_MFA", "SMS_MFA_CODE"],
	["SMS_OTP", "SMS_OTP_CODE"],
	["EMAIL_OTP", "EMAIL_OTP_CODE"],
	["SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"],
]);

const FACTOR_CHALLENGES = { SMS: "SMS_MFA", EMAIL: "EMAIL_OTP", TOTP: "SOFTWARE_TOKEN_MFA" } as const;

/** A challenge to open: its name, the expected answer, and the parameters that the client receives. */
export interface ChallengeOpening {
	readonly name: string;
	readonly expect?: string;
	readonly parameters: Readonly<Record<string, string>>;
}

/** Opens a challenge, with a new `Session`. */
export function openChallenge(
	pool: PoolState,
	attempt: SignInAttempt,
	{ name, expect, parameters }: ChallengeOpening,
): Record<string, unknown> {
	const session = pool.random.opaque(96);
	pool.challenges.put(session, { name, attempt, wrongAnswers: 0, ...(expect === undefined ? {} : { expect }) });
	return { ChallengeName: name, ChallengeParameters: parameters, Session: session };
}

/** The challenge that a `Session` belongs to; throws Cognito's exception for an invalid one. */
export function findChallenge(pool: PoolState, session: string, name: string): PendingChallenge {
	const found = pool.challenges.find(session);
	switch (found.state) {
		case "expired":
			throw sessionExpired();
		case "used":
			throw new CognitoException(
				"NotAuthorizedException",
				"Invalid session for the user, session can only be used once.",
			);
		case "live":
			if (found.value.name === name || isSelection(found.value, name)) return found.value;
	}
	throw invalidSession();
}

/** `SELECT_CHALLENGE` may be answered under the name of the chosen challenge. */
function isSelection(challenge: PendingChallenge, name: string): boolean {
	return challenge.name === "SELECT_CHALLENGE" && (name === "PASSWORD_SRP" || name === "PASSWORD");
}

/** Begins a sign-in as its flow requires; `undefined` when that completes the first factor. */
export function beginSignIn(
	pool: PoolState,
	attempt: SignInAttempt,
	parameters: ParameterMap,
): Record<string, unknown> | undefined {
	switch (attempt.flow) {
		case "USER_SRP_AUTH":
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "USER_PASSWORD_AUTH":
			checkPassword(pool, attempt, parameter(parameters, "PASSWORD"));
			return undefined;
		case "CUSTOM_AUTH":
			if (parameters.CHALLENGE_NAME !== "SRP_A") return undefined;
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

/** Handles the answer to `SELECT_CHALLENGE`; `undefined` when that completes the first factor. */
export function selectFirstFactor(
	pool: PoolState,
	attempt: SignInAttempt,
	responses: ParameterMap,
): Record<string, unknown> | undefined {
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

function beginFirstFactor(
	pool: PoolState,
	attempt: SignInAttempt,
	choice: string,
	parameters: ParameterMap,
): Record<string, unknown> | undefined {
	switch (choice) {
		case "PASSWORD_SRP":
			return beginPasswordProof(pool, attempt, parameter(parameters, "SRP_A"));
		case "PASSWORD":
			checkPassword(pool, attempt, parameter(parameters, "PASSWORD"));
			return undefined;
		default: {
			const name = choice === "SMS_OTP" ? "SMS_OTP" : "EMAIL_OTP";
			return openChallenge(pool, attempt, openCodeChallenge(pool, attempt.account, name));
		}
	}
}

/** The name of the challenge for a second factor. */
export function factorChallenge(factor: MfaFactor): "SMS_MFA" | "EMAIL_OTP" | "SOFTWARE_TOKEN_MFA" {
	return FACTOR_CHALLENGES[factor.type];
}

/** The parameter that has the code; `undefined` for a challenge that requires none. */
export function codeParameter(challengeName: string): string | undefined {
	return CODE_PARAMETERS.get(challengeName);
}

/** Sends a code, and requires it. */
function openCodeChallenge(
	pool: PoolState,
	account: PoolAccount,
	name: "SMS_MFA" | "SMS_OTP" | "EMAIL_OTP",
	destination?: string,
): ChallengeOpening {
	const { code, delivery } = pool.outbox.send(account, name, name === "EMAIL_OTP" ? "EMAIL" : "SMS", destination);
	return {
		name,
		expect: code,
		parameters: {
			CODE_DELIVERY_DELIVERY_MEDIUM: delivery.DeliveryMedium,
			CODE_DELIVERY_DESTINATION: delivery.Destination,
			USER_ID_FOR_SRP: account.username,
		},
	};
}

/** Requires the second factor that was chosen in answer to `SELECT_MFA_TYPE`. */
export function openChosenFactor(pool: PoolState, account: PoolAccount, choice: string): ChallengeOpening {
	const factor = account.mfa.find((one) => factorChallenge(one) === choice);
	if (factor === undefined) throw new CognitoException("InvalidParameterException", "Invalid MFA type");
	return openFactor(pool, account, factor);
}

function openFactor(pool: PoolState, account: PoolAccount, factor: MfaFactor): ChallengeOpening {
	const name = factorChallenge(factor);
	if (name !== "SOFTWARE_TOKEN_MFA") {
		return openCodeChallenge(pool, account, name, factor.type === "TOTP" ? undefined : factor.destination);
	}
	return { name, parameters: { USER_ID_FOR_SRP: account.username } };
}

/** The challenge after the password; `undefined` where none is required. */
export function openSecondFactor(pool: PoolState, account: PoolAccount): ChallengeOpening | undefined {
	if (pool.settings.mfa === "OFF") return undefined;
	const [first, ...others] = account.mfa;
	if (first === undefined) {
		if (pool.settings.mfa === "OPTIONAL") return undefined;
		return {
			name: "MFA_SETUP",
			parameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]', USER_ID_FOR_SRP: account.username },
		};
	}
	const preferred = account.mfa.find((factor) => factor.preferred === true);
	if (preferred !== undefined || others.length === 0) return openFactor(pool, account, preferred ?? first);
	const choices = JSON.stringify(account.mfa.map(factorChallenge));
	return { name: "SELECT_MFA_TYPE", parameters: { MFAS_CAN_CHOOSE: choices, USER_ID_FOR_SRP: account.username } };
}

/** Rejects a wrong code and an authenticator code used before. After five wrong codes the session is used up. */
export function checkCode(pool: PoolState, challenge: PendingChallenge, session: string, code: string): void {
	try {
		if (challenge.name === "SOFTWARE_TOKEN_MFA") checkTotp(challenge.attempt.account, code, pool.now());
		else if (code !== challenge.expect) {
			throw new CognitoException("CodeMismatchException", "Invalid code or auth state for the user.");
		}
	} catch (error) {
		challenge.wrongAnswers += 1;
		if (challenge.wrongAnswers >= MAX_WRONG_CODES) pool.challenges.useUp(session);
		throw error;
	}
}

/** Rejects a code that the user's authenticator does not show, or that has been used. */
function checkTotp(account: PoolAccount, code: string, nowMs: number): void {
	const step = findTotpStep(account.totpSecret ?? "", code, nowMs);
	if (step === undefined) throw new CognitoException("CodeMismatchException", "Invalid code received for user");
	if (step <= account.lastTotpStep) {
		throw new CognitoException("ExpiredCodeException", "Your software token has already been used once.");
	}
	account.lastTotpStep = step;
}
