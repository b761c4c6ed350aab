import { expect, test } from "@jest/globals";
import { run } from "../src/run.ts";

async function outputOf(...args: string[]) {
	const printed: string[] = [];
	const errors: string[] = [];
	const code = await run(args, {
		print: (text) => printed.push(text),
		printError: (text) => errors.push(text),
		untilInterrupted: async () => {},
	});
	return { code, printed: printed.join("\n"), errors: errors.join("\n") };
}

test("echostream-local prints the variables of an API user as export lines", async () => {
	const { code, printed, errors } = await outputOf("--api-user", "reader");
	expect(code).toBe(0);
	expect(printed).toContain("export USER_NAME='reader'");
	expect(printed).toMatch(/export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+'/);
	expect(errors).toContain("for development only");
});

test("echostream-local prints the variables of an app by default", async () => {
	expect((await outputOf()).printed).toContain("export APP='external-app'");
});

test.each([
	[["--help"], 0, "Usage: echostream-local"],
	[["--fly"], 2, "--fly"],
	[["--app", "no-such-app"], 1, "no-such-app"],
])("echostream-local with the arguments %j exits with %i", async (args, code, text) => {
	const output = await outputOf(...args);
	expect([output.code, output.printed + output.errors]).toEqual([code, expect.stringContaining(text)]);
});
