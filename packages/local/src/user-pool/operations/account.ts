import { factorChallenge } from "../challenges.ts";
import { CognitoException, wrongCredentials } from "../cognito-exception.ts";
import { checkLockout, countWrongPassword, forgetWrongPasswords } from "../password-proof.ts";
import type { PoolState } from "../pool-state.ts";
import {
	checkClientId,
	checkClientSecret,
	checkPasswordPolicy,
	checkSecretHash,
	inputAttributes,
	inputString,
	type OperationInput,
	type PoolOperation,
	signedInUser,
} from "../request.ts";
import type { PoolAccount } from "../user-directory.ts";
import { removeUser } from "./administration.ts";

function verifiable(input: OperationInput): "email" | "phone_number" {
	const name = inputString(input, "AttributeName");
	if (name === "email" || name === "phone_number") return name;
	throw new CognitoException("InvalidParameterException", `Attribute ${name} cannot be verified`);
}

/** What a user does with its own account and access token, and how it signs out. */
export const ACCOUNT_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
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
		removeUser(pool, account);
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

/** The user name of an operation without a token, after a check of the app client. */
function inputUsername({ settings }: PoolState, input: OperationInput): string {
	checkClientId(settings, input.ClientId);
	const username = inputString(input, "Username");
	checkSecretHash(settings, input.SecretHash, username);
	return username;
}

/** The user of such an operation; `undefined` where there is none and the pool hides it. */
function findUser(pool: PoolState, input: OperationInput): PoolAccount | undefined {
	const account = pool.users.find(inputUsername(pool, input));
	if (account === undefined && pool.settings.preventUserExistenceErrors !== "ENABLED") {
		throw new CognitoException("UserNotFoundException", "Username/client id combination not found.");
	}
	if (account?.disabled) throw new CognitoException("NotAuthorizedException", "User is disabled.");
	return account;
}

function invalidCode(): CognitoException {
	return new CognitoException("CodeMismatchException", "Invalid verification code provided, please try again.");
}

/** Cognito's delivery details for a user that does not exist, in pools that hide it. */
const DECOY_DELIVERY = { DeliveryMedium: "EMAIL", Destination: "u***@e***", AttributeName: "email" };

/** How a user registers, and how it gets a new password without the old one. */
export const REGISTRATION_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	SignUp(pool, input) {
		const username = inputUsername(pool, input);
		const password = inputString(input, "Password");
		checkPasswordPolicy(password);
		if (pool.users.find(username) !== undefined) {
			throw new CognitoException("UsernameExistsException", "User already exists");
		}
		const attributes = Object.fromEntries(inputAttributes(input));
		const account = pool.users.add({ username, password, attributes, status: "UNCONFIRMED" }, pool.now());
		const CodeDeliveryDetails = pool.codes.send(account, "SignUp");
		return { UserConfirmed: false, UserSub: account.sub, CodeDeliveryDetails };
	},

	ConfirmSignUp(pool, input) {
		const account = findUser(pool, input);
		const code = inputString(input, "ConfirmationCode");
		if (account === undefined) throw invalidCode();
		if (account.status !== "UNCONFIRMED") {
			throw new CognitoException(
				"NotAuthorizedException",
				`User cannot be confirmed. Current status is ${account.status}`,
			);
		}
		pool.codes.take(account, "SignUp", code);
		account.status = "CONFIRMED";
		const verified = account.attributes.has("email") ? "email" : "phone_number";
		if (account.attributes.has(verified)) account.attributes.set(`${verified}_verified`, "true");
		return {};
	},

	ResendConfirmationCode(pool, input) {
		const account = findUser(pool, input);
		if (account === undefined) return { CodeDeliveryDetails: DECOY_DELIVERY };
		if (account.status !== "UNCONFIRMED") {
			throw new CognitoException("InvalidParameterException", "User is already confirmed.");
		}
		return { CodeDeliveryDetails: pool.codes.send(account, "SignUp") };
	},

	ForgotPassword(pool, input) {
		const account = findUser(pool, input);
		return { CodeDeliveryDetails: account === undefined ? DECOY_DELIVERY : pool.codes.send(account, "ForgotPassword") };
	},

	ConfirmForgotPassword(pool, input) {
		const account = findUser(pool, input);
		const code = inputString(input, "ConfirmationCode");
		const password = inputString(input, "Password");
		checkPasswordPolicy(password);
		if (account === undefined) throw invalidCode();
		pool.codes.take(account, "ForgotPassword", code);
		pool.users.setPassword(account, password);
		account.status = "CONFIRMED";
		forgetWrongPasswords(account);
		return {};
	},
};
