import { createHmac } from "node:crypto";
import { LiveRecords } from "../data/live-records.ts";
import type { Records } from "../data/records.ts";
import { noSuchUser } from "./cognito-exception.ts";
import type { RandomValues } from "./random-values.ts";
import type { SrpServer, SrpVerifier } from "./srp-server.ts";
import type { MfaFactor, PoolUser } from "./user-pool-options.ts";

/** A device that a user has signed in from. */
export interface Device {
	readonly key: string;
	readonly groupKey: string;
	readonly createdMs: number;
	name?: string;
	/** Present once the device is confirmed. */
	verifier?: SrpVerifier;
	remembered: boolean;
	lastUsedMs: number;
}

/** A code that waits to be entered. */
export interface PendingCode {
	readonly code: string;
	readonly expiresMs: number;
	wrongGuesses: number;
}

/** A user as the pool keeps it, without the password. */
export interface PoolAccount {
	readonly username: string;
	readonly sub: string;
	readonly createdMs: number;
	/** When it was last changed, if it was. */
	modifiedMs?: number;
	readonly aliases: Set<string>;
	readonly attributes: Map<string, string>;
	readonly devices: Map<string, Device>;
	status: NonNullable<PoolUser["status"]>;
	disabled: boolean;
	verifier: SrpVerifier;
	mfa: MfaFactor[];
	/** The last TOTP step whose code has been used. */
	lastTotpStep: number;
	/** Secret of the authenticator app, in base32: one that was verified, and one that is still to be verified. */
	totpSecret: string | undefined;
	pendingTotpSecret: string | undefined;
	readonly failures: { count: number; lastMs: number; lockedUntilMs: number };
	/** The codes that wait to be entered, by purpose. */
	readonly codes: Map<string, PendingCode>;
}

function totpSecret(mfa: readonly MfaFactor[] = []): string | undefined {
	return mfa.flatMap((factor) => (factor.type === "TOTP" ? [factor.secret] : []))[0];
}

/** The secret of the salts of users that do not exist. */
function decoySecret(records: Records, random: RandomValues): Buffer {
	const kept = records.map<string>("pool");
	const secret = kept.get("decoySecret") ?? random.bytes(32).toString("base64");
	kept.set("decoySecret", secret);
	return Buffer.from(secret, "base64");
}

/** The users of a pool, found by user name or alias, in any case. */
export class UserDirectory {
	/** By user name, in lower case. */
	readonly #accounts: LiveRecords<PoolAccount>;
	/** User names by alias, both in lower case. */
	readonly #byAlias = new Map<string, string>();
	readonly #poolName: string;
	readonly #srp: SrpServer;
	readonly #random: RandomValues;
	readonly #decoySecret: Buffer;

	constructor(poolName: string, srp: SrpServer, random: RandomValues, records: Records) {
		this.#poolName = poolName;
		this.#srp = srp;
		this.#random = random;
		this.#decoySecret = decoySecret(records, random);
		this.#accounts = new LiveRecords(records, "pool.users", {
			write: (account) => account,
			read: (account) => account as PoolAccount,
		});
		for (const [key, account] of this.#accounts) this.#addAliases(key, account);
	}

	add(user: PoolUser, nowMs: number): PoolAccount {
		const verifierOf = this.#lazyVerifier(user.username, user.password);
		let verifier: SrpVerifier | undefined;
		const account: PoolAccount = {
			username: user.username,
			sub: user.sub ?? this.#random.uuid(),
			createdMs: nowMs,
			aliases: new Set(user.aliases),
			attributes: new Map(Object.entries(user.attributes ?? {})),
			devices: new Map(),
			status: user.status ?? "CONFIRMED",
			disabled: user.disabled ?? false,
			get verifier() {
				verifier ??= verifierOf();
				return verifier;
			},
			set verifier(changed) {
				verifier = changed;
			},
			mfa: [...(user.mfa ?? [])],
			totpSecret: totpSecret(user.mfa),
			pendingTotpSecret: undefined,
			lastTotpStep: 0,
			failures: { count: 0, lastMs: 0, lockedUntilMs: 0 },
			codes: new Map(),
		};
		this.remove(user.username);
		const key = user.username.toLowerCase();
		this.#accounts.set(key, account);
		this.#addAliases(key, account);
		return account;
	}

	/** All accounts, in the order in which they were added. */
	*all(): Iterable<PoolAccount> {
		for (const [, account] of this.#accounts) yield account;
	}

	remove(username: string): void {
		const account = this.#accounts.get(username.toLowerCase());
		if (account === undefined) return;
		this.#accounts.delete(username.toLowerCase());
		for (const alias of account.aliases) this.#byAlias.delete(alias.toLowerCase());
	}

	/** Finds a user by name or alias, not by `sub`, as the real service does. */
	find(name: string): PoolAccount | undefined {
		const key = name.toLowerCase();
		return this.#accounts.get(key) ?? this.#accounts.get(this.#byAlias.get(key) ?? key);
	}

	/** By user name or alias; throws `UserNotFoundException`. */
	get(name: string): PoolAccount {
		const account = this.find(name);
		if (account === undefined) throw noSuchUser();
		return account;
	}

	isPassword(account: PoolAccount, password: string): boolean {
		return this.#srp.matches(account.verifier, this.#poolName, account.username, password);
	}

	setPassword(account: PoolAccount, password: string): void {
		account.verifier = this.#lazyVerifier(account.username, password)();
	}

	/** An account that does not exist, for pools that hide this: its salt is always the same, and no password matches. */
	decoy(name: string): PoolAccount {
		const mac = createHmac("sha256", this.#decoySecret).update(name).digest("hex");
		return {
			username: name,
			sub: "",
			createdMs: 0,
			aliases: new Set(),
			attributes: new Map(),
			devices: new Map(),
			status: "CONFIRMED",
			disabled: false,
			verifier: { salt: BigInt(`0x${mac.slice(0, 32)}`), v: this.#random.integer(383) },
			mfa: [],
			totpSecret: undefined,
			pendingTotpSecret: undefined,
			lastTotpStep: 0,
			failures: { count: 0, lastMs: 0, lockedUntilMs: 0 },
			codes: new Map(),
		};
	}

	#addAliases(key: string, { aliases }: PoolAccount): void {
		for (const alias of aliases) this.#byAlias.set(alias.toLowerCase(), key);
	}

	/** Computing a verifier takes a millisecond, and most users of a tenant never sign in: it is computed when it is used. */
	#lazyVerifier(username: string, password: string): () => SrpVerifier {
		const salt = this.#random.integer(16);
		return () => this.#srp.verifier(this.#poolName, username, password, salt);
	}
}
