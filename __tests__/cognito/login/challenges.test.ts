import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { totpCode } from "../../../packages/local/src/user-pool/totp.ts";
import type { MfaFactor, UserPoolOptions } from "../../../packages/local/src/user-pool/user-pool-options.ts";
import type { ChallengeAnswers, ChallengeQuestion } from "../../../src/cognito/login/challenges.ts";
import type { RememberedDevice } from "../../../src/cognito/login/devices.ts";
import type { CognitoOptions } from "../../../src/cognito/options.ts";
import { codeOf, JO, type LocalPool, poolPerTest, settle, startPool } from "../../support/local-user.ts";

const HOUR_MS = 3_600_000;
const SECRET = "JBSWY3DPEHPK3PXP";
const TOTP: MfaFactor = { type: "TOTP", secret: SECRET };
const LOGIN = ["InitiateAuth", "RespondToAuthChallenge"];
const ANSWER = "RespondToAuthChallenge";

const start = poolPerTest();

/** The code that the pool has sent last. */
const sent = (pool: LocalPool) => pool.pool.sentCodes.at(-1)?.code ?? "";
const authenticatorCode = (pool: LocalPool) => totpCode(SECRET, Math.floor(pool.clock.now() / 30_000));

/** The pool's clock, and how often somebody waits through a pause of it. */
function pausing(pool: LocalPool) {
	let pauses = 0;
	const after = (ms: number, act: () => void, keepsAlive?: boolean) => {
		if (keepsAlive) pauses++;
		return pool.clock.after(ms, act);
	};
	const clock = { now: () => pool.clock.now(), monotonic: () => pool.clock.monotonic(), after };
	return { clock, hasPaused: () => pauses > 0 };
}

/** Answers with what it is given, question by question, and keeps the questions. */
function script(...answers: (() => string)[]) {
	const questions: ChallengeQuestion[] = [];
	const answer = (question: ChallengeQuestion) => {
		questions.push(question);
		return answers[questions.length - 1]?.() ?? "out of answers";
	};
	return { questions, answer };
}

