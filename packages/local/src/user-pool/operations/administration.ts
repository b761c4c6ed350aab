import { factorChallenge } from "../challenges.ts";
import { CognitoException } from "../cognito-exception.ts";
import { forgetWrongPasswords } from "../password-proof.ts";
import type { PoolState } from "../pool-state.ts";
import {
	checkPasswordPolicy,
	inputAttributes,
	inputString,
	type OperationInput,
	type PoolOperation,
} from "../request.ts";
import { adminInitiateAuth, respondToAuthChallenge } from "../sign-in.ts";
import type { PoolAccount } from "../user-directory.ts";
import { filterOf } from "./filter.ts";
import { pageOf } from "./pages.ts";

const USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;
const TEMPORARY_PASSWORD_BYTES = 9;

/** The user that an operation names. @throws CognitoException `UserNotFoundException`. */
export function namedUser(pool: PoolState, input: OperationInput): PoolAccount {
	return pool.users.get(inputString(input, "Username"));
}

/** A user as lists and `AdminCreateUser` describe it. */
export function describeUser(account: PoolAccount, only?: readonly string[]): Record<string, unknown> {
	const attributes = [["sub", account.sub], ...account.attributes].map(([Name, Value]) => ({ Name, Value }));
	return {
		Username: account.username,
		Attributes: only === undefined ? attributes : attributes.filter(({ Name }) => only.includes(String(Name))),
		UserCreateDate: account.createdMs / 1000,
		UserLastModifiedDate: (account.modifiedMs ?? account.createdMs) / 1000,
		Enabled: !account.disabled,
		UserStatus: account.status,
	};
}

/** Removes a user from the pool and its groups. */
export function removeUser(pool: PoolState, { username }: PoolAccount): void {
	pool.groups.forget(username);
	pool.users.remove(username);
}

function changed(pool: PoolState, account: PoolAccount): Record<string, never> {
	account.modifiedMs = pool.now();
	return {};
}

/** The attributes of an input that an administrator may set: all but `sub`. */
function settableAttributes(input: OperationInput): [string, string][] {
	const attributes = inputAttributes(input);
	if (attributes.some(([name]) => name === "sub")) {
		throw new CognitoException("InvalidParameterException", "user.sub: Attribute cannot be updated.");
	}
	return attributes;
}

/** Sends a temporary password, unless the user has no address for it. */
function invite(pool: PoolState, account: PoolAccount, password: string, input: OperationInput): void {
	const media = (input.DesiredDeliveryMediums ?? ["SMS"]) as readonly string[];
	for (const medium of ["SMS", "EMAIL"] as const) {
		const attribute = medium === "SMS" ? "phone_number" : "email";
		if (media.includes(medium) && account.attributes.has(attribute)) {
			pool.outbox.send(account, "AdminCreateUser", medium, undefined, password);
		}
	}
}

/** The operations of an administrator on users. Their requests are signed with AWS credentials. */
export const ADMINISTRATION_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	AdminInitiateAuth: adminInitiateAuth,
	AdminRespondToAuthChallenge: respondToAuthChallenge,

	AdminCreateUser(pool, input) {
		const username = inputString(input, "Username");
		if (!USERNAME.test(username)) {
			throw new CognitoException(
				"InvalidParameterException",
				`1 validation error detected: Value '${username}' at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+`,
			);
		}
		const generated = `${pool.random.opaque(TEMPORARY_PASSWORD_BYTES)}aA1!`;
		const password = typeof input.TemporaryPassword === "string" ? input.TemporaryPassword : generated;
		checkPasswordPolicy(password);
		const attributes = settableAttributes(input);
		const existing = pool.users.find(username);
		const isAgain = input.MessageAction === "RESEND";
		if (isAgain && existing === undefined) throw new CognitoException("UserNotFoundException", "User does not exist.");
		if (isAgain && existing?.status !== "FORCE_CHANGE_PASSWORD") {
			throw new CognitoException(
				"UnsupportedUserStateException",
				`Resend not possible. ${username} status is not FORCE_CHANGE_PASSWORD`,
			);
		}
		if (!isAgain && existing !== undefined) {
			throw new CognitoException("UsernameExistsException", "User account already exists");
		}
		const status = "FORCE_CHANGE_PASSWORD";
		const user = { username, password, attributes: Object.fromEntries(attributes), status } as const;
		const account = existing ?? pool.users.add(user, pool.now());
		if (existing !== undefined) pool.users.setPassword(existing, password);
		if (input.MessageAction !== "SUPPRESS") invite(pool, account, password, input);
		return { User: describeUser(account) };
	},

	AdminSetUserPassword(pool, input) {
		const account = namedUser(pool, input);
		const password = inputString(input, "Password");
		checkPasswordPolicy(password);
		pool.users.setPassword(account, password);
		account.status = input.Permanent === true ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
		forgetWrongPasswords(account);
		return changed(pool, account);
	},

	AdminGetUser(pool, input) {
		const account = namedUser(pool, input);
		const { Attributes, ...user } = describeUser(account);
		const preferred = account.mfa.find((factor) => factor.preferred === true);
		return {
			...user,
			UserAttributes: Attributes,
			...(account.mfa.length > 0 && { UserMFASettingList: account.mfa.map(factorChallenge) }),
			...(preferred !== undefined && { PreferredMfaSetting: factorChallenge(preferred) }),
		};
	},

	ListUsers(pool, input) {
		const matches = filterOf(typeof input.Filter === "string" ? input.Filter : "");
		const all = [...pool.users.all()].filter(matches);
		const { items, next } = pageOf(all, ({ username }) => username, input.Limit, input.PaginationToken);
		const only = input.AttributesToGet as readonly string[] | undefined;
		return {
			Users: items.map((account) => describeUser(account, only)),
			...(next !== undefined && { PaginationToken: next }),
		};
	},

	AdminUpdateUserAttributes(pool, input) {
		const account = namedUser(pool, input);
		for (const [name, value] of settableAttributes(input)) account.attributes.set(name, value);
		return changed(pool, account);
	},

	AdminDeleteUserAttributes(pool, input) {
		const account = namedUser(pool, input);
		for (const name of (input.UserAttributeNames ?? []) as readonly string[]) account.attributes.delete(name);
		return changed(pool, account);
	},

	AdminConfirmSignUp(pool, input) {
		const account = namedUser(pool, input);
		if (account.status !== "UNCONFIRMED") {
			throw new CognitoException(
				"NotAuthorizedException",
				`User cannot be confirmed. Current status is ${account.status}`,
			);
		}
		account.status = "CONFIRMED";
		return changed(pool, account);
	},

	AdminResetUserPassword(pool, input) {
		const account = namedUser(pool, input);
		account.status = "RESET_REQUIRED";
		pool.codes.send(account, "ForgotPassword");
		return changed(pool, account);
	},

	AdminUserGlobalSignOut(pool, input) {
		pool.grants.revokeUser(namedUser(pool, input).username);
		return {};
	},

	AdminDisableUser(pool, input) {
		const account = namedUser(pool, input);
		account.disabled = true;
		pool.grants.revokeUser(account.username);
		return changed(pool, account);
	},

	AdminEnableUser(pool, input) {
		const account = namedUser(pool, input);
		account.disabled = false;
		return changed(pool, account);
	},

	AdminDeleteUser(pool, input) {
		const account = namedUser(pool, input);
		pool.grants.revokeUser(account.username);
		removeUser(pool, account);
		return {};
	},
};
