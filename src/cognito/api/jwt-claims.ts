import { bytesOfBase64Url } from "../../platform/base64.ts";
import { isRecord } from "../../platform/http-exchange.ts";
import { isPrintable } from "../../printable.ts";

/** The claims of Cognito's tokens that are used here. Times are in seconds since 1970. */
export interface JwtClaims {
	readonly exp?: number;
	readonly iat?: number;
	readonly username?: string;
}

const isTime = (value: unknown) => typeof value === "number";
const CHECKS = {
	exp: isTime,
	iat: isTime,
	username: (value: unknown) => typeof value === "string" && isPrintable(value, 128),
};

/** Returns the claims that are used here, without verifying the token. Empty for a token that is not a JWT. */
export function jwtClaims(token: string): JwtClaims {
	const claims = unverifiedClaims(token) ?? {};
	return Object.fromEntries(
		Object.entries(CHECKS).flatMap(([name, isValid]) => (isValid(claims[name]) ? [[name, claims[name]]] : [])),
	);
}

/** Returns all claims of a token, without verifying it. `undefined` for a token that is not a JWT. */
export function unverifiedClaims(token: string): Readonly<Record<string, unknown>> | undefined {
	const [, payload] = token.split(".");
	if (payload === undefined) return undefined;
	try {
		const claims: unknown = JSON.parse(new TextDecoder().decode(bytesOfBase64Url(payload)));
		return isRecord(claims) ? claims : undefined;
	} catch {
		return undefined;
	}
}
