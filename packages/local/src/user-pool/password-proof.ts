import {
	CognitoException,
	invalidSession,
	noSuchDevice,
	sessionExpired,
	wrongCredentials,
} from "./cognito-exception.ts";
import type { PendingProof, PoolState, SignInAttempt } from "./pool-state.ts";
import { inputMap, type OperationInput, parameter } from "./request.ts";
import { checkTimestamp } from "./srp-timestamp.ts";
import type { Device, PoolAccount } from "./user-directory.ts";

const SECRET_BLOCK_BYTES = 96;

/** Reads `SRP_A`. */
function readSrpA(value: string): bigint {
	if (/^[0-9a-f]{1,1536}$/i.test(value)) return BigInt(`0x${value}`);
	throw new CognitoException("InvalidParameterException", "SRP_A must be a hexadecimal number");
}

function begin(
	pool: PoolState,
	srpA: string,
	waiting: Omit<PendingProof, "exchange">,
	verifier: { readonly salt: bigint; readonly v: bigint },
): Record<string, unknown> {
	const exchange = pool.srp.begin(readSrpA(srpA), verifier.v, pool.random.integer(32));
	if (exchange === undefined) throw new CognitoException("InvalidParameterException", "SRP_A must not be 0 modulo N");
	const secretBlock = pool.random.bytes(SECRET_BLOCK_BYTES).toString("base64");
	pool.proofs.put(secretBlock, { ...waiting, exchange });
	const { username } = waiting.attempt.account;
	return {
		ChallengeName: waiting.challenge,
		ChallengeParameters: {
			SALT: verifier.salt.toString(16),
			SRP_B: exchange.B.toString(16),
			SECRET_BLOCK: secretBlock,
			USERNAME: username,
			...(waiting.challenge === "PASSWORD_VERIFIER" ? { USER_ID_FOR_SRP: username } : { DEVICE_KEY: waiting.name }),
		},
		...(waiting.session === undefined ? {} : { Session: waiting.session }),
	};
}

/** Requests the proof of the user's password. Only `USER_AUTH` has a `Session` here. */
export function beginPasswordProof(pool: PoolState, attempt: SignInAttempt, srpA: string): Record<string, unknown> {
	const { username, verifier } = attempt.account;
	const session = attempt.flow === "USER_AUTH" ? pool.random.opaque(96) : undefined;
	return begin(
		pool,
		srpA,
		{ challenge: "PASSWORD_VERIFIER", attempt, group: pool.settings.poolName, name: username, session },
		verifier,
	);
}

/** Requests the proof of the password that a remembered device generated for itself. */
export function beginDeviceProof(
	pool: PoolState,
	attempt: SignInAttempt,
	device: Device,
	srpA: string,
): Record<string, unknown> {
	if (device.verifier === undefined) throw noSuchDevice();
	return begin(
		pool,
		srpA,
		{
			challenge: "DEVICE_PASSWORD_VERIFIER",
			attempt,
			group: device.groupKey,
			name: device.key,
			session: pool.random.opaque(96),
		},
		device.verifier,
	);
}

/** Finds the exchange that a proof belongs to, without checking the proof. */
export function findProof(pool: PoolState, input: OperationInput): PendingProof {
	const found = pool.proofs.find(parameter(inputMap(input, "ChallengeResponses"), "PASSWORD_CLAIM_SECRET_BLOCK"));
	if (found.state === "expired") throw sessionExpired();
	if (found.state !== "live" || found.value.challenge !== input.ChallengeName) throw wrongCredentials();
	const { challenge, session } = found.value;
	// The device's own proof may come without, as in AWS's own sample: the secret block names it as well.
	const isSession =
		input.Session === session || (challenge === "DEVICE_PASSWORD_VERIFIER" && input.Session === undefined);
	if (session !== undefined && !isSession) throw invalidSession();
	return found.value;
}

/** Checks the proof, once. Wrong ones count towards the lockout. */
export function checkProof(
	pool: PoolState,
	{ attempt, exchange, group, name }: PendingProof,
	input: OperationInput,
): void {
	const responses = inputMap(input, "ChallengeResponses");
	const secretBlock = parameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK");
	const signature = parameter(responses, "PASSWORD_CLAIM_SIGNATURE");
	const timestamp = parameter(responses, "TIMESTAMP");
	const isLocking = pool.settings.passwordAttemptsLock ?? true;
	pool.proofs.useUp(secretBlock);
	if (isLocking) checkLockout(attempt.account, pool.now());
	checkTimestamp(timestamp, pool.now());
	if (!pool.srp.isProven(exchange, { group, name, secretBlock, timestamp, signature })) {
		countWrongPassword(attempt.account, pool.now());
		throw wrongCredentials();
	}
	forgetWrongPasswords(attempt.account);
}

/** Checks a password that was sent in clear. Wrong ones count towards the lockout. */
export function checkPassword(pool: PoolState, { account }: SignInAttempt, password: string): void {
	if (pool.settings.passwordAttemptsLock ?? true) checkLockout(account, pool.now());
	if (!pool.users.isPassword(account, password)) {
		countWrongPassword(account, pool.now());
		throw wrongCredentials();
	}
	forgetWrongPasswords(account);
}

const FREE_ATTEMPTS = 4;
const MAX_LOCKOUT_MS = 15 * 60_000;

/** Throws while the account is locked for wrong passwords. Attempts during the lockout do not extend it. */
export function checkLockout({ failures }: PoolAccount, nowMs: number): void {
	if (nowMs < failures.lockedUntilMs) {
		throw new CognitoException("NotAuthorizedException", "Password attempts exceeded");
	}
}

/** Counts a wrong password: from the fifth on, the account is locked for 1 s, 2 s, 4 s and so on up to 15 min. */
export function countWrongPassword({ failures }: PoolAccount, nowMs: number): void {
	if (nowMs - failures.lastMs > MAX_LOCKOUT_MS) failures.count = 0;
	failures.count += 1;
	failures.lastMs = nowMs;
	const past = failures.count - FREE_ATTEMPTS;
	if (past > 0) failures.lockedUntilMs = nowMs + Math.min(1000 * 2 ** (past - 1), MAX_LOCKOUT_MS);
}

/** Forgets the wrong passwords of an account. */
export function forgetWrongPasswords({ failures }: PoolAccount): void {
	failures.count = 0;
	failures.lockedUntilMs = 0;
}
