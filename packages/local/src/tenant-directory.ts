import type { AppRecord } from "./network/echos.ts";
import type { Network } from "./network/network.ts";
import { type TenantUser, userOf } from "./network/networks.ts";
import { type NetworkPicture, pictureOf } from "./network/picture.ts";
import type { AppOptions } from "./network/seed.ts";

/** An app of the tenant. Its password is in the variables of `LocalTenant.environment`. */
export interface TenantApp {
	/** Name of the app. */
	readonly name: string;
	/** Type of the app. The two cross-tenant types have no user and no AWS credentials. */
	readonly type: NonNullable<AppOptions["type"]>;
	/** User name of the app's user. */
	readonly username: string;
	/** Whether the app's user may use the tenant's table. */
	readonly tableAccess: boolean;
	/** Whether the app's user may read the tenant in queries of EchoStream. */
	readonly tenantAccess: boolean;
	/** The app's config, a JSON value. */
	readonly config: unknown;
	/** Description of the app. */
	readonly description: string;
	/** Name of the app's own queue. */
	readonly queue: string;
}

/** An API user of the tenant. Its password is in the variables of `LocalTenant.environment`. */
export interface TenantApiUser {
	/** Name that the user signs in with. */
	readonly username: string;
	/** What the user may do. */
	readonly role: "admin" | "user" | "read_only";
	/** Description of the user. */
	readonly description: string;
}

/** A node of an app. */
export interface TenantNode {
	/** Name of the node: `<app>-node` for those of the start. */
	readonly name: string;
	/** Name of its app. */
	readonly app: string;
}

/** A connection of two nodes, which is an SQS FIFO queue. */
export interface TenantEdge {
	/** Name of the node that sends. */
	readonly source: string;
	/** Name of the node that receives. */
	readonly target: string;
	/** Name of the queue. */
	readonly queue: string;
}

/** The tenant's apps, API users, nodes and edges, as they are at the moment. */
export class TenantDirectory {
	readonly #network: Network;

	/** @internal */
	constructor(network: Network) {
		this.#network = network;
	}

	/** Apps by name. */
	get apps(): ReadonlyMap<string, TenantApp> {
		return new Map(this.#network.apps.all().map((app) => [app.name, tenantApp(app)]));
	}

	/** API users by user name. */
	get apiUsers(): ReadonlyMap<string, TenantApiUser> {
		const users = this.#network.apiUsers.all();
		return new Map(
			users.map(({ description, role, username }) => [username, { username, role, description: description ?? "" }]),
		);
	}

	/** The nodes of apps, by name, without those that receive changes. */
	get nodes(): ReadonlyMap<string, TenantNode> {
		const nodes = this.#network.nodes.all().filter(({ __typename }) => __typename !== "AppChangeReceiverNode");
		return new Map(nodes.flatMap(({ app, name }) => (app === undefined ? [] : [[name, { name, app }] as const])));
	}

	/** All edges, without those by which EchoStream delivers changes. */
	get edges(): readonly TenantEdge[] {
		const edges = this.#network.edges.all().filter(({ messageType }) => messageType !== "echo.change");
		return edges.map(({ queue, source, target }) => ({ source, target, queue }));
	}

	/** The app or API user that signs in with this name. @internal */
	user(username: string): TenantUser | undefined {
		return userOf(this.#network, username);
	}

	/** The edges that start (`source`) or end (`target`) at a node. */
	edgesAt(end: "source" | "target", node: string): readonly TenantEdge[] {
		return this.edges.filter((edge) => edge[end] === node);
	}

	/** Every node and edge, also those that EchoStream runs: for a picture of the network. */
	picture(): NetworkPicture {
		return pictureOf(this.#network);
	}

	/** The names of all queues: those of {@link edges}, and one for each app that has a user. */
	queues(): readonly string[] {
		const ofApps = this.#network.apps.all().flatMap(({ queue }) => queue ?? []);
		return [...this.edges.map(({ queue }) => queue), ...ofApps];
	}
}

function tenantApp(app: AppRecord): TenantApp {
	const { __typename: type, config, description, name, queue = "", tableAccess = true, tenantAccess = true } = app;
	return {
		name,
		type,
		username: app.username ?? `${name}-user`,
		tableAccess,
		tenantAccess,
		config: JSON.parse(config ?? "{}"),
		description: description ?? "",
		queue,
	};
}
