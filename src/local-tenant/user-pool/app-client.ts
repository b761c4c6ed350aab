import { createHmac, timingSafeEqual } from "node:crypto";
import { CognitoException } from "./cognito-exception.ts";
import type { AuthFlow, UserPoolSettings } from "./user-pool-options.ts";

type Client = Pick<UserPoolSettings, "clientId" | "clientSecret" | "authFlows">;

function isSame(given: string, expected: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(expected)];
	return a.length === b.length && timingSafeEqual(a, b);
}

/** Refuses an app client that the pool does not have. */
export function checkClientId({ clientId }: Client, given: unknown): void {
	if (typeof given !== "string") {
		throw new CognitoException(
			"InvalidParameterException",
			"1 validation error detected: Value null at 'clientId' failed to satisfy constraint: Member must not be null",
		);
	}
	if (given !== clientId) {
		throw new CognitoException("ResourceNotFoundException", `User pool client ${given} does not exist.`);
	}
}

/** Refuses a way of logging in that the app client does not allow. */
export function checkAuthFlow({ authFlows }: Client, flow: AuthFlow): void {
	if (authFlows.includes(flow)) return;
	const wording =
		flow === "USER_PASSWORD_AUTH"
			? `${flow} flow not enabled for this client`
			: `${flow} is not enabled for the client.`;
	throw new CognitoException("InvalidParameterException", wording);
}

/** Refuses a `SECRET_HASH` that was not made from `username` and the client's secret, and one where there is no secret. */
export function checkSecretHash({ clientId, clientSecret }: Client, given: unknown, username: string): void {
	if (clientSecret === undefined) {
		if (given === undefined || given === null) return;
		throw new CognitoException(
			"NotAuthorizedException",
			`Client ${clientId} is not configured with a secret but SECRET_HASH was received`,
		);
	}
	if (typeof given !== "string") {
		throw new CognitoException(
			"NotAuthorizedException",
			`Client ${clientId} is configured with secret but SECRET_HASH was not received`,
		);
	}
	const expected = createHmac("sha256", clientSecret).update(`${username}${clientId}`).digest("base64");
	if (!isSame(given, expected)) {
		throw new CognitoException("NotAuthorizedException", `Unable to verify secret hash for client ${clientId}`);
	}
}

/** Refuses a raw client secret that is wrong or missing. */
export function checkClientSecret({ clientId, clientSecret }: Client, given: unknown): void {
	if (clientSecret === undefined) return;
	if (typeof given !== "string" || !isSame(given, clientSecret)) {
		throw new CognitoException("NotAuthorizedException", `Invalid client secret for client ${clientId}`);
	}
}