describe("codes", () => {
	test.each([
		["SMS_MFA", { type: "SMS", destination: "+4915112345678" }, "+*******5678"],
		["EMAIL_OTP", { type: "EMAIL", destination: "jo@example.com" }, "j***@e***"],
		["SOFTWARE_TOKEN_MFA", TOTP, undefined],
	] as [keyof ChallengeAnswers & string, MfaFactor, string | undefined][])(
		"%s is answered by a function, which receives the destination of the code",
		async (name, factor, destination) => {
			const pool = await start({ jo: { mfa: [factor] } });
			const { questions, answer } = script(() => (factor.type === "TOTP" ? authenticatorCode(pool) : sent(pool)));
			await pool.user({ challenges: { [name]: answer } }).getAccessToken();
			expect(questions).toEqual([
				expect.objectContaining({
					challengeName: name,
					attempt: 1,
					...(destination === undefined ? {} : { destination }),
				}),
			]);
			expect(pool.requestLog.operations()).toEqual([...LOGIN, ANSWER]);
		},
	);

	test("a wrong code is requested again, at most twice, within the same challenge session", async () => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const right = script(
			() => "000000",
			() => sent(pool),
		);
		await pool.user({ challenges: { SMS_MFA: right.answer } }).getAccessToken();
		expect(right.questions.map(({ attempt }) => attempt)).toEqual([1, 2]);
		expect(pool.pool.sentCodes).toHaveLength(1);
		const wrong = script(...Array.from({ length: 9 }, () => () => "000000"));
		const user = pool.user({ challenges: { SMS_MFA: wrong.answer } });
		await expect(user.getAccessToken()).rejects.toMatchObject({ code: "ChallengeRejected", challengeName: "SMS_MFA" });
		expect(await codeOf(user.getAccessToken())).toBe("ChallengeRejected");
		expect(wrong.questions.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
		expect(await codeOf(pool.user({ challenges: { SMS_MFA: "000000" } }).getAccessToken())).toBe("ChallengeRejected");
	});

	test("a challenge that expired before its answer starts the sign-in over, once", async () => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const late = () => {
			void pool.clock.advance(240_000);
			return sent(pool);
		};
		const once = script(late, () => sent(pool));
		await pool.user({ challenges: { SMS_MFA: once.answer } }).getAccessToken();
		expect([once.questions.length, pool.pool.sentCodes.length]).toEqual([2, 2]);
		const twice = script(late, late, () => sent(pool));
		expect(await codeOf(pool.user({ challenges: { SMS_MFA: twice.answer } }).getAccessToken())).toBe(
			"ChallengeExpired",
		);
		expect(twice.questions).toHaveLength(2);
	});

	test("a TOTP secret answers without a function, also in the background, and each code is sent once", async () => {
		const pool = await start({ jo: { mfa: [TOTP] } });
		const { clock, hasPaused } = pausing(pool);
		const user = pool.user({ clock, challenges: { SOFTWARE_TOKEN_MFA: { secret: "jbsw y3dp ehpk 3pxp" } } });
		await user.getAccessToken({ interactive: false });
		const mark = pool.requestLog.length;
		const second = user.authenticate();
		await settle(hasPaused);
		expect(pool.requestLog.operations(mark)).toEqual(LOGIN);
		await pool.clock.advance(30_000);
		await second;
		expect(pool.requestLog.operations(mark)).toEqual([...LOGIN, ANSWER]);
	});

	test("a TOTP code that another program used already is replaced by the next one", async () => {
		const pool = await start({ jo: { mfa: [TOTP] } });
		const challenges = { SOFTWARE_TOKEN_MFA: { secret: SECRET } };
		await pool.user({ challenges }).getAccessToken();
		const { clock, hasPaused } = pausing(pool);
		const other = pool.user({ challenges, clock }).getAccessToken();
		await settle(hasPaused);
		await pool.clock.advance(30_000);
		await pool.pool.verify(await other);
	});

	test("an error that a challenge function throws is the cause of a typed error, and an empty answer is an unanswered challenge", async () => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const cancelled = new Error("cancelled");
		const SMS_MFA = () => Promise.reject(cancelled);
		const thrown = await pool
			.user({ challenges: { SMS_MFA } })
			.getAccessToken()
			.catch((error: unknown) => error);
		expect(thrown).toMatchObject({ name: "ChallengeError", code: "AnswerUnavailable" });
		expect((thrown as Error).cause).toBe(cancelled);
		expect(await codeOf(pool.user({ challenges: { SMS_MFA: () => "" } }).getAccessToken())).toBe("ChallengeUnanswered");
	});
});

describe("in the background", () => {
	test("no challenge function is called in the background, and no sign-in starts there once one is known to be needed", async () => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const { questions, answer } = script(
			() => sent(pool),
			() => sent(pool),
		);
		const user = pool.user({ challenges: { SMS_MFA: answer } });
		await user.getAccessToken();
		pool.pool.revokeRefreshTokens(JO.username);
		await pool.clock.advance(HOUR_MS);
		for (let i = 0; i < 3; i++) {
			await expect(user.getAccessToken({ interactive: false })).rejects.toMatchObject({
				code: "InteractionRequired",
				challengeName: "SMS_MFA",
			});
		}
		expect([pool.pool.sentCodes.length, questions.length]).toEqual([1, 1]);
		const both = [user.getAccessToken({ interactive: false }), user.getAccessToken()];
		expect(await Promise.all(both.map(codeOf))).toEqual(["InteractionRequired", "none"]);
		expect(questions).toHaveLength(2);
	});
});

