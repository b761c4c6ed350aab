import { describe, expect, test } from "@jest/globals";
import { totpCode } from "../../src/user-pool/totp.ts";
import type { PoolUser, UserPoolOptions } from "../../src/user-pool/user-pool-options.ts";
import { type Outcome, PASSWORD, poolWithBob, summary, tokensOf } from "./pool-sign-in.ts";

const NEW_PASSWORD = "a better one";

async function bobInPool(options: UserPoolOptions = {}, bob: Partial<PoolUser> = {}) {
	const made = await poolWithBob({ authFlows: ["USER_PASSWORD_AUTH"], ...options }, bob);
	const signIn = (password = PASSWORD, USERNAME = "Bob"): Promise<Outcome> =>
		made.call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD: password } });
	const lastCode = (): string => made.pool.sentCodes.at(-1)?.code ?? "";
	const wrongCode = (): string => String((Number(lastCode()) + 1) % 1_000_000).padStart(6, "0");
	return { ...made, signIn, lastCode, wrongCode };
}

async function signedInBob(options: UserPoolOptions = {}, bob: Partial<PoolUser> = {}) {
	const made = await bobInPool(options, bob);
	const { AccessToken, IdToken } = tokensOf(await made.signIn());
	const asBob = (operation: string, input: Record<string, unknown> = {}): Promise<Outcome> =>
		made.call(operation, { AccessToken, ...input });
	return { ...made, asBob, AccessToken, IdToken };
}

const MISMATCH = "CodeMismatchException: Invalid verification code provided, please try again.";
const EXPIRED = "ExpiredCodeException: Invalid code provided, please request a code again.";

test("GetUser requires a valid access token of an enabled user", async () => {
	const { pool, clock, asBob, IdToken } = await signedInBob();
	const getUser = async (token: unknown): Promise<string> => summary(await asBob("GetUser", { AccessToken: token }));
	const invalid = "NotAuthorizedException: Invalid Access Token";
	expect(await getUser(undefined)).toMatch(/^InvalidParameterException: 1 validation error detected/);
	expect(await getUser("made-up")).toBe(invalid);
	expect(await getUser(IdToken)).toBe(invalid);
	pool.disableUser("Bob");
	expect(summary(await asBob("GetUser"))).toBe("NotAuthorizedException: User is disabled.");
	clock.forward(3600);
	expect(summary(await asBob("GetUser"))).toBe("NotAuthorizedException: Access Token has expired");
});

test("a user reads, writes and verifies its attributes, and cannot mark them as verified itself", async () => {
	const { asBob, pool, lastCode, wrongCode } = await signedInBob({}, { sub: "s-1", attributes: { name: "Bob" } });
	const attributes = async (): Promise<unknown> => {
		const { UserAttributes } = await asBob("GetUser");
		return Object.fromEntries(
			(UserAttributes as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value]),
		);
	};
	const update = (Name: string, Value: string): Promise<Outcome> =>
		asBob("UpdateUserAttributes", { UserAttributes: [{ Name, Value }] });
	expect(await update("name", "Robert")).toEqual({ CodeDeliveryDetailsList: [] });
	expect(await update("email", "bob@example.com")).toEqual({
		CodeDeliveryDetailsList: [{ AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "b***@e***" }],
	});
	expect(summary(await update("email_verified", "true"))).toMatch(/^NotAuthorizedException/);
	expect(pool.sentCodes).toMatchObject([{ username: "Bob", kind: "email", destination: "bob@example.com" }]);
	const verify = (Code: string): Promise<Outcome> => asBob("VerifyUserAttribute", { AttributeName: "email", Code });
	expect(summary(await verify(wrongCode()))).toBe(MISMATCH);
	await asBob("GetUserAttributeVerificationCode", { AttributeName: "email" });
	expect(await verify(lastCode())).toEqual({});
	expect(summary(await verify(lastCode()))).toBe(EXPIRED);
	const now = { sub: "s-1", name: "Robert", email: "bob@example.com", email_verified: "true" };
	expect(await attributes()).toEqual(now);
	await asBob("DeleteUserAttributes", { UserAttributeNames: ["name"] });
	expect(await attributes()).not.toHaveProperty("name");
});

test("ChangePassword requires the previous password", async () => {
	const { asBob, signIn } = await signedInBob();
	const change = async (PreviousPassword: string, ProposedPassword: string): Promise<Outcome> =>
		asBob("ChangePassword", { PreviousPassword, ProposedPassword });
	expect(summary(await change("wrong", NEW_PASSWORD))).toBe("NotAuthorizedException: Incorrect username or password.");
	expect(summary(await change(PASSWORD, "short"))).toMatch(/^InvalidPasswordException/);
	expect(await change(PASSWORD, NEW_PASSWORD)).toEqual({});
	expect(summary(await signIn())).toMatch(/^NotAuthorizedException/);
	expect(summary(await signIn(NEW_PASSWORD))).toBe("tokens");
});

