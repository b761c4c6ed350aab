import { describe, expect, test } from "@jest/globals";
import type { MfaFactor } from "../../../packages/local/src/user-pool/user-pool-options.ts";
import { ChallengeError, SettingsError } from "../../../src/errors.ts";
import { JO, poolPerTest, settle } from "../../support/local-user.ts";

const SMS: MfaFactor = { type: "SMS", destination: "+4915112345678" };
const CANARY = "Canary-passw0rd";

const start = poolPerTest();

const errorOf = (promise: Promise<unknown>): Promise<Error> =>
	promise.then(
		() => {
			throw new Error("It succeeded");
		},
		(error: Error) => error,
	);

/** How a function fails, with an error that contains more than a message may repeat. */
const THROWN = new Error(`bad ${CANARY}`);
const FAILING_FUNCTIONS: Readonly<Record<string, () => never>> = {
	throws: () => {
		throw THROWN;
	},
	rejects: (() => Promise.reject(THROWN)) as () => never,
};

describe.each(Object.entries(FAILING_FUNCTIONS))("a function that %s", (how, fail) => {
	test(`a password function that ${how} is an AuthenticationError with its cause, and the next call tries again`, async () => {
		const pool = await start();
		let fails = true;
		const user = pool.user({ random: () => 0, password: () => (fails ? fail() : JO.password) });
		const error = await errorOf(user.getAccessToken());
		expect(error).toMatchObject({ name: "AuthenticationError", code: "PasswordUnavailable", transient: true });
		expect(error.cause).toBe(THROWN);
		expect(error.message).not.toContain(CANARY);
		expect(pool.requestLog.length).toBe(0);
		fails = false;
		await user.getAccessToken();
	});

	test(`a challenge function that ${how} is a ChallengeError with its cause, and the next call tries again`, async () => {
		const pool = await start({ jo: { mfa: [SMS] } });
		let fails = true;
		const answer = () => (fails ? fail() : (pool.pool.sentCodes.at(-1)?.code ?? ""));
		const user = pool.user({ random: () => 0, challenges: { SMS_MFA: answer } });
		const error = await errorOf(user.getAccessToken());
		expect(error).toMatchObject({
			name: "ChallengeError",
			code: "AnswerUnavailable",
			challengeName: "SMS_MFA",
			transient: true,
		});
		expect(error.cause).toBe(THROWN);
		expect(error.message).not.toContain(CANARY);
		fails = false;
		await user.getAccessToken();
	});
});

test("a second call of the password function that throws is a typed error, and no rejected password is sent again", async () => {
	const pool = await start();
	let calls = 0;
	const password = () => {
		calls++;
		if (calls > 1) throw THROWN;
		return JO.password;
	};
	const user = pool.user({ random: () => 0, password });
	await user.getAccessToken();
	pool.pool.setPassword(JO.username, "Another-1");
	pool.pool.revokeRefreshTokens(JO.username);
	await pool.clock.advance(2 * 3_600_000);
	pool.requestLog.clear();
	for (let call = 0; call < 3; call++) {
		expect(await errorOf(user.getAccessToken())).toMatchObject({ code: "PasswordUnavailable", cause: THROWN });
	}
	expect(pool.requestLog.count("RespondToAuthChallenge")).toBe(1);
	expect(calls).toBe(4);
});

test.each([
	["undefined", undefined, "a value of type undefined"],
	["null", null, "a value of type null"],
	["a number", 7, "a value of type number"],
	["an object", { password: CANARY }, "a value of type object"],
	["a buffer", new TextEncoder().encode(CANARY), "a value of type object"],
	["an empty string", "", "an empty string"],
])(
	"a password function that returns %s is an AuthenticationError with this type in its message",
	async (_, value, what) => {
		const pool = await start();
		const error = await errorOf(pool.user({ password: () => value as string }).getAccessToken());
		expect(error).toMatchObject({ name: "AuthenticationError", code: "PasswordUnavailable" });
		expect(error.message).toContain(`returned ${what}`);
		expect(error.message).not.toContain(CANARY);
		expect(pool.requestLog.length).toBe(0);
	},
);

test.each([
	["a number", 123456],
	["an object", { secret: "JBSWY3DPEHPK3PXP" }],
	["a list", ["123456"]],
])("a challenge function that returns %s is a ChallengeError, and sends nothing to Cognito", async (_, value) => {
	const pool = await start({ jo: { mfa: [SMS] } });
	const answer = () => value as unknown as string;
	const error = await errorOf(pool.user({ challenges: { SMS_MFA: answer } }).getAccessToken());
	expect(error).toMatchObject({ code: "AnswerUnavailable", cause: { name: "TypeError" } });
	expect(pool.requestLog.length).toBe(2);
});

test.each([
	["of a setting", new SettingsError("a vault", [{ option: "vault", problem: "is missing" }])],
	["of a challenge", new ChallengeError("ChallengeUnanswered", "SMS_MFA", "Nobody is there")],
])(
	"an error of this package %s passes through a password function and a challenge function unchanged",
	async (_, thrown) => {
		const pool = await start({ jo: { mfa: [SMS] } });
		const fail = () => {
			throw thrown;
		};
		expect(await errorOf(pool.user({ password: fail }).getAccessToken())).toBe(thrown);
		expect(await errorOf(pool.user({ challenges: { SMS_MFA: fail } }).getAccessToken())).toBe(thrown);
	},
);

test("a password function that throws because its signal was aborted does not replace the reason", async () => {
	const pool = await start();
	const password = ({ signal }: { readonly signal: AbortSignal }) =>
		new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(THROWN)));
	const user = pool.user({ password, answerTimeoutMs: 1_000 });
	const token = errorOf(user.getAccessToken());
	await settle(() => pool.clock.pending > 0);
	await pool.clock.advance(1_000);
	expect(await token).toMatchObject({ code: "AnswerTimedOut" });
});

test.each([
	["a line break at its end", (password: string) => `${password}\n`, "ends with a line break (U+000A)"],
	[
		"a byte order mark at its start",
		(password: string) => `\ufeff${password}`,
		"starts with a byte order mark (U+FEFF)",
	],
	["a space on both sides", (password: string) => ` ${password} `, "starts with white space (U+0020) and ends with"],
	["a zero-width space at its end", (password: string) => `${password}\u200b`, "ends with a zero-width space (U+200B)"],
	["double quotes around it", (password: string) => `"${password}"`, "is wrapped in quotes"],
	["single quotes around it", (password: string) => `'${password}'`, "is wrapped in quotes"],
])(
	"the error of a rejected password with %s describes it without the password, which was sent unchanged",
	async (_, spoiled, doubt) => {
		const pool = await start({ jo: { password: CANARY } });
		const user = pool.user({ password: spoiled(CANARY) });
		for (const error of [await errorOf(user.getAccessToken()), await errorOf(user.getAccessToken())]) {
			expect(error).toMatchObject({ code: "SignInRejected", cause: { name: "NotAuthorizedException" } });
			expect(error.message).toContain(`The password ${doubt}`);
			expect(error.message).not.toContain(CANARY);
		}
		expect(pool.requestLog.length).toBe(2);
		const right = await start({ jo: { password: spoiled(CANARY) } });
		await right.user({ password: spoiled(CANARY) }).getAccessToken();
	},
);

test.each(["wrong", `wrong "quoted"`, "wrong\ninside", `"`])(
	"a rejected sign-in has no doubts about the characters of the password %j",
	async (password) => {
		const pool = await start();
		expect((await errorOf(pool.user({ password }).getAccessToken())).message).not.toContain("The password ");
	},
);
