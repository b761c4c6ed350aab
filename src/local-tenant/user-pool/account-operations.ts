import { checkClientId, checkClientSecret } from "./app-client.ts";
import { CognitoException, wrongCredentials } from "./cognito-exception.ts";
import { checkLockout, countWrongPassword, forgetWrongPasswords } from "./lockout.ts";
import { inputString, type OperationInput } from "./operation-input.ts";
import { checkPasswordPolicy } from "./password-policy.ts";
import type { Operation } from "./pool-state.ts";
import { factorChallenge } from "./second-factor.ts";
import { signedInUser } from "./signed-in-user.ts";

function verifiable(input: OperationInput): "email" | "phone_number" {
	const name = inputString(input, "AttributeName");
	if (name === "email" || name === "phone_number") return name;
	throw new CognitoException("InvalidParameterException", `Attribute ${name} cannot be verified`);
}

/** `UserAttributes` of an input, as names and values. */
export function inputAttributes(input: OperationInput): [string, string][] {
	const list = (input.UserAttributes ?? []) as readonly { readonly Name: string; readonly Value?: string | null }[];
	return list.map(({ Name, Value }) => [Name, Value ?? ""]);
}

/** What a user does about its own account, with its access token, and how it signs out. */
export const ACCOUNT_OPERATIONS: Readonly<Record<string, Operation>> = {
	async GetUser(pool, input) {
		const { account } = await signedInUser(pool, input);
		const attributes = [["sub", account.sub], ...account.attributes];
		const preferred = account.mfa.find((factor) => factor.preferred === true);
		return {
			Username: account.username,
			UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
			...(account.mfa.length === 0 ? {} : { UserMFASettingList: account.mfa.map(factorChallenge) }),
			...(preferred === undefined ? {} : { PreferredMfaSetting: factorChallenge(preferred) }),
		};
	},

	async UpdateUserAttributes(pool, input) {
		const { account } = await signedInUser(pool, input);
		const deliveries = inputAttributes(input).flatMap(([name, value]) => {
			if (name === "sub" || name.endsWith("_verified")) {
				throw new CognitoException("NotAuthorizedException", "A client attempted to write unauthorized attribute");
			}
			account.attributes.set(name, value);
			if (name !== "email" && name !== "phone_number") return [];
			account.attributes.set(`${name}_verified`, "false");
			return [pool.codes.send(account, name)];
		});
		return { CodeDeliveryDetailsList: deliveries };
	},

	async DeleteUserAttributes(pool, input) {
		const { account } = await signedInUser(pool, input);
		for (const name of (input.UserAttributeNames ?? []) as readonly string[]) account.attributes.delete(name);
		return {};
	},

	async GetUserAttributeVerificationCode(pool, input) {
		const { account } = await signedInUser(pool, input);
		return { CodeDeliveryDetails: pool.codes.send(account, verifiable(input)) };
	},

	async VerifyUserAttribute(pool, input) {
		const { account } = await signedInUser(pool, input);
		const name = verifiable(input);
		pool.codes.take(account, name, inputString(input, "Code"));
		account.attributes.set(`${name}_verified`, "true");
		return {};
	},

	async ChangePassword(pool, input) {
		const { account } = await signedInUser(pool, input);
		const isLocking = pool.settings.passwordAttemptsLock ?? true;
		if (isLocking) checkLockout(account, pool.now());
		if (!pool.users.isPassword(account, inputString(input, "PreviousPassword"))) {
			countWrongPassword(account, pool.now());
			throw wrongCredentials();
		}
		forgetWrongPasswords(account);
		const password = inputString(input, "ProposedPassword");
		checkPasswordPolicy(password);
		pool.users.setPassword(account, password);
		return {};
	},

	async DeleteUser(pool, input) {
		const { account } = await signedInUser(pool, input);
		pool.grants.revokeUser(account.username);
		pool.users.remove(account.username);
		return {};
	},

	async GlobalSignOut(pool, input) {
		const { account } = await signedInUser(pool, input);
		pool.grants.revokeUser(account.username);
		return {};
	},

	RevokeToken(pool, input) {
		checkClientId(pool.settings, input.ClientId);
		checkClientSecret(pool.settings, input.ClientSecret);
		const token = inputString(input, "Token");
		if (token.split(".").length === 3) {
			throw new CognitoException("UnsupportedTokenTypeException", "Unsupported token type");
		}
		pool.grants.revoke(token);
		return {};
	},
};
