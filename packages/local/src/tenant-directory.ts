import { createHash } from "node:crypto";

/** An app of the tenant. */
export interface AppOptions {
	/** Name of the app. */
	readonly name: string;
	/** Default: `ExternalApp`. The two cross-tenant types have no user and no AWS credentials. */
	readonly type?:
		| "CrossAccountApp"
		| "CrossTenantReceivingApp"
		| "CrossTenantSendingApp"
		| "ExternalApp"
		| "ManagedApp";
	/** User name of the app's user. Default: `<name>-user`. */
	readonly username?: string;
	/** Password of the app's user. Default: a random one. */
	readonly password?: string;
	/** Whether the app's user may use the tenant's table. Default: true. */
	readonly tableAccess?: boolean;
	/** Whether the app's user may read the tenant in queries of EchoStream. Default: true. */
	readonly tenantAccess?: boolean;
	/** The app's config, a JSON value. Default: an empty object. */
	readonly config?: unknown;
	/** Default: empty. */
	readonly description?: string;
}

/** A user of the tenant's API. */
export interface ApiUserOptions {
	/** Name that the user signs in with. */
	readonly username: string;
	/** What the user may do: everything, everything but administration, or only read. Default: `admin`. */
	readonly role?: "admin" | "user" | "read_only";
	/** Default: a random one. */
	readonly password?: string;
	/** Default: empty. */
	readonly description?: string;
}

/** An app of the tenant, with all defaults. Its password is in the variables of `LocalTenant.environment`. */
export interface TenantApp extends Required<Omit<AppOptions, "password">> {
	/** Name of the app's own queue. */
	readonly queue: string;
}

/** An API user of the tenant, with all defaults. Its password is in the variables of `LocalTenant.environment`. */
export interface TenantApiUser extends Required<Omit<ApiUserOptions, "password">> {}

/** A node of the tenant. Each app that has a user has one, `<app>-node`. */
export interface TenantNode {
	/** `<app>-node`. */
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

/** The options of a directory. */
export interface DirectoryOptions {
	readonly apps?: readonly AppOptions[];
	readonly apiUsers?: readonly ApiUserOptions[];
	readonly edges?: readonly Pick<TenantEdge, "source" | "target">[];
}

/** A user that can sign in and hold AWS credentials. */
export type TenantUser =
	| { readonly kind: "app"; readonly username: string; readonly app: string }
	| { readonly kind: "apiUser"; readonly username: string; readonly role: TenantApiUser["role"] };

const DEFAULT_APPS: readonly AppOptions[] = [
	{ name: "external-app", type: "ExternalApp", config: { greeting: "hello" } },
	{ name: "managed-app", type: "ManagedApp" },
	{ name: "cross-account-app", type: "CrossAccountApp", tableAccess: false },
	{ name: "sending-app", type: "CrossTenantSendingApp" },
	{ name: "receiving-app", type: "CrossTenantReceivingApp" },
];

const DEFAULT_API_USERS: readonly ApiUserOptions[] = [
	{ username: "admin", role: "admin" },
	{ username: "reader", role: "read_only" },
];

/** The tenant's apps, API users, nodes and edges. */
export class TenantDirectory {
	/** Apps by name. */
	readonly apps: ReadonlyMap<string, TenantApp>;
	/** API users by user name. */
	readonly apiUsers: ReadonlyMap<string, TenantApiUser>;
	/** Nodes by name. */
	readonly nodes: ReadonlyMap<string, TenantNode>;
	/** All edges. */
	readonly edges: readonly TenantEdge[];

	/** By user name. Private, so that neither `inspect` nor JSON shows them. */
	readonly #passwords = new Map<string, string>();

	/** @internal */
	constructor(options: DirectoryOptions, passwordFor: (username: string) => string) {
		this.apps = byName(options.apps ?? DEFAULT_APPS, (app) => {
			const { name, password, type = "ExternalApp", username = `${name}-user` } = app;
			this.#passwords.set(username, password ?? passwordFor(username));
			const { tableAccess = true, tenantAccess = true, config = {}, description = "" } = app;
			return { name, type, username, tableAccess, tenantAccess, config, description, queue: appQueue(name) };
		});
		this.apiUsers = new Map(
			(options.apiUsers ?? DEFAULT_API_USERS).map(({ username, role = "admin", password, description = "" }) => {
				this.#passwords.set(username, password ?? passwordFor(username));
				return [username, { username, role, description }];
			}),
		);
		const nodes = [...this.apps.values()].filter(hasUser).map(({ name }) => ({ name: `${name}-node`, app: name }));
		this.nodes = byName(nodes, (node) => node);
		this.edges = (options.edges ?? ring(nodes)).map(({ source, target }) => {
			for (const node of [source, target]) {
				if (!this.nodes.has(node))
					throw new TypeError(
						`Invalid edge from ${source} to ${target}: the node ${node} was not found. A node is named <app>-node`,
					);
			}
			return { source, target, queue: edgeQueue(source, target) };
		});
	}

	/** The names of the apps' users, and of the API users. @internal */
	usernames(): readonly string[] {
		return [...[...this.apps.values()].filter(hasUser), ...this.apiUsers.values()].map(({ username }) => username);
	}

	/** The password that a user had when the tenant started. @internal */
	passwordOf(username: string): string {
		return this.#passwords.get(username) ?? "";
	}

	/** The user of this name. @internal */
	user(username: string): TenantUser | undefined {
		const apiUser = this.apiUsers.get(username);
		if (apiUser !== undefined) return { kind: "apiUser", username, role: apiUser.role };
		for (const app of this.apps.values()) {
			if (app.username === username && hasUser(app)) return { kind: "app", username, app: app.name };
		}
		return undefined;
	}

	/** The edges that start (`source`) or end (`target`) at a node. */
	edgesAt(end: "source" | "target", node: string): readonly TenantEdge[] {
		return this.edges.filter((edge) => edge[end] === node);
	}

	/** The names of all queues: those of the edges, and one for each app that has a user. */
	queues(): readonly string[] {
		return [...this.edges.map(({ queue }) => queue), ...[...this.nodes.values()].map(({ app }) => appQueue(app))];
	}

	/** The names of the queues that an app's user may use. @internal */
	queuesOf(app: string): readonly string[] {
		const ofApp = (node: string) => this.nodes.get(node)?.app === app;
		return [
			appQueue(app),
			...this.edges.filter(({ source, target }) => ofApp(source) || ofApp(target)).map(({ queue }) => queue),
		];
	}
}

function appQueue(app: string): string {
	return `app-${app.replace(/[^\w-]/g, "-")}`.slice(0, 80);
}

/** Whether apps of this type have a user and AWS credentials. */
export function hasUser({ type }: { readonly type: TenantApp["type"] }): boolean {
	return type !== "CrossTenantReceivingApp" && type !== "CrossTenantSendingApp";
}

function edgeQueue(source: string, target: string): string {
	const digest = createHash("sha256")
		.update(JSON.stringify([source, target]))
		.digest("hex");
	return `edge-${digest.slice(0, 32)}.fifo`;
}

function ring(nodes: readonly TenantNode[]): Pick<TenantEdge, "source" | "target">[] {
	if (nodes.length < 2) return [];
	return nodes.map(({ name }, index) => ({ source: name, target: nodes[(index + 1) % nodes.length]?.name ?? name }));
}

function byName<From extends { readonly name: string }, To>(all: readonly From[], resolve: (one: From) => To) {
	return new Map(all.map((one) => [one.name, resolve(one)]));
}
