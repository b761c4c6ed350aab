import { ACCOUNT_OPERATIONS } from "./account-operations.ts";
import { CognitoException } from "./cognito-exception.ts";
import { ConfirmationCodes } from "./confirmation-codes.ts";
import { DEVICE_OPERATIONS } from "./device-operations.ts";
import { ExpiringStore } from "./expiring-store.ts";
import { MFA_OPERATIONS } from "./mfa-operations.ts";
import { checkInput } from "./operation-input.ts";
import { Outbox, type SentCode } from "./outbox.ts";
import type { Operation, PoolState } from "./pool-state.ts";
import { RandomValues } from "./random-values.ts";
import { RefreshGrants } from "./refresh-grants.ts";
import { REGISTRATION_OPERATIONS } from "./registration-operations.ts";
import { initiateAuth, respondToAuthChallenge } from "./sign-in.ts";
import { verifyToken } from "./signed-in-user.ts";
import { SrpServer } from "./srp-server.ts";
import { type TokenClaims, TokenIssuer } from "./token-issuer.ts";
import { getTokensFromRefreshToken } from "./token-renewal.ts";
import { UserDirectory } from "./user-directory.ts";
import { type PoolUser, resolveUserPoolOptions, type UserPoolOptions } from "./user-pool-options.ts";

/** The output of an operation with status 200, or `{ __type, message }` with status 400. */
export interface CognitoResponse {
	readonly status: number;
	readonly body: Record<string, unknown>;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
	InitiateAuth: initiateAuth,
	RespondToAuthChallenge: respondToAuthChallenge,
	GetTokensFromRefreshToken: getTokensFromRefreshToken,
	...ACCOUNT_OPERATIONS,
	...DEVICE_OPERATIONS,
	...MFA_OPERATIONS,
	...REGISTRATION_OPERATIONS,
};

/**
 * A Cognito user pool in this process, with one app client. It answers the operations of Cognito's API that need no
 * AWS credentials, and is as strict as the real service: the proof of the password is computed and checked.
 */
export class UserPool {
	readonly #state: PoolState;

	/** Makes a pool, and its signing key. `time.now()` is the pool's date, in milliseconds since 1970. */
	static async create(options: UserPoolOptions, time: { now(): number }): Promise<UserPool> {
		const random = new RandomValues(options.random);
		const settings = resolveUserPoolOptions(options, random.word(26));
		const now = (): number => time.now();
		const srp = new SrpServer();
		const outbox = new Outbox(random);
		const poolName = settings.id.slice(settings.id.indexOf("_") + 1);
		const pool = new UserPool({
			settings,
			poolName,
			now,
			random,
			srp,
			users: new UserDirectory(poolName, srp, random),
			tokens: await TokenIssuer.create(settings, random),
			grants: new RefreshGrants(settings, random),
			challenges: new ExpiringStore(settings.authSessionSeconds * 1000, now),
			proofs: new ExpiringStore(settings.authSessionSeconds * 1000, now),
			outbox,
			codes: new ConfirmationCodes(outbox, now),
		});
		for (const user of options.users ?? []) pool.addUser(user);
		return pool;
	}

	private constructor(state: PoolState) {
		this.#state = state;
	}

	get id(): string {
		return this.#state.settings.id;
	}

	get region(): string {
		return this.#state.settings.region;
	}

	get clientId(): string {
		return this.#state.settings.clientId;
	}

	get clientSecret(): string | undefined {
		return this.#state.settings.clientSecret;
	}

	/** `iss` of the pool's tokens. */
	get issuer(): string {
		return this.#state.settings.issuerUrl;
	}

	/** The codes that were "sent" by SMS and e-mail, oldest first. */
	get sentCodes(): readonly SentCode[] {
		return this.#state.outbox.sent;
	}

	/**
	 * Responds to one request.
	 *
	 * @param operation - what stands after the dot in `X-Amz-Target`.
	 * @param input - the JSON object of its body; `undefined` for a body that is none.
	 * @internal
	 */
	async respond(operation: string, input: Readonly<Record<string, unknown>> | undefined): Promise<CognitoResponse> {
		try {
			return { status: 200, body: await this.#run(operation, input) };
		} catch (error) {
			if (!(error instanceof CognitoException)) throw error;
			const { message, name } = error;
			return {
				status: 400,
				body: { __type: name, [name === "SerializationException" ? "Message" : "message"]: message },
			};
		}
	}

	/** The JSON web key set that the pool's tokens are verified with. */
	keySet(): { keys: object[] } {
		return this.#state.tokens.keySet();
	}

	/** Checks an access or id token: signature, issuer, app client, age and revocation. Rejects with a `InvalidTokenError`. */
	verify(accessOrIdToken: string): Promise<TokenClaims> {
		return verifyToken(this.#state, accessOrIdToken);
	}

	/** Adds a user, in place of one of the same name. */
	addUser(user: PoolUser): void {
		this.#state.users.add(user, this.#state.now());
	}

	/** Removes a user; tokens that are out die with it. */
	removeUser(username: string): void {
		this.#state.users.remove(this.#state.users.get(username).username);
	}

	/** Sets a user's password as an administrator does: for good, leaving its tokens alone. */
	setPassword(username: string, password: string): void {
		const account = this.#state.users.get(username);
		this.#state.users.setPassword(account, password);
		account.status = "CONFIRMED";
	}

	/** Signs a user out everywhere. */
	revokeRefreshTokens(username: string): void {
		this.#state.grants.revokeUser(this.#state.users.get(username).username);
	}

	/** Keeps a user from signing in and from renewing, or no longer. */
	disableUser(username: string, disabled = true): void {
		this.#state.users.get(username).disabled = disabled;
	}

	/** Forgets every device that a user is remembered on. */
	forgetDevices(username: string): void {
		this.#state.users.get(username).devices.clear();
	}

	async #run(
		operation: string,
		input: Readonly<Record<string, unknown>> | undefined,
	): Promise<Record<string, unknown>> {
		if (this.#state.settings.disabledOperations?.includes(operation)) {
			throw new CognitoException("OperationNotEnabledException", `${operation} is not enabled.`);
		}
		const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
		if (run === undefined) throw new CognitoException("UnknownOperationException", "");
		if (input === undefined) throw new CognitoException("SerializationException", "Expected a JSON object");
		return run(this.#state, checkInput(input));
	}
}
