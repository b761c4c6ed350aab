import { MemoryRecords, type Records } from "../data/records.ts";
import { ConfirmationCodes, Outbox, type SentCode } from "./codes.ts";
import { CognitoException } from "./cognito-exception.ts";
import { Groups } from "./groups.ts";
import { ACCOUNT_OPERATIONS, REGISTRATION_OPERATIONS } from "./operations/account.ts";
import { ADMINISTRATION_OPERATIONS, removeUser } from "./operations/administration.ts";
import { DEVICE_OPERATIONS } from "./operations/devices.ts";
import { GROUP_OPERATIONS } from "./operations/groups.ts";
import { MFA_OPERATIONS } from "./operations/mfa.ts";
import { ExpiringStore, type PoolState } from "./pool-state.ts";
import { RandomValues } from "./random-values.ts";
import { RefreshGrants } from "./refresh-grants.ts";
import { checkInput, checkUserPoolId, type PoolOperation, verifyToken } from "./request.ts";
import { initiateAuth, respondToAuthChallenge } from "./sign-in.ts";
import { SrpServer } from "./srp-server.ts";
import { type TokenClaims, TokenIssuer } from "./token-issuer.ts";
import { getTokensFromRefreshToken } from "./token-renewal.ts";
import { UserDirectory } from "./user-directory.ts";
import { type MfaFactor, type PoolUser, resolveUserPoolOptions, type UserPoolOptions } from "./user-pool-options.ts";

/** The output of an operation with status 200, or `{ __type, message }` with status 400. */
export interface CognitoResponse {
	readonly status: number;
	readonly body: Record<string, unknown>;
}

/** A user of a pool as it is now. */
export interface PoolUserState {
	/** Name that the user signs in with. */
	readonly username: string;
	/** Whether the user is confirmed, has to change its password, and so on. */
	readonly status: NonNullable<PoolUser["status"]>;
	/** Whether the user can neither sign in nor renew its tokens. */
	readonly disabled: boolean;
	/** Other names to sign in with. */
	readonly aliases: readonly string[];
	/** Kinds of the second factors. */
	readonly mfa: readonly MfaFactor["type"][];
	/** Number of devices that the user has signed in from. */
	readonly devices: number;
	/** When the user was created: milliseconds since 1970. */
	readonly createdAt: number;
}
/** Operations that need AWS credentials. */
const SIGNED_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	...ADMINISTRATION_OPERATIONS,
	...GROUP_OPERATIONS,
};

const OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	InitiateAuth: initiateAuth,
	RespondToAuthChallenge: respondToAuthChallenge,
	GetTokensFromRefreshToken: getTokensFromRefreshToken,
	...ACCOUNT_OPERATIONS,
	...DEVICE_OPERATIONS,
	...MFA_OPERATIONS,
	...REGISTRATION_OPERATIONS,
	...SIGNED_OPERATIONS,
};

/** The operations of Cognito that the pool has. */
export const COGNITO_OPERATIONS: readonly string[] = Object.keys(OPERATIONS);

/** Whether requests for an operation have to be signed with AWS credentials. */
export function isSignedOperation(operation: string): boolean {
	return Object.hasOwn(SIGNED_OPERATIONS, operation);
}

/**
 * A Cognito user pool in this process, with one app client. It has the operations of Cognito's API by which users sign
 * in and keep their accounts, and those for administrators of users and groups. It is as strict as the real service: the proof of the password is computed and checked.
 */
export class UserPool {
	readonly #state: PoolState;

	/** Creates a pool, which has its signing keys until {@link close}. `time.now()` is the pool's date, in milliseconds since 1970. @internal */
	static async create(
		options: UserPoolOptions,
		time: { now(): number },
		records: Records = new MemoryRecords(),
	): Promise<UserPool> {
		const random = new RandomValues(options.random);
		const settings = resolveUserPoolOptions({ ...keptIds(records), ...options }, random);
		keepIds(records, settings);
		const now = (): number => time.now();
		const srp = new SrpServer();
		const outbox = new Outbox(random, records);
		const users = new UserDirectory(settings.poolName, srp, random, records);
		const lifeMs = settings.authSessionSeconds * 1000;
		const pool = new UserPool({
			settings,
			now,
			random,
			srp,
			users,
			tokens: await TokenIssuer.create(settings, random, records),
			grants: new RefreshGrants(settings, random, records),
			groups: new Groups(records),
			challenges: new ExpiringStore(records, "pool.challenges", users, lifeMs, now),
			proofs: new ExpiringStore(records, "pool.proofs", users, lifeMs, now),
			outbox,
			codes: new ConfirmationCodes(outbox, now),
		});
		pool.#addNew(options.users ?? [], records);
		return pool;
	}