describe("a new password", () => {
	const temporary = { status: "FORCE_CHANGE_PASSWORD" } as const;

	test("a new password replaces a temporary one, and is the one to sign in with from then on", async () => {
		const pool = await start({ jo: temporary });
		const user = pool.user({ challenges: { NEW_PASSWORD_REQUIRED: "N3w-password" } });
		await user.getAccessToken();
		pool.pool.revokeRefreshTokens(JO.username);
		await pool.clock.advance(HOUR_MS);
		await user.getAccessToken();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, ANSWER, "GetTokensFromRefreshToken", ...LOGIN]);
	});

	test("a new password is used by a sign-in that has to start over after it was set", async () => {
		const pool = await start({ jo: { ...temporary, mfa: [{ type: "SMS" }] } });
		let asked = 0;
		const SMS_MFA = () => {
			if (asked++ === 0) void pool.clock.advance(240_000);
			return sent(pool);
		};
		const user = pool.user({ challenges: { NEW_PASSWORD_REQUIRED: "N3w-password", SMS_MFA } });
		await user.getAccessToken();
		await user.authenticate();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, ANSWER, ANSWER, ...LOGIN, ANSWER, ...LOGIN, ANSWER]);
	});

	test("a new password that the caller sends is the one to sign in with from then on", async () => {
		const pool = await start({ jo: temporary });
		const user = pool.user();
		expect(await codeOf(user.authenticate())).toBe("ChallengeUnanswered");
		await user.respondToChallenge({ NEW_PASSWORD: "N3w-password" });
		await user.authenticate();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, ANSWER, ...LOGIN]);
	});

	test("a new password is sent with the attributes that the pool requires", async () => {
		const pool = await start({ jo: temporary, requiredAttributes: ["email", "name"] });
		const short = { password: "N3w-password", attributes: { email: "jo@example.com" } };
		await expect(pool.user({ challenges: { NEW_PASSWORD_REQUIRED: short } }).getAccessToken()).rejects.toThrow(
			/attributes name/,
		);
		const asked: unknown[] = [];
		const NEW_PASSWORD_REQUIRED: ChallengeAnswers["NEW_PASSWORD_REQUIRED"] = ({ requiredAttributes }) => {
			asked.push(requiredAttributes);
			return { password: "N3w-password", attributes: { email: "jo@example.com", name: "Jo" } };
		};
		const user = pool.user({ challenges: { NEW_PASSWORD_REQUIRED } });
		await user.getAccessToken();
		expect(asked).toEqual([["email", "name"]]);
		expect((await user.getUser()).attributes).toMatchObject({ email: "jo@example.com", name: "Jo" });
	});

	test("a new password that the pool rejects has an error of its own", async () => {
		const pool = await start({ jo: temporary });
		expect(await codeOf(pool.user({ challenges: { NEW_PASSWORD_REQUIRED: "short" } }).getAccessToken())).toBe(
			"InvalidPassword",
		);
	});

	test("newPasswordChallenge() sets a new password as in pycognito, also for a user who needs none", async () => {
		const pool = await start({ jo: temporary });
		const user = pool.user({ password: undefined });
		expect(await codeOf(user.authenticate(JO.password))).toBe("ChallengeUnanswered");
		await user.newPasswordChallenge(JO.password, "N3w-password");
		await user.authenticate();
		await user.newPasswordChallenge("N3w-password", "An0ther-one");
		await user.authenticate("N3w-password");
	});
});

