import type { ChallengeOpening } from "./challenge-sessions.ts";
import { CognitoException } from "./cognito-exception.ts";
import type { PoolState } from "./pool-state.ts";
import type { PendingChallenge } from "./sign-in-attempt.ts";
import { findTotpStep } from "./totp.ts";
import type { PoolAccount } from "./user-directory.ts";
import type { MfaFactor } from "./user-pool-options.ts";

const MOST_WRONG_CODES = 5;

/** The challenges that ask for a code, and where in the answer it is. */
const CODE_PARAMETERS = {
	SMS_MFA: "SMS_MFA_CODE",
	SMS_OTP: "SMS_OTP_CODE",
	EMAIL_OTP: "EMAIL_OTP_CODE",
	SOFTWARE_TOKEN_MFA: "SOFTWARE_TOKEN_MFA_CODE",
} as const;

const FACTOR_CHALLENGES = { SMS: "SMS_MFA", EMAIL: "EMAIL_OTP", TOTP: "SOFTWARE_TOKEN_MFA" } as const;

/** The name of the challenge that a second factor is asked for by. */
export function factorChallenge(factor: MfaFactor): "SMS_MFA" | "EMAIL_OTP" | "SOFTWARE_TOKEN_MFA" {
	return FACTOR_CHALLENGES[factor.type];
}

/** Where in the answer to a challenge the code is; `undefined` for a challenge that asks for no code. */
export function codeParameter(challengeName: string): string | undefined {
	return CODE_PARAMETERS[challengeName as keyof typeof CODE_PARAMETERS];
}

/** Sends a code and asks for it. */
export function openCodeChallenge(
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

/** Asks for the second factor that `SELECT_MFA_TYPE` was answered with. */
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

/** What the pool wants after the password: `undefined` where it is content. */
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

/** Refuses a wrong code, an authenticator code used before, and too much guessing. */
export function checkCode(pool: PoolState, challenge: PendingChallenge, session: string, code: string): void {
	try {
		if (challenge.name === "SOFTWARE_TOKEN_MFA") checkTotp(challenge.attempt.account, code, pool.now());
		else if (code !== challenge.expect) {
			throw new CognitoException("CodeMismatchException", "Invalid code or auth state for the user.");
		}
	} catch (error) {
		challenge.wrongAnswers += 1;
		if (challenge.wrongAnswers >= MOST_WRONG_CODES) pool.challenges.useUp(session);
		throw error;
	}
}

/** Refuses a code that the user's authenticator does not show, or that has been used. */
function checkTotp(account: PoolAccount, code: string, nowMs: number): void {
	const step = findTotpStep(account.totpSecret ?? "", code, nowMs);
	if (step === undefined) throw new CognitoException("CodeMismatchException", "Invalid code received for user");
	if (step <= account.lastTotpStep) {
		throw new CognitoException("ExpiredCodeException", "Your software token has already been used once.");
	}
	account.lastTotpStep = step;
}
