/** The claims of Cognito's tokens that are of use to the user itself. Times are seconds since 1970. */
export interface JwtClaims {
	readonly exp?: number;
	readonly iat?: number;
	readonly username?: string;
}

const KINDS = { exp: "number", iat: "number", username: "string" };

/** Reads what a token says about itself, without verifying it. A token that is no JWT says nothing. */
export function jwtClaims(token: string): JwtClaims {
	try {
		const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
		const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
		const claims: Record<string, unknown> = JSON.parse(new TextDecoder().decode(bytes));
		return Object.fromEntries(
			Object.entries(KINDS).flatMap(([name, kind]) => {
				const value = claims[name];
				return typeof value === kind ? [[name, value]] : [];
			}),
		);
	} catch {
		return {};
	}
}
