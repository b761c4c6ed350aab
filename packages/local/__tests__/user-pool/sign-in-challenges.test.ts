import { describe, expect, test } from "@jest/globals";
import { totpCode } from "../../src/user-pool/totp.ts";
import { LambdaValidation, type PoolUser, type UserPoolOptions } from "../../src/user-pool/user-pool-options.ts";
import { type Outcome, PASSWORD, poolWithBob, SrpClient, summary } from "./pool-sign-in.ts";

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const SMS = { type: "SMS", destination: "+15550101234" } as const;
const TOTP = { type: "TOTP", secret: SECRET } as const;
const USED = "NotAuthorizedException: Invalid session for the user, session can only be used once.";

/** Bob, past the password. */
async function pastPassword(options: UserPoolOptions = {}, bob: Partial<PoolUser> = {}) {
	const authFlows = ["USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH", "USER_SRP_AUTH"] as const;
	const made = await poolWithBob({ authFlows, ...options }, bob);
	const initiate = (AuthFlow: string, extra: Record<string, string> = {}): Promise<Outcome> =>
		made.call("InitiateAuth", { AuthFlow, AuthParameters: { USERNAME: "Bob", ...extra } });
	const respond = ({ ChallengeName, Session }: Outcome, answers: Record<string, string> = {}): Promise<Outcome> =>
		made.call("RespondToAuthChallenge", {
			ChallengeName,
			Session,
			ChallengeResponses: { USERNAME: "Bob", ...answers },
		});
	const signIn = (): Promise<Outcome> => initiate("USER_PASSWORD_AUTH", { PASSWORD });
	const totp = (steps = 0): string => totpCode(SECRET, Math.floor(made.clock.now() / 30_000) + steps);
	const lastCode = (): string => made.pool.sentCodes.at(-1)?.code ?? "";
	return { ...made, initiate, respond, signIn, totp, lastCode };
}

test("codes of an authenticator app are those of RFC 6238", () => {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
	const codes = [59, 1111111109, 1234567890, 2000000000].map((time) => totpCode(secret, Math.floor(time / 30)));
	expect(codes).toEqual(["287082", "081804", "005924", "279037"]);
});

