import { LiveRecords, type RecordForm } from "../data/live-records.ts";
import type { Records } from "../data/records.ts";
import type { ConfirmationCodes, Outbox } from "./codes.ts";
import type { Groups } from "./groups.ts";
import type { RandomValues } from "./random-values.ts";
import type { RefreshGrants } from "./refresh-grants.ts";
import type { SrpExchange, SrpServer } from "./srp-server.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import type { PoolAccount, UserDirectory } from "./user-directory.ts";
import type { ChallengeAnswer, UserPoolSettings } from "./user-pool-options.ts";

/** Everything that a user pool keeps. Its operations work on it. */
export interface PoolState {
	readonly settings: UserPoolSettings;
	now(): number;
	readonly random: RandomValues;
	readonly srp: SrpServer;
	readonly users: UserDirectory;
	readonly tokens: TokenIssuer;
	readonly grants: RefreshGrants;
	readonly groups: Groups;
	/** By `Session`. */
	readonly challenges: ExpiringStore<PendingChallenge>;
	/** By `SECRET_BLOCK`. */
	readonly proofs: ExpiringStore<PendingProof>;
	readonly outbox: Outbox;
	readonly codes: ConfirmationCodes;
}

/** One sign-in, from `InitiateAuth` to the tokens. */
export interface SignInAttempt {
	readonly account: PoolAccount;
	readonly flow: "USER_SRP_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" | "USER_PASSWORD_AUTH";
	/** The device that the client claims to be. */
	deviceKey: string | undefined;
	/** Whether only a new password and the tokens are left. */
	isSecondFactorDone: boolean;
	readonly answers: ChallengeAnswer[];
}

/** A challenge that waits for its answer. */
export interface PendingChallenge {
	readonly name: string;
	readonly attempt: SignInAttempt;
	/** The correct answer, where it is a fixed one: a code that was sent, or a custom answer. */
	readonly expect?: string;
	wrongAnswers: number;
}

/** An SRP exchange that waits for the proof of the password. */
export interface PendingProof {
	readonly challenge: "PASSWORD_VERIFIER" | "DEVICE_PASSWORD_VERIFIER";
	readonly attempt: SignInAttempt;
	readonly exchange: SrpExchange;
	/** What is signed: pool and user, or group and device. */
	readonly group: string;
	readonly name: string;
	/** The `Session` that the response must have, where the client was given one. */
	readonly session: string | undefined;
}

/** The state of a key. */
export type Lookup<T> =
	| { readonly state: "live"; readonly value: T }
	| { readonly state: "unknown" | "expired" | "used" };

/** A value until it is used. */
interface ExpiringEntry<T> {
	value: T | undefined;
	readonly expiresMs: number;
}

/** Values that can be used once, until they expire. For as long again it knows which keys were used or have expired. */
export class ExpiringStore<T extends { readonly attempt: SignInAttempt }> {
	readonly #entries: LiveRecords<ExpiringEntry<T>>;
	readonly #users: UserDirectory;
	readonly #lifeMs: number;
	readonly #now: () => number;

	constructor(records: Records, name: string, users: UserDirectory, lifeMs: number, now: () => number) {
		this.#entries = new LiveRecords(records, name, formOf<T>(users));
		this.#users = users;
		this.#lifeMs = lifeMs;
		this.#now = now;
	}

	put(key: string, value: T): void {
		const nowMs = this.#now();
		for (const [oldest, { expiresMs }] of this.#entries) {
			if (expiresMs + this.#lifeMs > nowMs) break;
			this.#entries.delete(oldest);
		}
		this.#entries.set(key, { value, expiresMs: nowMs + this.#lifeMs });
	}

	find(key: string): Lookup<T> {
		const entry = this.#entries.get(key);
		if (entry === undefined) return { state: "unknown" };
		if (entry.value === undefined) return { state: "used" };
		// A request that continues a sign-in may change its user.
		this.#users.find(entry.value.attempt.account.username);
		return entry.expiresMs > this.#now() ? { state: "live", value: entry.value } : { state: "expired" };
	}

	/** The key of the newest live value that `matches`. */
	findKey(matches: (value: T) => boolean): string | undefined {
		const live = [...this.#entries].filter(([, { expiresMs }]) => expiresMs > this.#now());
		return live.findLast(([, { value }]) => value !== undefined && matches(value))?.[0];
	}

	useUp(key: string): void {
		const entry = this.#entries.get(key);
		if (entry !== undefined) entry.value = undefined;
	}
}

/** Writes the name of the user in place of the user. */
function formOf<T extends { readonly attempt: SignInAttempt }>(users: UserDirectory): RecordForm<ExpiringEntry<T>> {
	return {
		write: ({ expiresMs, value }) => ({
			expiresMs,
			...(value && { value: { ...value, attempt: { ...value.attempt, account: value.attempt.account.username } } }),
		}),
		read: (written) => {
			const { expiresMs, value } = written as ExpiringEntry<T>;
			if (value === undefined) return { expiresMs, value };
			const username = String(value.attempt.account);
			const account = users.find(username) ?? users.decoy(username);
			return { expiresMs, value: { ...value, attempt: { ...value.attempt, account } } };
		},
	};
}
