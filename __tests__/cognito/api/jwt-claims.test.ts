import { expect, test } from "@jest/globals";
import { jwtClaims } from "../../../src/cognito/api/jwt-claims.ts";

const token = (payload: unknown) =>
	`e30.${Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)).toString("base64url")}.signature`;

test("the claims in use are read, in whatever alphabet the user name is", () => {
	const claims = { exp: 2, iat: 1, username: "Jörg 🔑 ÿÿÿ>>>???" };
	expect(jwtClaims(token({ ...claims, scope: "x" }))).toEqual(claims);
});

test("claims of another type are left out", () => {
	expect(jwtClaims(token({ exp: "2", iat: null, username: 5 }))).toEqual({});
});

test.each(["", "opaque", "a.b.c", "a.*.c", token("no JSON"), token(null), token("[]")])("%j has no claims", (text) => {
	expect(jwtClaims(text)).toEqual({});
});
