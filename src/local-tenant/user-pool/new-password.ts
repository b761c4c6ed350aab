import type { ChallengeOpening } from "./challenge-sessions.ts";
import { CognitoException } from "./cognito-exception.ts";
import { type ParameterMap, parameter } from "./operation-input.ts";
import { checkPasswordPolicy } from "./password-policy.ts";
import type { PoolState } from "./pool-state.ts";
import type { PoolAccount } from "./user-directory.ts";

const PREFIX = "userAttributes.";

/** Asks for a password in place of the temporary one, and for what the pool requires of a user and does not have. */
export function openNewPassword(pool: PoolState, { username, attributes }: PoolAccount): ChallengeOpening {
	return {
		name: "NEW_PASSWORD_REQUIRED",
		parameters: {
			USER_ID_FOR_SRP: username,
			requiredAttributes: JSON.stringify(missingAttributes(pool, attributes).map((name) => `${PREFIX}${name}`)),
			userAttributes: JSON.stringify(Object.fromEntries(attributes)),
		},
	};
}

/** Takes them. */
export function takeNewPassword(pool: PoolState, account: PoolAccount, responses: ParameterMap): void {
	const password = parameter(responses, "NEW_PASSWORD");
	checkPasswordPolicy(password);
	const given = Object.entries(responses).flatMap(([name, value]) =>
		name.startsWith(PREFIX) && value ? [[name.slice(PREFIX.length), value] as const] : [],
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
