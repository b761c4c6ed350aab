import type { Records } from "../data/records.ts";
import type { TenantRecord } from "./echos.ts";
import { addSystemNodes } from "./fresh-tenant.ts";
import type { ChangeRecord } from "./journal.ts";
import { Network, PARTS, partOf } from "./network.ts";

/** What a tenant begins with. */
export type NewTenant = Pick<TenantRecord, "audit" | "config" | "description" | "name" | "region" | "table">;

/** A user that can sign in and hold AWS credentials. */
export type TenantUser =
	| { readonly kind: "app"; readonly tenant: string; readonly username: string; readonly app: string }
	| {
			readonly kind: "apiUser";
			readonly tenant: string;
			readonly username: string;
			readonly role: "admin" | "user" | "read_only";
	  };

/** A listener for every change. */
export type ChangeListener = (network: Network, change: ChangeRecord) => void;

/** The tenants of the process: the one that it was started with, and those that mutations create. */
export class Networks {
	/** The tenant that the process was started with. */
	readonly main: Network;
	readonly #networks = new Map<string, Network>();
	/** Names of all tenants. */
	readonly #names: Map<string, string>;
	readonly #records: Records;
	readonly #now: () => number;
	readonly #listeners: ChangeListener[] = [];

	constructor(main: NewTenant, records: Records, now: () => number) {
		this.#records = records;
		this.#now = now;
		this.#names = records.map("tenants");
		this.main = this.#open(main.name, true);
		for (const name of this.#names.keys()) if (name !== main.name) this.#open(name, false);
		if (!this.#names.has(main.name)) this.#begin(this.main, main, "local-tenant");
	}

	/** The name of the tenant that the records began with. */
	static mainOf(records: Records): string | undefined {
		return records.map<string>("tenants").keys().next().value;
	}

	/** All tenants. */
	all(): Network[] {
		return [...this.#networks.values()];
	}

	/** The tenant of this name. */
	get(name: string): Network | undefined {
		return this.#networks.get(name);
	}

	create(tenant: NewTenant, by: string): Network {
		const network = this.#open(tenant.name, false);
		this.#begin(network, tenant, by);
		return network;
	}

	/** Forgets a tenant, whose apps and nodes were deleted before. */
	delete({ name }: Network): void {
		this.#networks.delete(name);
		this.#names.delete(name);
		for (const part of PARTS) this.#records.map(partOf(name, part)).clear();
	}

	/** Calls `listener` after each change of any resource. */
	onChange(listener: ChangeListener): void {
		this.#listeners.push(listener);
	}

	/** The user of this name. */
	user(username: string): TenantUser | undefined {
		for (const network of this.all()) {
			const user = userOf(network, username);
			if (user !== undefined) return user;
		}
		return undefined;
	}

	#open(name: string, isMain: boolean): Network {
		const network = new Network({
			name,
			isMain,
			records: this.#records,
			now: this.#now,
			changed: (...change) => {
				for (const listener of this.#listeners) listener(...change);
			},
		});
		this.#networks.set(name, network);
		return network;
	}

	#begin(network: Network, tenant: NewTenant, by: string): void {
		this.#names.set(network.name, network.name);
		network.tenants.seed({ __typename: "Tenant", ...tenant }, by);
		addSystemNodes(network, by);
	}
}

/** The app or API user of a tenant that signs in with this name. */
export function userOf(network: Network, username: string): TenantUser | undefined {
	const tenant = network.name;
	const apiUser = network.apiUsers.get(username);
	if (apiUser !== undefined) return { kind: "apiUser", tenant, username, role: apiUser.role };
	const app = network.apps.all().find((one) => one.username === username);
	return app === undefined ? undefined : { kind: "app", tenant, username, app: app.name };
}
