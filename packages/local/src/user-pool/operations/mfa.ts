import { toBase32 } from "../../base32.ts";
import { findChallenge, openChallenge } from "../challenges.ts";
import { CognitoException } from "../cognito-exception.ts";
import type { PendingChallenge, PoolState } from "../pool-state.ts";
import { inputString, type OperationInput, type PoolOperation, signedInUser } from "../request.ts";
import { findTotpStep } from "../totp.ts";
import type { PoolAccount } from "../user-directory.ts";
import type { MfaFactor } from "../user-pool-options.ts";

const SECRET_BYTES = 32;

/** The owner of the authenticator app: the signed-in user, or one that has to set it up during a sign-in. */
async function findOwner(
	pool: PoolState,
	input: OperationInput,
): Promise<{ account: PoolAccount; challenge?: PendingChallenge }> {
	if (typeof input.Session !== "string") return signedInUser(pool, input);
	const challenge = findChallenge(pool, input.Session, "MFA_SETUP");
	return { account: challenge.attempt.account, challenge };
}

/** The next `Session` of a sign-in that sets up an authenticator app. */
function nextSession(
	pool: PoolState,
	input: OperationInput,
	challenge: PendingChallenge | undefined,
	expect?: "verified",
): Record<string, unknown> {
	if (challenge === undefined) return {};
	pool.challenges.useUp(String(input.Session));
	const opening = { name: "MFA_SETUP", parameters: {}, ...(expect === undefined ? {} : { expect }) };
	return { Session: openChallenge(pool, challenge.attempt, opening).Session };
}

function preference(input: OperationInput, name: string): { Enabled?: unknown; PreferredMfa?: unknown } | undefined {
	const value = input[name];
	return typeof value === "object" && value !== null ? value : undefined;
}

/** The factor of one type as the user prefers it; `undefined` for none. */
function preferredFactor(
	account: PoolAccount,
	type: MfaFactor["type"],
	wanted: { Enabled?: unknown; PreferredMfa?: unknown } | undefined,
): MfaFactor | undefined {
	const present = account.mfa.find((factor) => factor.type === type);
	if (wanted === undefined) return present;
	if (wanted.Enabled !== true) return undefined;
	const preferred = wanted.PreferredMfa === true;
	if (type !== "TOTP") return { ...(present?.type === type ? present : {}), type, preferred };
	if (account.totpSecret === undefined) {
		throw new CognitoException("InvalidParameterException", "User has not verified software token mfa");
	}
	return { type, secret: account.totpSecret, preferred };
}

/** How a user sets up second factors. */
export const MFA_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	async AssociateSoftwareToken(pool, input) {
		const { account, challenge } = await findOwner(pool, input);
		const secret = toBase32(pool.random.bytes(SECRET_BYTES));
		account.pendingTotpSecret = secret;
		return { SecretCode: secret, ...nextSession(pool, input, challenge) };
	},

	async VerifySoftwareToken(pool, input) {
		const { account, challenge } = await findOwner(pool, input);
		const secret = account.pendingTotpSecret;
		if (secret === undefined) {
			throw new CognitoException("SoftwareTokenMFANotFoundException", "Software token TOTP has not been associated");
		}
		const step = findTotpStep(secret, inputString(input, "UserCode"), pool.now());
		if (step === undefined) throw new CognitoException("EnableSoftwareTokenMFAException", "Code mismatch");
		account.totpSecret = secret;
		account.lastTotpStep = step;
		account.pendingTotpSecret = undefined;
		const isEnabled = account.mfa.some(({ type }) => type === "TOTP");
		if (challenge !== undefined || isEnabled) {
			const others = account.mfa.filter(({ type }) => type !== "TOTP");
			account.mfa = [...others, { type: "TOTP", secret }];
		}
		return { Status: "SUCCESS", ...nextSession(pool, input, challenge, "verified") };
	},

	async SetUserMFAPreference(pool, input) {
		const { account } = await signedInUser(pool, input);
		const factors = [
			preferredFactor(account, "SMS", preference(input, "SMSMfaSettings")),
			preferredFactor(account, "TOTP", preference(input, "SoftwareTokenMfaSettings")),
			preferredFactor(account, "EMAIL", preference(input, "EmailMfaSettings")),
		].filter((factor) => factor !== undefined);
		if (factors.filter(({ preferred }) => preferred === true).length > 1) {
			throw new CognitoException("InvalidParameterException", "Only one MFA type can be preferred");
		}
		account.mfa = factors;
		return {};
	},
};
