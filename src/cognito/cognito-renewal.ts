import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoApi } from "./cognito-api.ts";
import { isNotOffered } from "./cognito-exceptions.ts";
import { secretHash } from "./srp.ts";

/** What {@link CognitoRenewal} works with. */
export interface CognitoRenewalOptions {
	readonly api: CognitoApi;
	readonly clientId: string;
	readonly clientSecret: string | undefined;
}

/** A refresh token, and for whom it was issued. */
export interface Renewable {
	readonly refreshToken: string;
	/** The user's name as Cognito knows it. */
	readonly name: string;
	readonly deviceKey: string | undefined;
}

type Way = "GetTokensFromRefreshToken" | "REFRESH_TOKEN_AUTH";

const OTHER: Readonly<Record<Way, Way>> = {
	GetTokensFromRefreshToken: "REFRESH_TOKEN_AUTH",
	REFRESH_TOKEN_AUTH: "GetTokensFromRefreshToken",
};

/**
 * Gets new tokens for a refresh token: by `GetTokensFromRefreshToken`, which works with rotation on and off, or by
 * `REFRESH_TOKEN_AUTH` where the former is not offered. It remembers which of the two worked.
 */
export class CognitoRenewal {
	readonly #options: CognitoRenewalOptions;
	#way: Way = "GetTokensFromRefreshToken";

	constructor(options: CognitoRenewalOptions) {
		this.#options = options;
	}

	/** New tokens, without a refresh token unless it was rotated. */
	async renew(renewable: Renewable): Promise<AuthenticationResultType> {
		try {
			return await this.#by(this.#way, renewable);
		} catch (error) {
			if (!isNotOffered(error)) throw error;
			const result = await this.#by(OTHER[this.#way], renewable).catch((otherError: unknown) => {
				throw isNotOffered(otherError) ? error : otherError;
			});
			this.#way = OTHER[this.#way];
			return result;
		}
	}

	async #by(way: Way, { refreshToken, name, deviceKey }: Renewable): Promise<AuthenticationResultType> {
		const { api, clientId, clientSecret } = this.#options;
		if (way === "GetTokensFromRefreshToken") {
			const input = {
				ClientId: clientId,
				RefreshToken: refreshToken,
				...(clientSecret === undefined ? {} : { ClientSecret: clientSecret }),
				...(deviceKey === undefined ? {} : { DeviceKey: deviceKey }),
			};
			return (await api.send("GetTokensFromRefreshToken", input, "renewal")).AuthenticationResult ?? {};
		}
		const input = {
			AuthFlow: "REFRESH_TOKEN_AUTH" as const,
			AuthParameters: {
				REFRESH_TOKEN: refreshToken,
				...(clientSecret === undefined ? {} : { SECRET_HASH: await secretHash(name, clientId, clientSecret) }),
				...(deviceKey === undefined ? {} : { DEVICE_KEY: deviceKey }),
			},
			ClientId: clientId,
		};
		return (await api.send("InitiateAuth", input, "renewal")).AuthenticationResult ?? {};
	}
}
