import { expect, test } from "@jest/globals";
import { parseTotpSecret, totp } from "../../../src/cognito/login/totp.ts";

// RFC 6238, appendix B, SHA-1, of which the last six digits are the code of six.
test.each([
	[59, "287082"],
	[1111111109, "081804"],
	[1111111111, "050471"],
	[1234567890, "005924"],
	[2000000000, "279037"],
	[20000000000, "353130"],
])("at %i s the code of RFC 6238 is %s", async (seconds, code) => {
	expect(await totp(new TextEncoder().encode("12345678901234567890"), Math.floor(seconds / 30))).toBe(code);
});

test("a TOTP secret is base32, in either case, with or without blanks, hyphens and padding", () => {
	const bytes = new TextEncoder().encode("12345678901234567890");
	for (const secret of [
		"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
		"gezd gnbv gy3t qojq-gezd gnbv gy3t qojq",
		"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======",
	]) {
		expect(parseTotpSecret(secret)).toEqual(bytes);
	}
	for (const wrong of ["", "A", "0189", "not base32!"]) expect(parseTotpSecret(wrong)).toBeUndefined();
});
