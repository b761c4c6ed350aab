import { secretHash } from "./srp.ts";

/** The ids of an app client, and its secret if it has one. */
export interface AppClientOptions {
	readonly userPoolId: string;
	readonly clientId: string;
	readonly clientSecret?: string | undefined;
}

/** An app client of a user pool. Nothing else holds the client secret. */
export class AppClient {
	/** Id of the user pool, `<region>_<name>`. */
	readonly userPoolId: string;
	readonly clientId: string;
	#secret: string | undefined;
	#secretError: Error | undefined;

	constructor({ userPoolId, clientId, clientSecret }: AppClientOptions) {
		this.userPoolId = userPoolId;
		this.clientId = clientId;
		this.#secret = clientSecret;
	}

	/** Name of the user pool: its id without the region. */
	get poolName(): string {
		return this.userPoolId.slice(this.userPoolId.indexOf("_") + 1);
	}

	/**
	 * The client secret, for the operations that send it. `undefined` for an app client without one.
	 *
	 * @throws the reason of {@link forgetSecret}, once that was called.
	 */
	get secret(): string | undefined {
		if (this.#secretError !== undefined) throw this.#secretError;
		return this.#secret;
	}

	/** The `SECRET_HASH` of a user name. `undefined` for an app client without a secret. */
	async secretHash(username: string): Promise<string | undefined> {
		const { clientId, secret } = this;
		return secret === undefined ? undefined : secretHash(username, clientId, secret);
	}

	/** Removes the secret from memory. Operations that require it fail with `reason` from then on. */
	forgetSecret(reason: Error): void {
		if (this.#secret !== undefined) this.#secretError = reason;
		this.#secret = undefined;
	}
}