describe("choices", () => {
	const mfa: MfaFactor[] = [{ type: "SMS" }, TOTP];

	test("the second factor with a secret is chosen, else the first with an answer, else none", async () => {
		const pool = await start({ jo: { mfa } });
		await pool.user({ challenges: { SOFTWARE_TOKEN_MFA: { secret: SECRET }, SMS_MFA: "1" } }).getAccessToken();
		expect(pool.pool.sentCodes).toHaveLength(0);
		await pool.user({ challenges: { SMS_MFA: () => sent(pool) } }).getAccessToken();
		expect(pool.pool.sentCodes).toHaveLength(1);
		const notSet = { SMS_MFA: undefined, SOFTWARE_TOKEN_MFA: () => "1" };
		await expect(pool.user({ challenges: notSet }).getAccessToken()).rejects.toMatchObject({
			challengeName: "SOFTWARE_TOKEN_MFA",
		});
		await expect(pool.user().getAccessToken()).rejects.toMatchObject({
			code: "ChallengeUnanswered",
			challengeName: "SELECT_MFA_TYPE",
		});
	});

	test("SELECT_MFA_TYPE is answered by a function that receives the choices", async () => {
		const pool = await start({ jo: { mfa } });
		let offered: readonly string[] = [];
		const SELECT_MFA_TYPE: ChallengeAnswers["SELECT_MFA_TYPE"] = ({ choices }) => {
			offered = choices;
			return "SMS_MFA";
		};
		await pool.user({ challenges: { SELECT_MFA_TYPE, SMS_MFA: () => sent(pool) } }).getAccessToken();
		expect(offered).toEqual(["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
	});

	const jo = { attributes: { email: "jo@example.com", phone_number: "+15551234567" } };
	test("USER_AUTH with a password is an SRP sign-in of two requests", async () => {
		const pool = await start({ jo });
		await pool.user({ authFlow: "USER_AUTH" }).getAccessToken();
		expect(pool.requestLog.operations()).toEqual(LOGIN);
	});

	test.each([
		["PASSWORD_SRP", {}, 3],
		["PASSWORD", {}, 2],
		["EMAIL_OTP", { EMAIL_OTP: true }, 3],
		["SMS_OTP", { SMS_OTP: true }, 3],
	])("SELECT_CHALLENGE is answered with %s", async (choice, codes, requests) => {
		const pool = await start({ jo });
		const answers = Object.fromEntries(Object.keys(codes).map((name) => [name, () => sent(pool)]));
		const user = pool.user({ authFlow: "USER_AUTH", challenges: { SELECT_CHALLENGE: choice, ...answers } });
		await pool.pool.verify(await user.getAccessToken());
		expect(pool.requestLog.length).toBe(requests);
	});

	test("USER_AUTH without a password chooses the challenge that has an answer, and fails with the reason if none has", async () => {
		const pool = await start({ jo });
		const passwordless: Partial<CognitoOptions> = { authFlow: "USER_AUTH", password: undefined };
		await pool
			.user({ ...passwordless, challenges: { SELECT_CHALLENGE: "EMAIL_OTP", EMAIL_OTP: () => sent(pool) } })
			.getAccessToken();
		expect(await codeOf(pool.user(passwordless).getAccessToken())).toBe("NotSignedIn");
	});
});

describe("the password itself", () => {
	const authFlows: UserPoolOptions["authFlows"] = ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"];

	test("USER_PASSWORD_AUTH signs in with one request, and a second factor follows as usual", async () => {
		const pool = await start({ authFlows, clientSecret: "x".repeat(30) });
		await pool.user({ authFlow: "USER_PASSWORD_AUTH", username: "jo@example.com" }).getAccessToken();
		expect(pool.requestLog.operations()).toEqual(["InitiateAuth"]);
		const careful = await start({ authFlows, jo: { mfa: [{ type: "SMS" }] } });
		const user = careful.user({ authFlow: "USER_PASSWORD_AUTH", challenges: { SMS_MFA: () => sent(careful) } });
		await careful.pool.verify(await user.getAccessToken());
		expect(careful.requestLog.operations()).toEqual(LOGIN);
	});

	test("USER_PASSWORD_AUTH sends a wrong password once, and fails without a password", async () => {
		const pool = await start({ authFlows });
		const wrong = pool.user({ authFlow: "USER_PASSWORD_AUTH", password: "wrong" });
		expect([await codeOf(wrong.getAccessToken()), await codeOf(wrong.getAccessToken())]).toEqual([
			"SignInRejected",
			"SignInRejected",
		]);
		expect(pool.requestLog.length).toBe(1);
		const none = pool.user({ authFlow: "USER_PASSWORD_AUTH", password: undefined });
		await expect(none.getAccessToken()).rejects.toThrow("no password");
	});

	test("USER_SRP_AUTH does not send the password where the pool does not offer SRP", async () => {
		const pool = await start({ authFlows });
		expect(await codeOf(pool.user().getAccessToken())).toBe("FlowNotEnabled");
		expect(pool.requestLog.operations()).toEqual(["InitiateAuth"]);
	});
});

describe("other challenges", () => {
	test("CUSTOM_CHALLENGE is answered as often as the pool's Lambda sends it, with its parameters", async () => {
		const customChallenge: UserPoolOptions["customChallenge"] = (_, answers) => {
			if (answers.some(({ correct }) => !correct)) return "failAuthentication";
			const expect = String(answers.length + 1);
			return answers.length === 2 ? "issueTokens" : { ask: { question: `what is ${expect}?` }, expect };
		};
		const pool = await start({ customChallenge });
		const CUSTOM_CHALLENGE = ({ parameters }: ChallengeQuestion) => /\d/.exec(parameters.question ?? "")?.[0] ?? "";
		for (const password of [JO.password, undefined]) {
			const user = pool.user({ authFlow: "CUSTOM_AUTH", challenges: { CUSTOM_CHALLENGE }, password });
			await pool.pool.verify(await user.getAccessToken());
		}
		const wrong = pool.user({ authFlow: "CUSTOM_AUTH", challenges: { CUSTOM_CHALLENGE: "7" } });
		expect(await codeOf(wrong.getAccessToken())).toBe("SignInRejected");
	});

	test("the question of SMS_MFA has empty choices, no required attributes and no secret", async () => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const { questions, answer } = script(() => sent(pool));
		await pool.user({ challenges: { SMS_MFA: answer } }).getAccessToken();
		const [{ choices, requiredAttributes, secretCode } = {} as Partial<ChallengeQuestion>] = questions;
		expect([choices, requiredAttributes, secretCode]).toEqual([[], [], undefined]);
	});

	test("MFA_SETUP sets up an authenticator with one secret, after any number of wrong codes", async () => {
		const pool = await start({ mfa: "ON" });
		const secrets: string[] = [];
		const user = pool.user({
			challenges: {
				MFA_SETUP({ secretCode, attempt }) {
					secrets.push(secretCode);
					return attempt === 1 ? "000000" : totpCode(secretCode, Math.floor(pool.clock.now() / 30_000));
				},
			},
		});
		await pool.pool.verify(await user.getAccessToken());
		expect([secrets.length, new Set(secrets).size]).toEqual([2, 1]);
		expect(await codeOf((await start({ mfa: "ON" })).user().getAccessToken())).toBe("ChallengeUnanswered");
	});

	test.each(["WEB_AUTHN", "ADMIN_NO_SRP_AUTH", "SOME_FUTURE_CHALLENGE", "toString", "__proto__"])(
		"the challenge %s is an error that names it",
		async (name) => {
			const pool = await start();
			const body = { ChallengeName: name, ChallengeParameters: {}, Session: "s" };
			pool.faults.add({ operation: ANSWER, status: 200, body });
			await expect(pool.user().getAccessToken()).rejects.toMatchObject({
				code: "ChallengeUnknown",
				challengeName: name,
				message: expect.stringContaining(name),
			});
		},
	);

	test.each([
		["SMS_MFA", "USER_SRP_AUTH", ANSWER],
		["EMAIL_OTP", "USER_SRP_AUTH", ANSWER],
		["SMS_OTP", "USER_AUTH", "InitiateAuth"],
		["SOFTWARE_TOKEN_MFA", "USER_SRP_AUTH", ANSWER],
		["NEW_PASSWORD_REQUIRED", "USER_SRP_AUTH", ANSWER],
		["SELECT_MFA_TYPE", "USER_SRP_AUTH", ANSWER],
		["SELECT_CHALLENGE", "USER_AUTH", "InitiateAuth"],
		["CUSTOM_CHALLENGE", "CUSTOM_AUTH", ANSWER],
		["MFA_SETUP", "USER_SRP_AUTH", ANSWER],
	] as const)(
		"%s of %s without an answer is an error that names it and the option, and the sign-in is not repeated",
		async (name, authFlow, operation) => {
			const pool = await start();
			const body = { ChallengeName: name, ChallengeParameters: {}, Session: "s" };
			const fault = pool.faults.add({ operation, status: 200, body });
			const user = pool.user({ authFlow });
			await expect(user.getAccessToken()).rejects.toMatchObject({
				code: "ChallengeUnanswered",
				challengeName: name,
				message: expect.stringContaining(`challenges.${name}`),
			});
			expect(await codeOf(user.getAccessToken())).toBe("ChallengeUnanswered");
			expect(fault.met).toBe(1);
		},
	);

	test("a pool that repeats a challenge forever, sends no result, or no SRP parameters is an invalid response", async () => {
		for (const body of [
			{ ChallengeName: "CUSTOM_CHALLENGE", ChallengeParameters: {}, Session: "s" },
			{},
			{ AuthenticationResult: {} },
			{ ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters: { SRP_B: "00", SALT: "1", SECRET_BLOCK: "AA==" } },
		]) {
			const pool = await start();
			pool.faults.add({ service: "cognito", status: 200, body });
			const user = pool.user({ authFlow: "CUSTOM_AUTH", challenges: { CUSTOM_CHALLENGE: () => "again" } });
			expect(await codeOf(user.getAccessToken())).toBe("InvalidCognitoResponse");
		}
	});
});

describe("as in pycognito, without answers", () => {
	test("authenticate() without answers stops at the challenge, and the response finishes the sign-in, wrong codes included", async () => {
		for (const factor of [TOTP, { type: "SMS" }] as MfaFactor[]) {
			const pool = await start({ jo: { mfa: [factor] }, clientSecret: "x".repeat(30) });
			const user = pool.user({ username: "jo@example.com", password: undefined });
			await expect(user.authenticate(JO.password)).rejects.toMatchObject({ code: "ChallengeUnanswered" });
			expect(user.challengeName).toBe(factor.type === "TOTP" ? "SOFTWARE_TOKEN_MFA" : "SMS_MFA");
			const respond = (code: string) =>
				factor.type === "TOTP" ? user.respondToSoftwareTokenMfaChallenge(code) : user.respondToSmsMfaChallenge(code);
			expect(await codeOf(respond("000000"))).toBe("ChallengeRejected");
			await respond(factor.type === "TOTP" ? authenticatorCode(pool) : sent(pool));
			await pool.pool.verify(await user.getAccessToken());
			expect(user.challengeName).toBeUndefined();
			expect(await codeOf(respond("000000"))).toBe("NotSignedIn");
		}
	});

	test("any other challenge is answered with Cognito's own names, and an expired answer has an error of its own", async () => {
		const pool = await start({ jo: { mfa: [{ type: "EMAIL" }] } });
		const user = pool.user();
		expect(await codeOf(user.authenticate())).toBe("ChallengeUnanswered");
		await pool.clock.advance(240_000);
		expect(await codeOf(user.respondToChallenge({ EMAIL_OTP_CODE: sent(pool) }))).toBe("ChallengeExpired");
		expect(await codeOf(user.authenticate())).toBe("ChallengeUnanswered");
		await user.respondToChallenge({ EMAIL_OTP_CODE: sent(pool) });
		await user.getAccessToken();
	});
});

describe("devices", () => {
	const challenges = { SMS_MFA: () => "" };

	test("a device that Cognito remembers replaces the second factor, in the next process too", async () => {
		const pool = await start({ devices: "always", jo: { mfa: [{ type: "SMS" }] } });
		let kept: RememberedDevice | undefined;
		const options = {
			challenges: { SMS_MFA: () => sent(pool) },
			onDevice(device?: RememberedDevice) {
				kept = device;
			},
		};
		await pool.user(options).getAccessToken();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, ANSWER, "ConfirmDevice"]);
		const mark = pool.requestLog.length;
		const user = pool.user({ ...options, challenges, device: kept });
		await user.getAccessToken({ interactive: false });
		expect(pool.requestLog.operations(mark)).toEqual([...LOGIN, ANSWER, ANSWER]);
		await user.renewAccessToken();
		expect(pool.pool.sentCodes).toHaveLength(1);
	});

	test("a device that Cognito has forgotten is removed, and the sign-in continues without it", async () => {
		const pool = await start({ devices: "always" });
		const devices: (RememberedDevice | undefined)[] = [];
		const onDevice = (device?: RememberedDevice) => void devices.push(device);
		const user = pool.user({ onDevice });
		await user.getAccessToken();
		pool.pool.forgetDevices(JO.username);
		await pool.clock.advance(HOUR_MS);
		await pool.pool.verify(await user.getAccessToken());
		const [device] = devices;
		expect(devices.map(Boolean)).toEqual([true, false, true]);
		await pool.pool.verify(await pool.user({ device }).getAccessToken());
		const wrong = { ...(devices[2] as RememberedDevice), devicePassword: "wrong" };
		await pool.pool.verify(await pool.user({ device: wrong }).getAccessToken());
	});

	test("a failure of onDevice, immediate or later, does not end the sign-in", async () => {
		const pool = await start({ devices: "always" });
		const warnings: unknown[] = [];
		const logger = {
			...console,
			info() {},
			debug() {},
			warn: (...content: unknown[]) => void warnings.push(content[0]),
		};
		const fail = () => {
			throw new Error("no disk");
		};
		await pool.user({ logger, onDevice: fail }).getAccessToken();
		await pool.user({ logger, onDevice: (async () => fail()) as () => void }).getAccessToken();
		await new Promise((resolve) => setImmediate(resolve));
		const line = {
			message: "onDevice threw",
			event: "onDeviceFailed",
			username: JO.username,
			error: { name: "Error", message: "no disk" },
		};
		expect(warnings).toEqual([line, line].map(expect.objectContaining));
	});

	test("where the user decides, the device is remembered if the program stores it", async () => {
		const pool = await start({ devices: "optIn" });
		await pool.user().getAccessToken();
		expect(pool.requestLog.operations()).toEqual([...LOGIN, "ConfirmDevice"]);
		await pool.user({ onDevice() {} }).getAccessToken();
		expect(pool.requestLog.operations(3)).toEqual([...LOGIN, "ConfirmDevice", "UpdateDeviceStatus"]);
	});

	test("a device that cannot be confirmed does not stop the sign-in", async () => {
		const pool = await start({ devices: "always" });
		pool.faults.add({ operation: "ConfirmDevice", status: 500, body: "" });
		await pool.user().getAccessToken();
	});
});

