import type { Networks, TenantUser } from "./networks.ts";

/** Where the users of the tenants sign in. */
export interface SignInPool {
	addUser(user: { readonly username: string; readonly password: string }): void;
	removeUser(username: string): void;
	revokeRefreshTokens(username: string): void;
	setPassword(username: string, password: string): void;
}

/** The parts of the tenant that the users need. */
export interface UsersContext {
	readonly networks: Networks;
	/** By user name. */
	readonly passwords: Map<string, string>;
	readonly pool: SignInPool;
	readonly keys: { revoke(username: string): void };
	random(size: number): Uint8Array;
}

/** The users of apps, and the API users: in the user pool, with their passwords and AWS credentials. */
export class Users {
	/** Private, so that neither `inspect` nor JSON shows the passwords. */
	readonly #context: UsersContext;

	constructor(context: UsersContext) {
		this.#context = context;
	}

	/** The user of this name. */
	find(username: string): TenantUser | undefined {
		return this.#context.networks.user(username);
	}

	/** The password that a user signs in with. */
	passwordOf(username: string): string {
		return this.#context.passwords.get(username) ?? "";
	}

	/** Creates a user with a new name and a new password. Returns the name. */
	create(): string {
		const username = Buffer.from(this.#context.random(16)).toString("hex");
		const password = newPassword(this.#context.random);
		this.#context.passwords.set(username, password);
		this.#context.pool.addUser({ username, password });
		return username;
	}

	/** Removes a user. Its tokens and AWS credentials become invalid. */
	remove(username: string): void {
		this.#context.pool.revokeRefreshTokens(username);
		this.#context.pool.removeUser(username);
		this.#context.keys.revoke(username);
		this.#context.passwords.delete(username);
	}

	/** Gives a user a new password. */
	resetPassword(username: string): void {
		this.setPassword(username, newPassword(this.#context.random));
	}

	/** Sets the password of any user of the pool. */
	setPassword(username: string, password: string): void {
		this.#context.pool.setPassword(username, password);
		if (this.#context.passwords.has(username)) this.#context.passwords.set(username, password);
	}
}

/** A password that satisfies any policy: 24 letters and digits, and one character of each kind. */
export function newPassword(random: (size: number) => Uint8Array): string {
	return `${Buffer.from(random(18)).toString("base64url")}aA1!`;
}
