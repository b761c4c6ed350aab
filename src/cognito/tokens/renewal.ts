import type { CognitoApi } from "../api/api.ts";
import { isNotOffered } from "../api/exceptions.ts";
import { type IssuedTokens, issuedTokens } from "../api/response-validation.ts";
import type { AppClient } from "../login/app-client.ts";

/** A refresh token, and the user and device that it was issued for. */
export interface RefreshGrant {
	readonly refreshToken: string;
	/** The user's name, as Cognito knows it. */
	readonly username: string;
	readonly deviceKey: string | undefined;
}

type RenewalOperation = "GetTokensFromRefreshToken" | "REFRESH_TOKEN_AUTH";

const FALLBACK: Readonly<Record<RenewalOperation, RenewalOperation>> = {
	GetTokensFromRefreshToken: "REFRESH_TOKEN_AUTH",
	REFRESH_TOKEN_AUTH: "GetTokensFromRefreshToken",
};

/**
 * Exchanges a refresh token for new tokens: by `GetTokensFromRefreshToken`, which works with rotation on and off, or by
 * `REFRESH_TOKEN_AUTH` if the former is unavailable. It remembers which of the two worked.
 */
export class CognitoRenewal {
	readonly #api: CognitoApi;
	readonly #client: AppClient;
	#operation: RenewalOperation = "GetTokensFromRefreshToken";

	constructor(api: CognitoApi, client: AppClient) {
		this.#api = api;
		this.#client = client;
	}

	/** Returns new tokens. They include a refresh token only if it was rotated. */
	async renew(grant: RefreshGrant, signal: AbortSignal): Promise<IssuedTokens> {
		try {
			return await this.#renewWith(this.#operation, grant, signal);
		} catch (error) {
			if (!isNotOffered(error)) throw error;
			const fallback = FALLBACK[this.#operation];
			const tokens = await this.#renewWith(fallback, grant, signal).catch((otherError: unknown) => {
				throw isNotOffered(otherError) ? error : otherError;
			});
			this.#operation = fallback;
			return tokens;
		}
	}

	async #renewWith(
		operation: RenewalOperation,
		{ refreshToken, username, deviceKey }: RefreshGrant,
		signal: AbortSignal,
	): Promise<IssuedTokens> {
		const { clientId, secret, userPoolId } = this.#client;
		if (operation === "GetTokensFromRefreshToken") {
			const input = { ClientId: clientId, RefreshToken: refreshToken, ClientSecret: secret, DeviceKey: deviceKey };
			const response = await this.#api.send("GetTokensFromRefreshToken", input, "renewal", signal);
			return issuedTokens(response.AuthenticationResult, userPoolId);
		}
		const hash = await this.#client.secretHash(username);
		const input = {
			AuthFlow: "REFRESH_TOKEN_AUTH" as const,
			AuthParameters: {
				REFRESH_TOKEN: refreshToken,
				...(hash === undefined ? {} : { SECRET_HASH: hash }),
				...(deviceKey === undefined ? {} : { DEVICE_KEY: deviceKey }),
			},
			ClientId: clientId,
		};
		return issuedTokens(
			(await this.#api.send("InitiateAuth", input, "renewal", signal)).AuthenticationResult,
			userPoolId,
		);
	}
}
