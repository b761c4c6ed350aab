import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { totpCode } from "../../packages/local/src/user-pool/totp.ts";
import { Cognito } from "../../src/cognito/cognito.ts";
import type { RememberedDevice } from "../../src/cognito/login/devices.ts";
import { codeOf, JO, type LocalPool, poolPerTest, startPool } from "../support/local-user.ts";

const HOUR_MS = 3_600_000;
const LOGIN = ["InitiateAuth", "RespondToAuthChallenge"];

const start = poolPerTest();

const sent = (pool: LocalPool) => pool.pool.sentCodes.at(-1);

describe("an authenticator app", () => {
	test("an authenticator app is set up, required from then on, and removed", async () => {
		const pool = await start();
		const user = pool.user();
		const secret = await user.associateSoftwareToken();
		const code = () => totpCode(secret, Math.floor(pool.clock.now() / 30_000));
		expect(await codeOf(user.verifySoftwareToken("000000"))).toBe("CodeRejected");
		expect(await user.verifySoftwareToken(code(), "Jo's phone")).toBe(true);
		expect((await user.getUser()).mfa).toEqual([]);

		await user.setUserMfaPreference(false, true, "SOFTWARE_TOKEN");
		expect(await user.getUser()).toMatchObject({ mfa: ["SOFTWARE_TOKEN_MFA"], preferredMfa: "SOFTWARE_TOKEN_MFA" });
		expect(await codeOf(pool.user().authenticate())).toBe("ChallengeUnanswered");
		await pool.clock.advance(30_000);
		await pool.user({ challenges: { SOFTWARE_TOKEN_MFA: { secret } } }).authenticate();

		await user.setUserMfaPreference(false, false);
		expect(await user.getUser()).toEqual(expect.not.objectContaining({ preferredMfa: expect.anything() }));
		await pool.user().authenticate();
	});

	test("an authenticator app whose setup was not started is not verified", async () => {
		const pool = await start();
		expect(await codeOf(pool.user().verifySoftwareToken("000000"))).toBe("CognitoException");
	});
});

test("codes by SMS are required while the user enables them", async () => {
	const pool = await start({ jo: { attributes: { phone_number: "+4915112345678" } } });
	const user = pool.user();
	await user.setUserMfaPreference(true, false, "SMS");
	expect(await user.getUser()).toMatchObject({ mfa: ["SMS_MFA"], preferredMfa: "SMS_MFA" });
	const other = pool.user();
	await expect(other.authenticate()).rejects.toMatchObject({ challengeName: "SMS_MFA" });
	await other.respondToSmsMfaChallenge(sent(pool)?.code ?? "");
	await other.setUserMfaPreference(false, false);
	await pool.user().authenticate();
});

test("a device is remembered, no longer remembered, and forgotten", async () => {
	const pool = await start({ devices: "optIn", jo: { mfa: [{ type: "SMS" }] } });
	let device: RememberedDevice | undefined;
	const user = pool.user({
		challenges: { SMS_MFA: () => sent(pool)?.code ?? "" },
		onDevice: (named) => {
			device = named;
		},
	});
	await user.authenticate();
	const { deviceKey = "" } = device ?? {};
	/** Whether the device stands in for the second factor. */
	const isKnown = async () => (await codeOf(pool.user({ device }).authenticate())) === "none";
	expect(await isKnown()).toBe(true);
	await user.updateDeviceStatus(false, deviceKey);
	expect(await isKnown()).toBe(false);
	await user.updateDeviceStatus(true, deviceKey);
	expect(await isKnown()).toBe(true);
	await user.forgetDevice(deviceKey);
	expect(await isKnown()).toBe(false);
	await expect(user.forgetDevice(deviceKey)).rejects.toThrow("Device does not exist");
});

test("an attribute is verified with the code that was sent, and not if no code can be sent to it", async () => {
	const pool = await start({ jo: { attributes: { email: "jo@example.com", phone_number: "+4915112345678" } } });
	const user = pool.user();
	for (const [attribute, medium] of [
		["email", "EMAIL"],
		["phone_number", "SMS"],
	] as const) {
		expect(await user.sendVerification(attribute)).toMatchObject({ medium, attribute });
		expect(await codeOf(user.validateVerification("000000", attribute))).toBe("CodeRejected");
		await user.validateVerification(sent(pool)?.code ?? "", attribute);
		expect((await user.getUser()).attributes).toMatchObject({ [`${attribute}_verified`]: "true" });
	}
	expect(await codeOf(user.sendVerification("name"))).toBe("CognitoException");
});

