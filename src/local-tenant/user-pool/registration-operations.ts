import { inputAttributes } from "./account-operations.ts";
import { checkClientId, checkSecretHash } from "./app-client.ts";
import { CognitoException } from "./cognito-exception.ts";
import { forgetWrongPasswords } from "./lockout.ts";
import { inputString, type OperationInput } from "./operation-input.ts";
import { checkPasswordPolicy } from "./password-policy.ts";
import type { Operation, PoolState } from "./pool-state.ts";
import type { PoolAccount } from "./user-directory.ts";

/** The user name of an operation that comes without a token, after what can be checked of the client. */
function inputUsername({ settings }: PoolState, input: OperationInput): string {
	checkClientId(settings, input.ClientId);
	const username = inputString(input, "Username");
	checkSecretHash(settings, input.SecretHash, username);
	return username;
}

/** The user that such an operation is about; `undefined` where the pool must not tell that there is none. */
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

/** What Cognito answers about a code for a user who does not exist, and may not be seen not to. */
const DECOY_DELIVERY = { DeliveryMedium: "EMAIL", Destination: "u***@e***", AttributeName: "email" };

/** How a user comes to be, and how it gets back in without its password. */
export const REGISTRATION_OPERATIONS: Readonly<Record<string, Operation>> = {
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
