import { describe, expect, test } from "@jest/globals";
import {
	createDeviceVerifier,
	createSrpSession,
	signSrpSessionWithDevice,
	wrapAuthChallenge,
} from "cognito-srp-helper";
import { srpTimestamp } from "../../src/user-pool/srp-timestamp.ts";
import type { UserPoolOptions } from "../../src/user-pool/user-pool-options.ts";
import { type Outcome, PASSWORD, poolWithBob, SrpClient, summary, tokensOf } from "./pool-sign-in.ts";

const FORGOTTEN = "ResourceNotFoundException: Device does not exist.";
const INVALID = "NotAuthorizedException: Invalid Refresh Token";

/** Bob, who has signed in from an unknown device, with SMS as second factor. */
async function bobWithDevice(options: UserPoolOptions) {
	const made = await poolWithBob(
		{ authFlows: ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"], ...options },
		{ mfa: [{ type: "SMS" }] },
	);
	const { pool, call, clock } = made;
	const begin = (extra: Record<string, string> = {}): Promise<Outcome> =>
		call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: "Bob", PASSWORD, ...extra } });
	const respond = ({ ChallengeName, Session }: Outcome, answers: Record<string, string>): Promise<Outcome> =>
		call("RespondToAuthChallenge", { ChallengeName, Session, ChallengeResponses: { USERNAME: "Bob", ...answers } });
	const tokens = tokensOf(await respond(await begin(), { SMS_MFA_CODE: pool.sentCodes[0]?.code ?? "" }));
	const { DeviceKey = "", DeviceGroupKey = "" } = tokens.NewDeviceMetadata ?? {};
	const { DeviceSecretVerifierConfig, DeviceRandomPassword } = createDeviceVerifier(DeviceKey, DeviceGroupKey);
	const { AccessToken } = tokens;
	const confirm = (): Promise<Outcome> =>
		call("ConfirmDevice", { AccessToken, DeviceKey, DeviceName: "desk", DeviceSecretVerifierConfig });
	const status = (DeviceRememberedStatus: string): Promise<Outcome> =>
		call("UpdateDeviceStatus", { AccessToken, DeviceKey, DeviceRememberedStatus });
	/** The device's own sign-in, from `DEVICE_SRP_AUTH` to its end. */
	async function proveDevice(challenge: Outcome, password = DeviceRandomPassword, hasSession = true): Promise<Outcome> {
		const session = createSrpSession("Bob", PASSWORD, pool.id, false);
		const { ChallengeName: first } = challenge;
		const answered = hasSession ? challenge : { ChallengeName: first };
		const next = await respond(answered, { DEVICE_KEY: DeviceKey, SRP_A: session.largeA });
		const { ChallengeParameters = {}, Session } = next;
		const stamped = { ...session, timestamp: srpTimestamp(clock.now()) };
		const pending = { ChallengeName: String(next.ChallengeName), ChallengeParameters };
		const signed = signSrpSessionWithDevice(stamped, pending, DeviceGroupKey, password);
		const ChallengeResponses = { USERNAME: "Bob", DEVICE_KEY: DeviceKey };
		const ClientId = pool.clientId;
		const ChallengeName = "DEVICE_PASSWORD_VERIFIER";
		return call("RespondToAuthChallenge", {
			...wrapAuthChallenge(signed, { ClientId, ChallengeName, ChallengeResponses }),
			...(hasSession && { Session }),
		});
	}
	return { ...made, begin, respond, tokens, DeviceKey, confirm, status, proveDevice };
}

test("a pool that does not track devices issues none", async () => {
	const { tokens } = await bobWithDevice({ devices: "off" });
	expect(tokens).not.toHaveProperty("NewDeviceMetadata");
});

