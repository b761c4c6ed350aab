import { expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AppSession, type HttpHandler, SettingsError } from "../../../src/index.ts";
import { codeOf, JO, type LocalPool, poolPerTest, settle } from "../../support/local-user.ts";

const start = poolPerTest();

/** A pool whose Lambda asks `rounds` questions, and connections on which every response takes `ms` by the pool's clock. */
async function slowPool(rounds: number, ms: number) {
	const pool = await start({
		customChallenge: (_, answers) => (answers.length < rounds ? { ask: {}, expect: "yes" } : "issueTokens"),
	});
	const real: HttpHandler = new NodeHttpHandler();
	const delay = { ms };
	const requestHandler: HttpHandler = {
		async handle(...request) {
			const result = await real.handle(...request);
			await pool.clock.advance(delay.ms);
			return result;
		},
	};
	return { pool, delay, options: { requestHandler, authFlow: "CUSTOM_AUTH", password: undefined } as const };
}

test("a sign-in whose requests together take longer than 45 s ends in SignInTimedOut, and the next one starts again", async () => {
	const { pool, delay, options } = await slowPool(8, 10_000);
	const user = pool.user({ ...options, challenges: { CUSTOM_CHALLENGE: "yes" } });
	await expect(user.getAccessToken()).rejects.toMatchObject({
		code: "SignInTimedOut",
		transient: true,
		message: expect.stringContaining("45000 ms (loginTimeoutMs)"),
	});
	expect(pool.requestLog.length).toBe(5);
	delay.ms = 4000;
	await pool.pool.verify(await user.getAccessToken());
});

test("loginTimeoutMs sets the deadline of a sign-in, also for the rest of it after the caller's own response", async () => {
	const { pool, delay, options } = await slowPool(3, 200);
	const user = pool.user({ ...options, loginTimeoutMs: 250, challenges: {} });
	expect(await codeOf(user.authenticate())).toBe("ChallengeUnanswered");
	expect(await codeOf(user.respondToChallenge({ ANSWER: "yes" }))).toBe("ChallengeUnanswered");
	delay.ms = 300;
	expect(await codeOf(user.respondToChallenge({ ANSWER: "yes" }))).toBe("SignInTimedOut");
});

test("the time that the program's functions take does not count as network time", async () => {
	const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
	const user = pool.user({
		loginTimeoutMs: 1000,
		answerTimeoutMs: 900_000,
		async password() {
			await pool.clock.advance(600_000);
			return JO.password;
		},
		challenges: {
			async SMS_MFA() {
				await pool.clock.advance(120_000);
				return pool.pool.sentCodes.at(-1)?.code ?? "";
			},
		},
	});
	await pool.pool.verify(await user.getAccessToken());
});

test.each(["password", "SMS_MFA"])(
	"a %s function that never returns ends in AnswerTimedOut after answerTimeoutMs, and the next call starts again",
	async (slow) => {
		const pool = await start({ jo: { mfa: [{ type: "SMS" }] } });
		const signals: AbortSignal[] = [];
		const once = (name: string, answer: () => string) => (request: { readonly signal: AbortSignal }) => {
			if (name !== slow) return answer();
			signals.push(request.signal);
			return signals.length === 1 ? new Promise<string>(() => {}) : answer();
		};
		const user = pool.user({
			answerTimeoutMs: 5000,
			password: once("password", () => JO.password),
			challenges: { SMS_MFA: once("SMS_MFA", () => pool.pool.sentCodes.at(-1)?.code ?? "") },
		});
		const waiting = [codeOf(user.getAccessToken()), codeOf(user.getAccessToken())];
		await settle(() => signals.length === 1);
		await pool.clock.advance(4999);
		expect(signals[0]?.aborted).toBe(false);
		await pool.clock.advance(1);
		expect(await Promise.all(waiting)).toEqual(["AnswerTimedOut", "AnswerTimedOut"]);
		expect(signals[0]?.aborted).toBe(true);
		await pool.pool.verify(await user.getAccessToken());
		expect([signals.length, signals[1]?.aborted]).toEqual([2, false]);
	},
);

test.each([
	["authenticate()", (pool: LocalPool, user: ReturnType<LocalPool["user"]>) => user.authenticate(pool.pool.clientId)],
	["logout()", (_: LocalPool, user: ReturnType<LocalPool["user"]>) => user.logout()],
	["destroy()", (_: LocalPool, user: ReturnType<LocalPool["user"]>) => user.destroy()],
])("%s aborts the signal of a password function that a sign-in waits for", async (_, stop) => {
	const pool = await start();
	let signal: AbortSignal | undefined;
	const user = pool.user({
		password: (request) => {
			signal = request.signal;
			return new Promise(() => {});
		},
	});
	const waiting = codeOf(user.getAccessToken());
	await settle(() => signal !== undefined);
	await codeOf(Promise.resolve(stop(pool, user)));
	expect(signal?.aborted).toBe(true);
	expect(await waiting).not.toBe("none");
	expect(pool.clock.pending).toBe(0);
});

test("destroy() while a sign-in waits for the next code of an authenticator ends that wait", async () => {
	const secret = "JBSWY3DPEHPK3PXP";
	const pool = await start({ jo: { mfa: [{ type: "TOTP", secret }] } });
	const user = pool.user({ challenges: { SOFTWARE_TOKEN_MFA: { secret } } });
	await user.getAccessToken();
	const waiting = codeOf(user.authenticate());
	await settle(() => pool.clock.pending > 0 && pool.requestLog.length === 5);
	user.destroy();
	expect(await waiting).toBe("UserDestroyed");
	expect(pool.clock.pending).toBe(0);
});

test("a code of an authenticator does not wait for a time that a server named once and took back", async () => {
	const secret = "JBSWY3DPEHPK3PXP";
	const pool = await start({ jo: { mfa: [{ type: "TOTP", secret }] } });
	const real: HttpHandler = new NodeHttpHandler();
	const ChallengeParameters = { USERNAME: JO.username, SRP_B: "7f".repeat(384), SALT: "a1b2", SECRET_BLOCK: "AAAA" };
	const lies: object[] = [
		{ ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters },
		{ ChallengeName: "SOFTWARE_TOKEN_MFA" },
	];
	const requestHandler: HttpHandler = {
		async handle(...request) {
			const lie = lies.shift();
			if (lie === undefined) return real.handle(...request);
			const headers = { date: "Tue, 01 Jan 2030 00:00:00 GMT" };
			return { response: { statusCode: 200, headers, body: JSON.stringify(lie) } };
		},
	};
	const user = pool.user({ requestHandler, challenges: { SOFTWARE_TOKEN_MFA: { secret } } });
	// The code of that time is sent to the real pool, and rejected. The next login learns the real time.
	expect(await codeOf(user.authenticate())).not.toBe("none");
	expect(await codeOf(user.authenticate())).toBe("none");
});

test("a session reports sign-in deadlines that are not above 0, together with all other invalid options", () => {
	try {
		new AppSession({ loginTimeoutMs: 0, answerTimeoutMs: -1 });
		throw new Error("made");
	} catch (error) {
		expect(error).toBeInstanceOf(SettingsError);
		const options = (error as SettingsError).problems.map(({ option }) => option);
		expect(options).toEqual(expect.arrayContaining(["tenant", "loginTimeoutMs", "answerTimeoutMs"]));
	}
});
