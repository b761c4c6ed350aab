import { CognitoException } from "./cognito-exception.ts";
import type { PoolAccount } from "./user-directory.ts";

const FREE_FAILURES = 4;
const LONGEST_MS = 15 * 60_000;

/** Throws while the account is locked for wrong passwords. Trying meanwhile makes it no longer. */
export function checkLockout({ failures }: PoolAccount, nowMs: number): void {
	if (nowMs < failures.lockedUntilMs) {
		throw new CognitoException("NotAuthorizedException", "Password attempts exceeded");
	}
}

/** Counts a wrong password: from the fifth on, the account is locked for 1 s, 2 s, 4 s and so on up to 15 min. */
export function countWrongPassword({ failures }: PoolAccount, nowMs: number): void {
	if (nowMs - failures.lastMs > LONGEST_MS) failures.count = 0;
	failures.count += 1;
	failures.lastMs = nowMs;
	const past = failures.count - FREE_FAILURES;
	if (past > 0) failures.lockedUntilMs = nowMs + Math.min(1000 * 2 ** (past - 1), LONGEST_MS);
}

/** Forgets the wrong passwords of an account. */
export function forgetWrongPasswords({ failures }: PoolAccount): void {
	failures.count = 0;
	failures.lockedUntilMs = 0;
}
