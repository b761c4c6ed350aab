import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AppSession, type AppSessionOptions, isEchoStreamError, type SettingsError } from "../../src/index.ts";
import { userOf } from "../support/lying-server.ts";

/** Good settings, by variable, and the options that have precedence over them. */
const SETTINGS: Readonly<Record<string, readonly [option: keyof AppSessionOptions, value: string]>> = {
	APP: ["app", "canary"],
	APPSYNC_ENDPOINT: ["appsyncEndpoint", "https://canary.appsync-api.us-east-1.amazonaws.com/graphql"],
	CLIENT_ID: ["clientId", "canary"],
	TENANT: ["tenant", "canary"],
	USER_NAME: ["username", "canary"],
	USER_POOL_ID: ["userPoolId", "us-east-1_canary"],
};

/** What files, shells and copied texts add to a value, and how the error describes it. */
const STRAY: readonly (readonly [(value: string) => string, string])[] = [
	[(value) => `${value}\n`, "ends with a line break (U+000A)"],
	[(value) => `${value}\r\n`, "ends with a line break (U+000A)"],
	[(value) => `\ufeff${value}`, "starts with a byte order mark (U+FEFF)"],
	[(value) => `${value}\u00a0`, "ends with a non-breaking space (U+00A0)"],
	[(value) => `${value}\u200b`, "ends with a zero-width space (U+200B)"],
	[(value) => `\t${value}`, "starts with a tab (U+0009)"],
	[(value) => ` ${value}`, "starts with white space (U+0020)"],
	[(value) => `"${value}"`, "starts with a quotation mark (U+0022) and ends with a quotation mark (U+0022)"],
	[(value) => `'${value}'`, "starts with a quotation mark (U+0027) and ends with a quotation mark (U+0027)"],
	[(value) => `“${value}”`, "starts with a quotation mark (U+201C) and ends with a quotation mark (U+201D)"],
	[(value) => `${value}"`, "ends with a quotation mark (U+0022)"],
	[(value) => `"${value}"\n`, "starts with a quotation mark (U+0022) and ends with a line break (U+000A)"],
	[(value) => value.replace("can", "can\u0000"), "contains an invisible character (U+0000)"],
	[(value) => value.replace("can", "can\u202e"), "contains an invisible character (U+202E)"],
	[(value) => value.replace("can", "can\n"), "contains a line break (U+000A)"],
];

let before: NodeJS.ProcessEnv;
beforeEach(() => {
	before = { ...process.env };
	for (const [variable, [, value]] of Object.entries(SETTINGS)) process.env[variable] = value;
	process.env.PASSWORD = "password";
	delete process.env.AWS_REGION;
});
afterEach(() => {
	process.env = before;
});

function settingsErrorOf(options: AppSessionOptions = {}): SettingsError {
	try {
		new AppSession(options);
	} catch (error) {
		if (isEchoStreamError(error) && error.code === "InvalidSettings") return error;
		throw error;
	}
	throw new Error("Nothing was thrown");
}

describe.each(Object.entries(SETTINGS))("%s", (variable, [option, value]) => {
	test(`the option ${option} with stray characters, or ${variable} with them, is an error that names both and the character`, () => {
		for (const [spoiled, description] of STRAY) {
			const expected = [{ option, variable, problem: `${description}. Remove such characters.` }];
			const error = settingsErrorOf({ [option]: spoiled(value) });
			expect(error.problems).toEqual(expected);
			process.env[variable] = spoiled(value).replace("\u0000", "\u0001");
			expect(settingsErrorOf().problems).toMatchObject([
				{ option, variable, problem: `${description.replace("U+0000", "U+0001")}. Remove such characters.` },
			]);
			process.env[variable] = value;
			expect(error.message).not.toContain("canary");
		}
	});
});

test.each([
	["regionName", "AWS_REGION"],
	["regionName", "AWS_DEFAULT_REGION"],
	["profileName", "AWS_PROFILE"],
	["profileName", "AWS_DEFAULT_PROFILE"],
])("stray characters in the variable of %s, %s, are an error, unless the option is set", (option, variable) => {
	process.env[variable] = "'us-east-1'";
	expect(settingsErrorOf().problems).toEqual([
		{ option, variable, problem: expect.stringContaining("starts with a quotation mark (U+0027)") },
	]);
	expect(() => new AppSession({ [option]: "us-east-1" })).not.toThrow();
});

test.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"])(
	"stray characters in %s are an error of the sign-in",
	async (variable) => {
		process.env[variable] = "http://127.0.0.1:1\n";
		const user = userOf("", { endpoint: undefined });
		await expect(user.getAccessToken()).rejects.toMatchObject({
			code: "InvalidSettings",
			message: expect.stringMatching(new RegExp(`endpoint.*${variable}.*ends with a line break \\(U\\+000A\\)`)),
		});
	},
);