test("operations without a token send the hash that the client secret requires, by name or alias", async () => {
	const pool = await start({ clientSecret: "s3cr3t-".repeat(5) });
	const user = pool.user({ username: "jo@example.com", password: undefined });
	expect(await user.initiateForgotPassword()).toMatchObject({ medium: expect.any(String) });
	await user.confirmForgotPassword(sent(pool)?.code ?? "", "N3w-password");
	await user.register("newcomer", "P@ssw0rd-1", { email: "new@example.com" });
	expect(await user.resendConfirmationCode("newcomer")).toMatchObject({ destination: "n***@e***" });
	await user.confirmSignUp(sent(pool)?.code ?? "", "newcomer");
	await pool.user({ username: "newcomer", password: "P@ssw0rd-1" }).authenticate();
	expect(await codeOf(pool.user({ clientSecret: "wrong" }).initiateForgotPassword())).toBe("ClientSecretRejected");
	expect(await codeOf(pool.user({ username: undefined }).initiateForgotPassword())).toBe("NotSignedIn");
});

/** What takes an access token, in an order in which the user can do all of it. */
const SIGNED_IN: [string, (user: Cognito) => Promise<unknown>][] = [
	["GetUser", (user) => user.getUser()],
	["UpdateUserAttributes", (user) => user.updateProfile({ name: "Jo" })],
	["GetUserAttributeVerificationCode", (user) => user.sendVerification()],
	["VerifyUserAttribute", (user) => user.validateVerification("000000")],
	["AssociateSoftwareToken", (user) => user.associateSoftwareToken()],
	["VerifySoftwareToken", (user) => user.verifySoftwareToken("000000")],
	["SetUserMFAPreference", (user) => user.setUserMfaPreference(false, false)],
	["UpdateDeviceStatus", (user) => user.updateDeviceStatus(true, "us-east-1_none")],
	["ForgetDevice", (user) => user.forgetDevice("us-east-1_none")],
	["ChangePassword", (user) => user.changePassword(JO.password, "N3w-password")],
	["DeleteUser", (user) => user.deleteUser()],
];

describe("with an access token that has expired", () => {
	let pool: LocalPool;
	let user: Cognito;
	beforeAll(async () => {
		pool = await startPool({ jo: { attributes: { email: "jo@example.com" } } });
		user = pool.user();
		await user.authenticate();
	});
	afterAll(() => pool.stop());

	test.each(SIGNED_IN)("with an expired access token, %s comes after a renewal", async (operation, call) => {
		await pool.clock.advance(HOUR_MS);
		const mark = pool.requestLog.length;
		const code = await codeOf(call(user));
		expect(pool.requestLog.operations(mark)).toEqual(["GetTokensFromRefreshToken", operation]);
		expect(code).not.toBe("InvalidToken");
	});
});

test.each(SIGNED_IN.slice(0, 1))("%s comes after a sign-in, where nobody is signed in", async (operation, call) => {
	const pool = await start();
	await call(pool.user());
	expect(pool.requestLog.operations()).toEqual([...LOGIN, operation]);
	expect(await codeOf(call(pool.user({ password: undefined })))).toBe("NotSignedIn");
});

test("an access token that Cognito has revoked has another error than a wrong password", async () => {
	const pool = await start();
	const [user, other] = [pool.user(), pool.user()];
	await Promise.all([user.authenticate(), other.authenticate()]);
	await other.logout();
	expect(await codeOf(user.getUser())).toBe("InvalidToken");
});

/** Responses with a field of the wrong type, and the call that reads it. */
const MALFORMED: [object, (user: Cognito) => Promise<unknown>][] = [
	[{ UserAttributes: "none" }, (user) => user.getUser()],
	[{ UserAttributes: [null] }, (user) => user.getUser()],
	[{ UserAttributes: [{ Name: 1 }] }, (user) => user.getUser()],
	[{ UserMFASettingList: 5 }, (user) => user.getUser()],
	[{ Username: {} }, (user) => user.getUser()],
	[{ SecretCode: ["JBSWY3DPEHPK3PXP"] }, (user) => user.associateSoftwareToken()],
	[{ CodeDeliveryDetails: { Destination: 5 } }, (user) => user.initiateForgotPassword()],
	[{ UserConfirmed: "false" }, (user) => user.register("newcomer", "P@ssw0rd-1")],
];

test.each(MALFORMED)("the response %j is an invalid response that names the field", async (body, call) => {
	const requestHandler = {
		handle: async () => ({ response: { statusCode: 200, headers: {}, body: JSON.stringify(body) } }),
	};
	const user = new Cognito({
		userPoolId: "us-east-1_Pool",
		clientId: "client",
		username: "jo",
		accessToken: "canary-access-token",
		requestHandler,
	});
	await expect(call(user)).rejects.toMatchObject({
		code: "InvalidCognitoResponse",
		message: expect.stringContaining(`invalid ${Object.keys(body)[0]}`),
	});
});