const FACTORS: [string, MfaFactor[]][] = [
	["no second factor", []],
	["SMS", [{ type: "SMS" }]],
	["TOTP", [TOTP]],
];
/** What the pool calls the users, and what they call themselves. */
const NAMES: [string, (i: number) => string, (i: number) => string][] = [
	["an alias", (i) => `7d1f2a6e-6c7f-4a35-9a10-0d6f6c1f8e1${i}`, (i) => `Jo${i}@Example.com`],
	["a name in another case", (i) => `Jo.Doe${i}`, (i) => `JO.doe${i}`],
	["a UUID", (i) => `aaaabbbb-6c7f-4a35-9a10-0d6f6c1f8e1${i}`, (i) => `aaaabbbb-6c7f-4a35-9a10-0d6f6c1f8e1${i}`],
];
const people = NAMES.flatMap(([name, username, alias]) =>
	FACTORS.map(([factor, mfa], i) => ({
		title: `${name} and ${factor}`,
		known: username(i),
		given: alias(i),
		account: { ...JO, username: username(i), mfa, aliases: [alias(i)] },
	})),
);
const poolsOfAllKinds = [undefined, "s3cr3t-s3cr3t-s3cr3t-s3cr3t"].flatMap((clientSecret) =>
	(["off", "optIn", "always"] as const).flatMap((devices) =>
		[undefined, 0, 60].map((graceSeconds) => ({
			title: `${clientSecret ? "a" : "no"} client secret, devices ${devices}, ${graceSeconds === undefined ? "no rotation" : `rotation with ${graceSeconds} s of grace`}`,
			options: {
				devices,
				...(clientSecret === undefined ? {} : { clientSecret }),
				...(graceSeconds === undefined ? {} : { refreshTokenRotation: { graceSeconds } }),
			} satisfies UserPoolOptions,
		})),
	),
);

