// Run by jest and by vitest, both without any configuration.
const expected = process.env.EXPECTED;

test("signs in", async () => {
	const { signIn } = await (process.env.VITEST ? import("./sign-in.mjs") : require("./sign-in.cjs"));
	expect(await signIn()).toBe(expected);
});