	private constructor(state: PoolState) {
		this.#state = state;
	}

	/** Id of the pool: `<region>_<name>`. */
	get id(): string {
		return this.#state.settings.id;
	}

	/** AWS region. */
	get region(): string {
		return this.#state.settings.region;
	}

	/** Id of the app client. */
	get clientId(): string {
		return this.#state.settings.clientId;
	}

	/** Secret of the app client; `undefined` where it has none. */
	get clientSecret(): string | undefined {
		return this.#state.settings.clientSecret;
	}

	/** Issuer of the pool's tokens (`iss`). */
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

	/** Verifies signature, issuer, app client, age and revocation of a token. Rejects with an `InvalidTokenError`. @internal */
	verify(accessOrIdToken: string): Promise<TokenClaims> {
		return verifyToken(this.#state, accessOrIdToken);
	}

	/** Lets another pool have the signing keys. The pool must receive no request after this. @internal */
	close(): void {
		this.#state.tokens.close();
	}

	/** Adds those users that were not added before, also by an earlier pool with these records. @internal */
	#addNew(users: readonly PoolUser[], records: Records): void {
		const added = records.map<true>("pool.added");
		for (const user of users) {
			if (!added.has(user.username)) this.addUser(user);
			added.set(user.username, true);
		}
	}

	/** Lists the users, by user name, without passwords and secrets. */
	users(): readonly PoolUserState[] {
		return [...this.#state.users.all()].map(({ aliases, createdMs, devices, disabled, mfa, status, username }) => ({
			username,
			status,
			disabled,
			aliases: [...aliases],
			mfa: mfa.map(({ type }) => type),
			devices: devices.size,
			createdAt: createdMs,
		}));
	}

	/** Adds a user. Replaces one of the same name. */
	addUser(user: PoolUser): void {
		this.#state.users.add(user, this.#state.now());
	}

	/** Removes a user, whose tokens become invalid. */
	removeUser(username: string): void {
		removeUser(this.#state, this.#state.users.get(username));
	}

	/** Sets a user's password as an administrator does: permanently, and without revoking tokens. */
	setPassword(username: string, password: string): void {
		const account = this.#state.users.get(username);
		this.#state.users.setPassword(account, password);
		account.status = "CONFIRMED";
	}

	/** Revokes all refresh tokens of a user, and with them the access tokens. */
	revokeRefreshTokens(username: string): void {
		this.#state.grants.revokeUser(this.#state.users.get(username).username);
	}

	/** Disables a user, which can then neither sign in nor renew its tokens, or enables it again. */
	disableUser(username: string, disabled = true): void {
		this.#state.users.get(username).disabled = disabled;
	}

	/** Forgets all devices of a user. */
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
		if (run === undefined) {
			throw new CognitoException(
				"UnknownOperationException",
				`The local tenant's user pool does not have the operation ${operation}.`,
			);
		}
		if (input === undefined) throw new CognitoException("SerializationException", "Expected a JSON object");
		const checked = checkInput(input);
		if (isSignedOperation(operation)) checkUserPoolId(this.#state.settings, checked.UserPoolId);
		return run(this.#state, checked);
	}
}

/** The ids that the pool of these records has. */
function keptIds(records: Records): Pick<UserPoolOptions, "id" | "clientId"> {
	const kept = records.map<string>("pool");
	const [id, clientId] = [kept.get("id"), kept.get("clientId")];
	return { ...(id !== undefined && { id }), ...(clientId !== undefined && { clientId }) };
}

function keepIds(records: Records, { clientId, id }: { readonly id: string; readonly clientId: string }): void {
	const kept = records.map<string>("pool");
	const before = kept.get("id") ?? id;
	// Passwords are kept as verifiers, which are computed with the id.
	if (before !== id) throw new RangeError(`userPool.id must be ${before}, the id of the user pool in the data folder`);
	kept.set("id", id).set("clientId", clientId);
}