describe.each(poolsOfAllKinds)("a pool with $title", ({ options }) => {
	let pool: LocalPool;
	beforeAll(async () => {
		pool = await startPool({ ...options, users: people.map(({ account }) => account) });
	});
	afterAll(() => pool.stop());

	test.each(people)(
		"a pool with $title: a user signs in, renews twice, and signs in again",
		async ({ known, given }) => {
			const user = pool.user({
				username: given,
				challenges: { SMS_MFA: () => sent(pool), SOFTWARE_TOKEN_MFA: { secret: SECRET } },
				onDevice() {},
			});
			const mark = pool.requestLog.length;
			await user.getAccessToken();
			for (let i = 0; i < 2; i++) {
				await pool.clock.advance(HOUR_MS);
				await pool.pool.verify(await user.getAccessToken());
			}
			expect(pool.requestLog.count("GetTokensFromRefreshToken", mark)).toBe(2);
			expect(pool.requestLog.count("InitiateAuth", mark)).toBe(1);
			pool.pool.revokeRefreshTokens(known);
			await pool.clock.advance(HOUR_MS);
			expect(await pool.pool.verify(await user.getAccessToken())).toMatchObject({ username: known });
			expect(pool.requestLog.count("InitiateAuth", mark)).toBe(2);
			await pool.clock.advance(HOUR_MS);
		},
	);
});
