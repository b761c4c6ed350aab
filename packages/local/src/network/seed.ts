import type { AppRecord, AppType } from "./echos.ts";
import { newEdge } from "./fresh-tenant.ts";
import type { Network } from "./network.ts";
import { appQueue } from "./queue-names.ts";

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

/** The content of a tenant at its start. */
export interface SeedOptions {
	readonly apps?: readonly AppOptions[];
	readonly apiUsers?: readonly ApiUserOptions[];
	readonly edges?: readonly { readonly source: string; readonly target: string }[];
}

/** A user that was seeded, with the password of the options. */
export interface SeededUser {
	readonly username: string;
	readonly password: string | undefined;
}

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

const BY = "local-tenant";
const TEXT = "echo.text";
const NODE_TYPE = "text-node";

/** Whether apps of this type have a user and AWS credentials. */
function hasUser(type: AppType): boolean {
	return type !== "CrossTenantReceivingApp" && type !== "CrossTenantSendingApp";
}

/**
 * Adds what a tenant has at its start: apps, a node for each that has a user, API users and edges. Returns the users.
 *
 * @throws TypeError when an edge ends at a node that does not exist, or when two apps or two users have the same name.
 */
export function seed(network: Network, options: SeedOptions): SeededUser[] {
	const apps = options.apps ?? DEFAULT_APPS;
	checkNames(
		"apps",
		apps.map(({ name }) => name),
	);
	for (const app of apps) seedApp(network, app);
	const withUser = apps.filter(({ type = "ExternalApp" }) => hasUser(type));
	const nodes = withUser.map(({ name, type }) => seedNode(network, name, type));
	for (const { source, target } of options.edges ?? ring(nodes)) {
		for (const node of [source, target]) {
			if (network.nodes.get(node)?.app === undefined) {
				const why = `the node ${node} was not found. A node is named <app>-node`;
				throw new TypeError(`Invalid edge from ${source} to ${target}: ${why}`);
			}
		}
		network.edges.seed(newEdge(network, source, target, TEXT), BY);
	}
	const apiUsers = options.apiUsers ?? DEFAULT_API_USERS;
	for (const { description = "", role = "admin", username } of apiUsers) {
		network.apiUsers.seed({ __typename: "ApiUser", username, role, description }, BY);
	}
	const users = [
		...withUser.map(({ name, password, username = `${name}-user` }) => ({ username, password })),
		...apiUsers.map(({ password, username }) => ({ username, password })),
	];
	checkNames(
		"users",
		users.map(({ username }) => username),
	);
	return users;
}

function checkNames(kind: string, names: readonly string[]): void {
	const twice = names.find((name, index) => names.indexOf(name) < index);
	if (twice !== undefined)
		throw new TypeError(`Two ${kind} of the options have the name ${twice}. Give each its own name`);
}

function seedApp(network: Network, { config = {}, description = "", name, ...options }: AppOptions): void {
	const { tableAccess = true, tenantAccess = true, type = "ExternalApp", username = `${name}-user` } = options;
	const common = { __typename: type, name, description };
	if (!hasUser(type)) {
		network.apps.seed({ ...common, ...crossTenant(type, `${network.name}-2`) }, BY);
		return;
	}
	network.apps.seed(
		{
			...common,
			...(type === "CrossAccountApp" && { account: "000000000000" }),
			config: JSON.stringify(config),
			queue: appQueue(network, name),
			tableAccess,
			tenantAccess,
			username,
		},
		BY,
	);
}

function crossTenant(type: AppType, other: string): Partial<AppRecord> {
	if (type === "CrossTenantReceivingApp") return { sendingApp: null, sendingTenant: other };
	if (type === "CrossTenantSendingApp") return { receivingApp: "receiving-app", receivingTenant: other };
	return {};
}

function seedNode(network: Network, app: string, type: AppType = "ExternalApp"): string {
	const isManaged = type === "ManagedApp";
	const name = `${app}-node`;
	if (isManaged && network.managedNodeTypes.get(NODE_TYPE) === undefined) seedNodeType(network);
	network.nodes.seed(
		{
			__typename: isManaged ? "ManagedNode" : "ExternalNode",
			name,
			app,
			description: null,
			config: "{}",
			...(isManaged && { managedNodeType: NODE_TYPE }),
			receiveMessageType: TEXT,
			sendMessageType: TEXT,
			stopped: false,
		},
		BY,
	);
	return name;
}

function seedNodeType(network: Network): void {
	network.managedNodeTypes.seed(
		{
			__typename: "ManagedNodeType",
			name: NODE_TYPE,
			description: "Receives and sends plain text",
			configTemplate: null,
			imageUri: "000000000000.dkr.ecr.us-east-1.amazonaws.com/text-node",
			mountRequirements: null,
			portRequirements: null,
			readme: null,
			receiveMessageType: TEXT,
			sendMessageType: TEXT,
			system: false,
		},
		BY,
	);
}

function ring(nodes: readonly string[]) {
	if (nodes.length < 2) return [];
	return nodes.map((source, index) => ({ source, target: nodes[(index + 1) % nodes.length] ?? source }));
}
