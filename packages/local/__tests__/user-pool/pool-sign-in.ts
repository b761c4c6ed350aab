import { createHash, createHmac } from "node:crypto";
import { afterEach } from "@jest/globals";
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from "cognito-srp-helper";
import { helperNumbers, usePowersOfOpenSsl } from "../../../../__tests__/support/powers-of-peers.ts";
import { srpTimestamp } from "../../src/user-pool/srp-timestamp.ts";
import { type CognitoResponse, UserPool } from "../../src/user-pool/user-pool.ts";
import type { UserPoolOptions } from "../../src/user-pool/user-pool-options.ts";

type Parameters = Record<string, string>;

usePowersOfOpenSsl(helperNumbers);

/** Random bytes that are the same in every run. */
export function seededBytes(seed: string): (size: number) => Uint8Array {
	let count = 0;
	return (size) => {
		const chunks: Buffer[] = [];
		for (let length = 0; length < size; length += 32) {
			chunks.push(createHash("sha256").update(`${seed} ${count++}`).digest());
		}
		return Buffer.concat(chunks).subarray(0, size);
	};
}

/** A clock that tests move by hand; it starts on a day of one digit. */
export class HandClock {
	ms = Date.UTC(2026, 10, 3, 4, 5, 6);

	now(): number {
		return this.ms;
	}

	forward(seconds: number): void {
		this.ms += seconds * 1000;
	}
}

export const PASSWORD = 'pass: "wörd" 🔑 \\';

const pools: UserPool[] = [];
let created = 0;
afterEach(() => {
	for (const pool of pools.splice(0)) pool.close();
});

/** A pool with one user, `Bob`, and its clock, until the test ends. */
export async function poolWithBob(
	options: UserPoolOptions = {},
	bob: Partial<NonNullable<UserPoolOptions["users"]>[number]> = {},
): Promise<{ pool: UserPool; clock: HandClock; call: Call }> {
	const clock = new HandClock();
	const users = [{ username: "Bob", password: PASSWORD, ...bob }];
	const id = `us-east-1_Bobs${++created}`;
	const pool = await UserPool.create({ random: seededBytes("pool"), id, users, ...options }, clock);
	pools.push(pool);
	return {
		pool,
		clock,
		call: (operation, input) => outcome(pool.respond(operation, { ClientId: pool.clientId, ...input })),
	};
}

/** Calls an operation of a pool, in its app client's name. */
export type Call = (operation: string, input: Record<string, unknown>) => Promise<Outcome>;

/** The body of a response: an output, or an exception. */
export type Outcome = Record<string, unknown> & {
	readonly AuthenticationResult?: {
		AccessToken: string;
		IdToken: string;
		RefreshToken: string;
		ExpiresIn: number;
		NewDeviceMetadata?: { DeviceKey: string; DeviceGroupKey: string };
	};
	readonly ChallengeParameters?: Parameters;
	readonly Session?: string;
};

async function outcome(response: Promise<CognitoResponse>): Promise<Outcome> {
	return (await response).body as Outcome;
}

/** A sign-in by cognito-srp-helper, step by step, with everything that tests change. */
export class SrpClient {
	readonly #pool: UserPool;
	readonly #session: ReturnType<typeof createSrpSession>;
	readonly #typedName: string;
	#first: Outcome = {};

	constructor(pool: UserPool, username: string, password: string, poolId = pool.id) {
		this.#pool = pool;
		this.#typedName = username;
		this.#session = createSrpSession(username, password, poolId, false);
	}

	/** What `SRP_A` is. */
	get srpA(): string {
		return this.#session.largeA;
	}

	/** `InitiateAuth`, where `flow` begins with SRP. */
	initiate(extra: Parameters = {}, flow = "USER_SRP_AUTH"): Promise<Outcome> {
		const request = wrapInitiateAuth(this.#session, {
			ClientId: this.#pool.clientId,
			AuthFlow: flow,
			AuthParameters: { USERNAME: this.#typedName, ...this.hash(this.#typedName), ...extra },
		});
		return this.take(outcome(this.#pool.respond("InitiateAuth", { ...request })));
	}

	/** Notes what the proof is pending for with. */
	async take(response: Promise<Outcome>): Promise<Outcome> {
		this.#first = await response;
		return this.#first;
	}

	/** The second step's input. */
	proof(timestampMs: number, extra: Parameters = {}): Record<string, unknown> {
		const { ChallengeParameters = {}, Session } = this.#first;
		const name = ChallengeParameters.USER_ID_FOR_SRP ?? this.#typedName;
		const session = { ...this.#session, username: name, timestamp: extra.TIMESTAMP ?? srpTimestamp(timestampMs) };
		const signed = signSrpSession(session, { ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters });
		const request = wrapAuthChallenge(signed, {
			ClientId: this.#pool.clientId,
			ChallengeName: "PASSWORD_VERIFIER",
			ChallengeResponses: { USERNAME: name, ...this.hash(name) },
		});
		return { ...request, Session, ChallengeResponses: { ...request.ChallengeResponses, ...extra } };
	}

	prove(timestampMs: number, extra: Parameters = {}): Promise<Outcome> {
		return outcome(this.#pool.respond("RespondToAuthChallenge", this.proof(timestampMs, extra)));
	}

	/** `SECRET_HASH`, where the app client has a secret. */
	hash(name: string): Parameters {
		const { clientSecret, clientId } = this.#pool;
		if (clientSecret === undefined) return {};
		return {
			SECRET_HASH: createHmac("sha256", clientSecret)
				.update(name + clientId)
				.digest("base64"),
		};
	}
}

/** Both steps of a sign-in by SRP. */
export async function signIn(
	pool: UserPool,
	clock: HandClock,
	username = "Bob",
	password = PASSWORD,
): Promise<Outcome> {
	const client = new SrpClient(pool, username, password);
	const first = await client.initiate();
	return first.ChallengeName === "PASSWORD_VERIFIER" ? client.prove(clock.now()) : first;
}

/** The tokens of an outcome that must have them. */
export function tokensOf({ AuthenticationResult, ...rest }: Outcome): NonNullable<Outcome["AuthenticationResult"]> {
	if (AuthenticationResult === undefined) throw new Error(`No tokens, but ${JSON.stringify(rest)}`);
	return AuthenticationResult;
}

/** An outcome as a test compares it: `Exception: message`, the challenge's name, or `tokens`. */
export function summary({ __type, message, ChallengeName, AuthenticationResult }: Outcome): string {
	if (__type !== undefined) return `${__type}: ${message}`;
	return AuthenticationResult === undefined ? String(ChallengeName) : "tokens";
}