describe("where devices are tracked", () => {
	test("a new device is in the first response, and in the access token", async () => {
		const { pool, tokens, DeviceKey, confirm } = await bobWithDevice({ devices: "always" });
		expect(tokens.NewDeviceMetadata).toEqual({
			DeviceKey: expect.stringMatching(/^us-east-1_[0-9a-f-]{36}$/),
			DeviceGroupKey: expect.stringMatching(/^-\w{8}$/),
		});
		expect((await pool.verify(tokens.AccessToken)).device_key).toBe(DeviceKey);
		expect(await confirm()).toEqual({ UserConfirmationNecessary: false });
	});

	test("a remembered device proves itself in place of the second factor", async () => {
		const { pool, DeviceKey, begin, confirm, proveDevice } = await bobWithDevice({ devices: "always" });
		expect(summary(await begin({ DEVICE_KEY: DeviceKey }))).toBe("SMS_MFA");
		await confirm();
		const challenge = await begin({ DEVICE_KEY: DeviceKey });
		expect(summary(challenge)).toBe("DEVICE_SRP_AUTH");
		const wrong = await proveDevice(challenge, "wrong");
		expect(summary(wrong)).toBe("NotAuthorizedException: Incorrect username or password.");
		const tokens = tokensOf(await proveDevice(await begin({ DEVICE_KEY: DeviceKey })));
		expect(tokens).not.toHaveProperty("NewDeviceMetadata");
		expect((await pool.verify(tokens.AccessToken)).device_key).toBe(DeviceKey);
	});

	test("a device of a pool with optIn is remembered only after the user opts in", async () => {
		const { DeviceKey, begin, confirm, status } = await bobWithDevice({ devices: "optIn" });
		expect(await confirm()).toEqual({ UserConfirmationNecessary: true });
		expect(summary(await begin({ DEVICE_KEY: DeviceKey }))).toBe("SMS_MFA");
		await status("remembered");
		expect(summary(await begin({ DEVICE_KEY: DeviceKey }))).toBe("DEVICE_SRP_AUTH");
		await status("not_remembered");
		expect(summary(await begin({ DEVICE_KEY: DeviceKey }))).toBe("SMS_MFA");
	});

	test("a device proves itself without a Session, as in AWS's own sample, only during its sign-in", async () => {
		const { begin, clock, confirm, DeviceKey, proveDevice, respond } = await bobWithDevice({ devices: "always" });
		await confirm();
		const first = { ChallengeName: "DEVICE_SRP_AUTH" };
		const answers = { DEVICE_KEY: DeviceKey, SRP_A: "a1" };
		expect(summary(await respond(first, answers))).toMatch(/^InvalidParameterException: .*'session'/);
		const challenge = await begin({ DEVICE_KEY: DeviceKey });
		expect(summary(await proveDevice(challenge, undefined, false))).toBe("tokens");
		expect(summary(await respond(first, answers))).toMatch(/^InvalidParameterException/);
		const wrong = await begin({ DEVICE_KEY: DeviceKey });
		expect(summary(await proveDevice(wrong, "wrong", false))).toMatch(/^NotAuthorizedException/);
		await begin({ DEVICE_KEY: DeviceKey });
		expect(summary(await respond(first, { ...answers, DEVICE_KEY: "us-east-1_other" }))).toMatch(/^InvalidParameter/);
		clock.forward(181);
		expect(summary(await respond(first, answers))).toMatch(/^InvalidParameterException/);
	});

	test("renewal requires the key of a device that is confirmed and not forgotten", async () => {
		const { pool, call, tokens, DeviceKey, confirm } = await bobWithDevice({ devices: "always" });
		const { RefreshToken } = tokens;
		const both = async (key: string | undefined): Promise<string[]> => [
			summary(await call("GetTokensFromRefreshToken", { RefreshToken, DeviceKey: key })),
			summary(
				await call("InitiateAuth", {
					AuthFlow: "REFRESH_TOKEN_AUTH",
					AuthParameters: { REFRESH_TOKEN: RefreshToken, DEVICE_KEY: key },
				}),
			),
		];
		expect(await both(DeviceKey)).toEqual([INVALID, INVALID]);
		await confirm();
		expect(await both(DeviceKey)).toEqual(["tokens", "tokens"]);
		expect(await both(undefined)).toEqual([INVALID, INVALID]);
		expect(await both("us-east-1_other")).toEqual([INVALID, INVALID]);
		pool.forgetDevices("Bob");
		expect(await both(DeviceKey)).toEqual([FORGOTTEN, FORGOTTEN]);
	});

	test("a proof with a forgotten device is rejected, and accepted again without the device", async () => {
		const { pool, clock, DeviceKey } = await bobWithDevice({ devices: "always" });
		pool.forgetDevices("Bob");
		const client = new SrpClient(pool, "Bob", PASSWORD);
		await client.initiate({ DEVICE_KEY: DeviceKey });
		const proof = client.proof(clock.now(), { DEVICE_KEY: DeviceKey });
		const { ChallengeResponses, ...rest } = proof as { ChallengeResponses: Record<string, unknown> };
		const send = async (input: Record<string, unknown>): Promise<string> =>
			summary((await pool.respond("RespondToAuthChallenge", input)).body);
		expect(await send(proof)).toBe(FORGOTTEN);
		expect(await send({ ...rest, ChallengeResponses: { ...ChallengeResponses, DEVICE_KEY: null } })).toBe("SMS_MFA");
	});

	test("a user lists its devices and forgets them", async () => {
		const { call, tokens, DeviceKey, confirm } = await bobWithDevice({ devices: "always" });
		const { AccessToken } = tokens;
		await confirm();
		const attributes = expect.arrayContaining([{ Name: "device_name", Value: "desk" }]);
		const device = expect.objectContaining({ DeviceKey, DeviceAttributes: attributes });
		expect(await call("ListDevices", { AccessToken })).toEqual({ Devices: [device] });
		expect(await call("GetDevice", { AccessToken, DeviceKey })).toEqual({ Device: device });
		expect(await call("ForgetDevice", { AccessToken, DeviceKey })).toEqual({});
		expect(await call("ListDevices", { AccessToken })).toEqual({ Devices: [] });
		expect(summary(await call("ForgetDevice", { AccessToken, DeviceKey }))).toBe(FORGOTTEN);
	});
});
