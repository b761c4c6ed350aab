import type { Records } from "../data/records.ts";
import { CognitoException } from "./cognito-exception.ts";

/** A group of users. */
export interface Group {
	readonly name: string;
	readonly description?: string;
	/** Groups of a smaller number come first. */
	readonly precedence?: number;
	readonly roleArn?: string;
	readonly createdMs: number;
	readonly modifiedMs: number;
}

/** The groups of a pool, and who is in them. */
export class Groups {
	/** By name. */
	readonly #groups: Map<string, Group>;
	/** The names of a user's groups, by the user name in lower case. */
	readonly #memberships: Map<string, readonly string[]>;

	constructor(records: Records) {
		this.#groups = records.map("pool.groups");
		this.#memberships = records.map("pool.memberships");
	}

	/** All groups, by name. */
	all(): readonly Group[] {
		return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	/** @throws CognitoException `ResourceNotFoundException`. */
	get(name: string): Group {
		const group = this.#groups.get(name);
		if (group === undefined) throw new CognitoException("ResourceNotFoundException", "Group not found.");
		return group;
	}

	/** @throws CognitoException `GroupExistsException`. */
	create(group: Group): void {
		if (this.#groups.has(group.name)) {
			throw new CognitoException("GroupExistsException", "A group with the name already exists.");
		}
		this.#groups.set(group.name, group);
	}

	replace(group: Group): void {
		this.#groups.set(group.name, group);
	}

	delete(name: string): void {
		this.#groups.delete(name);
		for (const [username, names] of this.#memberships) this.#set(username, names, name);
	}

	add(username: string, name: string): void {
		const names = this.#memberships.get(username.toLowerCase()) ?? [];
		if (!names.includes(name)) this.#memberships.set(username.toLowerCase(), [...names, name]);
	}

	remove(username: string, name: string): void {
		const key = username.toLowerCase();
		this.#set(key, this.#memberships.get(key) ?? [], name);
	}

	/** Removes a user from all groups. */
	forget(username: string): void {
		this.#memberships.delete(username.toLowerCase());
	}

	/** The groups of a user, in the order of their precedence. */
	of(username: string): readonly Group[] {
		const names = this.#memberships.get(username.toLowerCase()) ?? [];
		const last = Number.POSITIVE_INFINITY;
		return this.all()
			.filter(({ name }) => names.includes(name))
			.sort((a, b) => (a.precedence ?? last) - (b.precedence ?? last) || 0);
	}

	/** Whether a user is in a group. */
	has(username: string, name: string): boolean {
		return this.#memberships.get(username.toLowerCase())?.includes(name) === true;
	}

	#set(key: string, names: readonly string[], without: string): void {
		const others = names.filter((name) => name !== without);
		if (others.length > 0) this.#memberships.set(key, others);
		else this.#memberships.delete(key);
	}
}