test("a user sets up an authenticator app, prefers it, and disables it", async () => {
	const { asBob, clock, signIn } = await signedInBob();
	const prefer = (Enabled: boolean): Promise<Outcome> =>
		asBob("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled, PreferredMfa: Enabled } });
	expect(summary(await prefer(true))).toBe("InvalidParameterException: User has not verified software token mfa");
	expect(summary(await asBob("VerifySoftwareToken", { UserCode: "000000" }))).toMatch(/^SoftwareTokenMFANotFound/);
	const { SecretCode } = await asBob("AssociateSoftwareToken");
	const UserCode = totpCode(String(SecretCode), Math.floor(clock.now() / 30_000));
	expect(await asBob("VerifySoftwareToken", { UserCode })).toEqual({ Status: "SUCCESS" });
	expect(summary(await signIn())).toBe("tokens");
	await prefer(true);
	expect(await asBob("GetUser")).toMatchObject({
		UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
		PreferredMfaSetting: "SOFTWARE_TOKEN_MFA",
	});
	expect(summary(await signIn())).toBe("SOFTWARE_TOKEN_MFA");
	await prefer(false);
	expect(summary(await signIn())).toBe("tokens");
});

test("DeleteUser deletes the signed-in user", async () => {
	const { asBob, signIn } = await signedInBob();
	expect(await asBob("DeleteUser")).toEqual({});
	expect(summary(await signIn())).toBe("UserNotFoundException: User does not exist.");
});

describe("a forgotten password", () => {
	test("a forgotten password is replaced with a code that is valid for an hour, which also ends RESET_REQUIRED", async () => {
		const { pool, clock, call, signIn, lastCode, wrongCode } = await bobInPool({}, { status: "RESET_REQUIRED" });
		const confirm = async (ConfirmationCode: string): Promise<Outcome> =>
			call("ConfirmForgotPassword", { Username: "bob", ConfirmationCode, Password: NEW_PASSWORD });
		expect(summary(await confirm("000000"))).toBe(EXPIRED);
		await call("ForgotPassword", { Username: "Bob" });
		clock.forward(3600);
		expect(summary(await confirm(lastCode()))).toBe(EXPIRED);
		await call("ForgotPassword", { Username: "Bob" });
		expect(pool.sentCodes).toHaveLength(2);
		expect(summary(await confirm(wrongCode()))).toBe(MISMATCH);
		expect(await confirm(lastCode())).toEqual({});
		expect(summary(await signIn(NEW_PASSWORD))).toBe("tokens");
	});

	test("ForgotPassword of an unknown user fails, or seems to send a code where the pool hides who exists", async () => {
		const open = await bobInPool();
		expect(summary(await open.call("ForgotPassword", { Username: "nobody" }))).toMatch(/^UserNotFoundException/);
		const hiding = await bobInPool({ preventUserExistenceErrors: "ENABLED" });
		expect(await hiding.call("ForgotPassword", { Username: "nobody" })).toHaveProperty("CodeDeliveryDetails");
		expect(hiding.pool.sentCodes).toEqual([]);
	});
});

describe("a confirmation code", () => {
	const LIMIT = "LimitExceededException: Attempt limit exceeded, please try after some time.";

	test("every confirmation code allows five wrong guesses, then fails with LimitExceededException", async () => {
		const { asBob, call, lastCode, wrongCode } = await signedInBob({}, { attributes: { email: "bob@example.com" } });
		await call("SignUp", { Username: "Eve", Password: NEW_PASSWORD });
		const operations: [() => Promise<Outcome>, (code: string) => Promise<Outcome>][] = [
			[
				() => call("ForgotPassword", { Username: "Bob" }),
				(ConfirmationCode) =>
					call("ConfirmForgotPassword", { Username: "Bob", ConfirmationCode, Password: NEW_PASSWORD }),
			],
			[
				() => call("ResendConfirmationCode", { Username: "Eve" }),
				(ConfirmationCode) => call("ConfirmSignUp", { Username: "Eve", ConfirmationCode }),
			],
			[
				() => asBob("GetUserAttributeVerificationCode", { AttributeName: "email" }),
				(Code) => asBob("VerifyUserAttribute", { AttributeName: "email", Code }),
			],
		];
		for (const [sendCode, confirm] of operations) {
			await sendCode();
			for (let guess = 0; guess < 5; guess++) expect(summary(await confirm(wrongCode()))).toBe(MISMATCH);
			expect(summary(await confirm(lastCode()))).toBe(LIMIT);
			await sendCode();
			expect(await confirm(lastCode())).toEqual({});
		}
	});

	test("a confirmation code is accepted after four wrong guesses", async () => {
		const { call, lastCode, wrongCode } = await bobInPool();
		const confirm = (ConfirmationCode: string): Promise<Outcome> =>
			call("ConfirmForgotPassword", { Username: "Bob", ConfirmationCode, Password: NEW_PASSWORD });
		await call("ForgotPassword", { Username: "Bob" });
		for (let guess = 0; guess < 4; guess++) expect(summary(await confirm(wrongCode()))).toBe(MISMATCH);
		expect(await confirm(lastCode())).toEqual({});
	});
});

test("a new user signs up, confirms with a code, and signs in", async () => {
	const { call, signIn, lastCode } = await bobInPool();
	const UserAttributes = [{ Name: "email", Value: "eve@example.com" }];
	const signUp = (Username: string): Promise<Outcome> =>
		call("SignUp", { Username, Password: NEW_PASSWORD, UserAttributes });
	expect(summary(await signUp("bob"))).toBe("UsernameExistsException: User already exists");
	expect(await signUp("Eve")).toMatchObject({
		UserConfirmed: false,
		CodeDeliveryDetails: { Destination: "e***@e***" },
	});
	expect(summary(await signIn(NEW_PASSWORD, "Eve"))).toBe("UserNotConfirmedException: User is not confirmed.");
	const first = lastCode();
	await call("ResendConfirmationCode", { Username: "Eve" });
	const confirm = (ConfirmationCode: string): Promise<Outcome> =>
		call("ConfirmSignUp", { Username: "Eve", ConfirmationCode });
	expect(lastCode()).not.toBe(first);
	expect(summary(await confirm(first))).toBe(MISMATCH);
	expect(await confirm(lastCode())).toEqual({});
	expect(summary(await confirm(lastCode()))).toBe(
		"NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED",
	);
	expect(summary(await signIn(NEW_PASSWORD, "Eve"))).toBe("tokens");
});