describe("a second factor", () => {
	test.each([
		["SMS_MFA", SMS, "SMS_MFA_CODE", "SMS", "+*******1234"],
		["EMAIL_OTP", { type: "EMAIL", destination: "bob@example.com" } as const, "EMAIL_OTP_CODE", "EMAIL", "b***@e***"],
	])(
		"%s sends a code, reports the masked destination, accepts the code once, and allows another try after a wrong one",
		async (name, factor, key, medium, masked) => {
			const { pool, signIn, respond, lastCode } = await pastPassword({}, { mfa: [factor] });
			const challenge = await signIn();
			expect(challenge).toMatchObject({
				ChallengeName: name,
				ChallengeParameters: { CODE_DELIVERY_DELIVERY_MEDIUM: medium, CODE_DELIVERY_DESTINATION: masked },
			});
			expect(pool.sentCodes).toEqual([
				{ username: "Bob", kind: name, destination: factor.destination, code: expect.stringMatching(/^\d{6}$/) },
			]);
			const wrong = lastCode() === "000000" ? "000001" : "000000";
			expect(summary(await respond(challenge, { [key]: wrong }))).toBe(
				"CodeMismatchException: Invalid code or auth state for the user.",
			);
			expect(summary(await respond(challenge))).toBe(`InvalidParameterException: Missing required parameter ${key}`);
			expect(summary(await respond(challenge, { [key]: lastCode() }))).toBe("tokens");
			expect(summary(await respond(challenge, { [key]: lastCode() }))).toBe(USED);
		},
	);

	test("a code of an authenticator app is accepted up to one step before and after its time, and only once", async () => {
		const { clock, signIn, respond, totp } = await pastPassword({}, { mfa: [TOTP] });
		const answer = async (SOFTWARE_TOKEN_MFA_CODE: string): Promise<string> =>
			summary(await respond(await signIn(), { SOFTWARE_TOKEN_MFA_CODE }));
		const wrong = "CodeMismatchException: Invalid code received for user";
		expect(await answer(totp(2))).toBe(wrong);
		expect(await answer(totp(-2))).toBe(wrong);
		expect(await answer(totp(-1))).toBe("tokens");
		expect(await answer(totp())).toBe("tokens");
		expect(await answer(totp())).toBe("ExpiredCodeException: Your software token has already been used once.");
		clock.forward(30);
		expect(await answer(totp())).toBe("tokens");
	});

	test("a second factor can be chosen where there are several and none is preferred", async () => {
		const { signIn, respond, totp } = await pastPassword({}, { mfa: [SMS, TOTP] });
		const question = await signIn();
		expect(question.ChallengeName).toBe("SELECT_MFA_TYPE");
		expect(JSON.parse(question.ChallengeParameters?.MFAS_CAN_CHOOSE ?? "")).toEqual(["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
		expect(summary(await respond(question, { ANSWER: "EMAIL_OTP" }))).toMatch(/^InvalidParameterException/);
		const chosen = await respond(question, { ANSWER: "SOFTWARE_TOKEN_MFA" });
		expect(chosen.Session).not.toBe(question.Session);
		expect(summary(await respond(chosen, { SOFTWARE_TOKEN_MFA_CODE: totp() }))).toBe("tokens");
	});

	test("a preferred second factor is required without a choice, and none where MFA is off", async () => {
		const mfa = [SMS, { ...TOTP, preferred: true }];
		expect(summary(await (await pastPassword({}, { mfa })).signIn())).toBe("SOFTWARE_TOKEN_MFA");
		expect(summary(await (await pastPassword({ mfa: "OFF" }, { mfa })).signIn())).toBe("tokens");
	});

	test("a user without a second factor sets one up while signing in where MFA is on", async () => {
		const { clock, call, signIn, respond } = await pastPassword({ mfa: "ON" });
		const challenge = await signIn();
		expect(challenge).toMatchObject({
			ChallengeName: "MFA_SETUP",
			ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
		});
		expect(summary(await respond(challenge))).toMatch(/^InvalidParameterException/);
		const { SecretCode, Session } = await call("AssociateSoftwareToken", { Session: challenge.Session });
		const code = (steps: number): string => totpCode(String(SecretCode), Math.floor(clock.now() / 30_000) + steps);
		expect(summary(await call("VerifySoftwareToken", { Session, UserCode: code(5) }))).toBe(
			"EnableSoftwareTokenMFAException: Code mismatch",
		);
		const verified = await call("VerifySoftwareToken", { Session, UserCode: code(0) });
		expect(verified.Status).toBe("SUCCESS");
		expect(summary(await respond({ ...challenge, Session: String(verified.Session) }))).toBe("tokens");
		expect(summary(await signIn())).toBe("SOFTWARE_TOKEN_MFA");
	});
});

describe("a session", () => {
	test("a session ends after its lifetime and after five wrong codes, and serves no other challenge or user", async () => {
		const { clock, pool, signIn, respond, lastCode } = await pastPassword({}, { mfa: [SMS] });
		pool.addUser({ username: "Eve", password: PASSWORD });
		const late = await signIn();
		clock.forward(180);
		expect(summary(await respond(late, { SMS_MFA_CODE: lastCode() }))).toBe(
			"NotAuthorizedException: Invalid session for the user, session is expired.",
		);
		const guessed = await signIn();
		const wrong = String((Number(lastCode()) + 1) % 1_000_000).padStart(6, "0");
		for (let i = 0; i < 5; i++) await respond(guessed, { SMS_MFA_CODE: wrong });
		expect(summary(await respond(guessed, { SMS_MFA_CODE: lastCode() }))).toBe(USED);
		const good = await signIn();
		const invalid = "NotAuthorizedException: Invalid session for the user.";
		expect(summary(await respond({ ...good, ChallengeName: "EMAIL_OTP" }, { EMAIL_OTP_CODE: lastCode() }))).toBe(
			invalid,
		);
		expect(summary(await respond({ ...good, Session: "made-up" }, { SMS_MFA_CODE: lastCode() }))).toBe(invalid);
		expect(summary(await respond(good, { SMS_MFA_CODE: lastCode(), USERNAME: "Eve" }))).toMatch(/^UserNotFound/);
		expect(summary(await respond(good, { SMS_MFA_CODE: lastCode() }))).toBe("tokens");
	});
});

test("a temporary password has to be replaced, with the attributes that the pool requires", async () => {
	const { initiate, signIn, respond } = await pastPassword(
		{ requiredAttributes: ["email", "name"] },
		{ status: "FORCE_CHANGE_PASSWORD", attributes: { email: "b@x" } },
	);
	const challenge = await signIn();
	expect(challenge).toMatchObject({
		ChallengeName: "NEW_PASSWORD_REQUIRED",
		ChallengeParameters: {
			USER_ID_FOR_SRP: "Bob",
			requiredAttributes: '["userAttributes.name"]',
			userAttributes: '{"email":"b@x"}',
		},
	});
	const NEW_PASSWORD = "a better one";
	expect(summary(await respond(challenge, { NEW_PASSWORD }))).toBe(
		"InvalidParameterException: Invalid attributes given, name is missing",
	);
	expect(summary(await respond(challenge, { NEW_PASSWORD: "short", "userAttributes.name": "B" }))).toMatch(
		/^InvalidPasswordException: Password did not conform with policy/,
	);
	expect(summary(await respond(challenge, { NEW_PASSWORD, "userAttributes.name": "B" }))).toBe("tokens");
	expect(summary(await signIn())).toMatch(/^NotAuthorizedException/);
	expect(summary(await initiate("USER_PASSWORD_AUTH", { PASSWORD: NEW_PASSWORD }))).toBe("tokens");
});

describe("USER_AUTH", () => {
	const attributes = { email: "bob@example.com" };

	test("USER_AUTH offers the available first factors, and accepts the choice", async () => {
		const { initiate, respond, lastCode } = await pastPassword({}, { attributes });
		const question = await initiate("USER_AUTH");
		expect(question).toMatchObject({
			ChallengeName: "SELECT_CHALLENGE",
			AvailableChallenges: ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"],
		});
		expect(summary(await respond(question, { ANSWER: "SMS_OTP" }))).toMatch(/^InvalidParameterException/);
		const code = await respond(question, { ANSWER: "EMAIL_OTP" });
		expect(summary(await respond(code, { EMAIL_OTP_CODE: lastCode() }))).toBe("tokens");
		const again = await initiate("USER_AUTH", { PREFERRED_CHALLENGE: "WEB_AUTHN" });
		expect(summary(await respond(again, { ANSWER: "PASSWORD", PASSWORD }))).toBe("tokens");
	});

	test.each(["preferred", "chosen by ANSWER", "chosen by name"])(
		"USER_AUTH signs in by SRP within a session when PASSWORD_SRP is %s",
		async (how) => {
			const { pool, clock, call, initiate, respond } = await pastPassword();
			const client = new SrpClient(pool, "Bob", PASSWORD);
			if (how === "preferred") await client.initiate({ PREFERRED_CHALLENGE: "PASSWORD_SRP" }, "USER_AUTH");
			else {
				const question = await initiate("USER_AUTH");
				const named = { ...question, ...(how === "chosen by name" ? { ChallengeName: "PASSWORD_SRP" } : {}) };
				const answer = how === "chosen by name" ? {} : { ANSWER: "PASSWORD_SRP" };
				await client.take(respond(named, { ...answer, SRP_A: client.srpA }));
			}
			const proof = client.proof(clock.now());
			expect(proof.Session).toEqual(expect.any(String));
			expect(summary(await call("RespondToAuthChallenge", { ...proof, Session: "made-up" }))).toMatch(
				/Invalid session/,
			);
			expect(summary(await call("RespondToAuthChallenge", proof))).toBe("tokens");
		},
	);

	test("USER_AUTH with a preferred SMS_OTP sends the code at once", async () => {
		const { initiate, respond, lastCode } = await pastPassword({}, { attributes: { phone_number: "+15550100009" } });
		const challenge = await initiate("USER_AUTH", { PREFERRED_CHALLENGE: "SMS_OTP" });
		expect(summary(await respond(challenge, { SMS_OTP_CODE: lastCode() }))).toBe("tokens");
	});
});

describe("CUSTOM_AUTH", () => {
	const customChallenge: UserPoolOptions["customChallenge"] = (_, answers) => {
		if (answers.some(({ correct }) => !correct)) return "failAuthentication";
		return answers.length === 2 ? "issueTokens" : { ask: { question: `${answers.length + 1}?` }, expect: "yes" };
	};

	test("CUSTOM_AUTH opens custom challenges until the pool issues tokens", async () => {
		const { initiate, respond } = await pastPassword({ customChallenge });
		const first = await initiate("CUSTOM_AUTH");
		expect(first).toMatchObject({
			ChallengeName: "CUSTOM_CHALLENGE",
			ChallengeParameters: { USERNAME: "Bob", question: "1?" },
		});
		const second = await respond(first, { ANSWER: "yes" });
		expect(second.ChallengeParameters?.question).toBe("2?");
		expect(summary(await respond(second, { ANSWER: "yes" }))).toBe("tokens");
		expect(summary(await respond(await initiate("CUSTOM_AUTH"), { ANSWER: "no" }))).toBe(
			"NotAuthorizedException: Incorrect username or password.",
		);
	});

	test("CUSTOM_AUTH can begin with SRP", async () => {
		const { pool, clock } = await pastPassword({ customChallenge });
		const client = new SrpClient(pool, "Bob", PASSWORD);
		expect(summary(await client.initiate({ CHALLENGE_NAME: "SRP_A" }, "CUSTOM_AUTH"))).toBe("PASSWORD_VERIFIER");
		expect(summary(await client.prove(clock.now()))).toBe("CUSTOM_CHALLENGE");
	});
});

test("Lambda triggers deny a sign-in with their own message, fail, and add claims", async () => {
	const denying = (error: Error): UserPoolOptions => ({
		triggers: {
			preAuthentication: () => {
				throw error;
			},
		},
	});
	expect(summary(await (await pastPassword(denying(new LambdaValidation("not today")))).signIn())).toBe(
		"UserLambdaValidationException: PreAuthentication failed with error not today.",
	);
	expect(summary(await (await pastPassword(denying(new Error("boom")))).signIn())).toMatch(
		/^UnexpectedLambdaException/,
	);
	const { pool, signIn } = await pastPassword({
		triggers: { preTokenGeneration: (name) => ({ team: `${name}'s`, sub: "x" }) },
	});
	const claims = await pool.verify((await signIn()).AuthenticationResult?.AccessToken ?? "");
	expect(claims.team).toBe("Bob's");
	expect(claims.sub).not.toBe("x");
});
