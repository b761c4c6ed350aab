import type { Records } from "../data/records.ts";
import { Collection } from "./collection.ts";
import type {
	ApiUserRecord,
	AppRecord,
	EdgeRecord,
	FunctionRecord,
	KmsKeyRecord,
	ManagedNodeTypeRecord,
	MessageTypeRecord,
	NodeRecord,
	Resource,
	TenantRecord,
	TenantUserRecord,
} from "./echos.ts";
import { type ChangeRecord, Journal } from "./journal.ts";
import { SYSTEM_FUNCTIONS, SYSTEM_MANAGED_NODE_TYPES, SYSTEM_MESSAGE_TYPES } from "./system-resources.ts";

/** What a network needs of its surroundings. */
export interface NetworkOptions {
	readonly name: string;
	/** Whether it is the tenant that the process was started with. */
	readonly isMain: boolean;
	readonly records: Records;
	now(): number;
	/** Called after each change. */
	changed(network: Network, change: ChangeRecord): void;
}

/** The parts of a tenant, each of which has records of its own. */
export const PARTS = [
	"changes",
	"tenants",
	"apps",
	"nodes",
	"edges",
	"messageTypes",
	"functions",
	"managedNodeTypes",
	"kmsKeys",
	"apiUsers",
	"tenantUsers",
] as const;

/** The name of the records of a part. */
export function partOf(tenant: string, part: (typeof PARTS)[number]): string {
	return `${tenant}/${part}`;
}

/** The key of an edge. */
export function edgeKey({ source, target }: Pick<EdgeRecord, "source" | "target">): string {
	return JSON.stringify([source, target]);
}

/** Everything that one tenant consists of. */
export class Network {
	/** Name of the tenant. */
	readonly name: string;
	/** Whether it is the tenant that the process was started with. */
	readonly isMain: boolean;
	readonly journal: Journal;
	/** The tenant itself, under its name. */
	readonly tenants: Collection<TenantRecord>;
	readonly apps: Collection<AppRecord>;
	readonly nodes: Collection<NodeRecord>;
	readonly edges: Collection<EdgeRecord>;
	readonly messageTypes: Collection<MessageTypeRecord>;
	readonly functions: Collection<FunctionRecord>;
	readonly managedNodeTypes: Collection<ManagedNodeTypeRecord>;
	readonly kmsKeys: Collection<KmsKeyRecord>;
	readonly apiUsers: Collection<ApiUserRecord>;
	readonly tenantUsers: Collection<TenantUserRecord>;

	constructor({ changed, isMain, name, now, records }: NetworkOptions) {
		this.name = name;
		this.isMain = isMain;
		this.journal = new Journal(records.map(partOf(name, "changes")), (change) => changed(this, change));
		const collection = <T extends Resource>(
			part: (typeof PARTS)[number],
			keyOf: (record: T) => string,
			system: ReadonlyMap<string, T> = new Map(),
		) =>
			new Collection<T>({
				part,
				records: records.map<T>(partOf(name, part)),
				journal: this.journal,
				keyOf,
				now,
				system,
			});
		const named = (record: { readonly name: string }) => record.name;
		this.tenants = collection<TenantRecord>("tenants", named);
		this.apps = collection<AppRecord>("apps", named);
		this.nodes = collection<NodeRecord>("nodes", named);
		this.edges = collection<EdgeRecord>("edges", edgeKey);
		this.messageTypes = collection<MessageTypeRecord>("messageTypes", named, SYSTEM_MESSAGE_TYPES);
		this.functions = collection<FunctionRecord>("functions", named, SYSTEM_FUNCTIONS);
		this.managedNodeTypes = collection<ManagedNodeTypeRecord>("managedNodeTypes", named, SYSTEM_MANAGED_NODE_TYPES);
		this.kmsKeys = collection<KmsKeyRecord>("kmsKeys", named);
		this.apiUsers = collection<ApiUserRecord>("apiUsers", ({ username }) => username);
		this.tenantUsers = collection<TenantUserRecord>("tenantUsers", ({ email }) => email);
	}

	/** The tenant itself. */
	get tenant(): TenantRecord {
		const tenant = this.tenants.get(this.name);
		if (tenant === undefined) throw new Error(`The tenant ${this.name} was deleted`);
		return tenant;
	}

	/** The edge from one node to another. */
	edge(source: string, target: string): EdgeRecord | undefined {
		return this.edges.get(edgeKey({ source, target }));
	}

	/** The edges that start (`source`) or end (`target`) at a node. */
	edgesAt(end: "source" | "target", node: string): EdgeRecord[] {
		return this.edges.all().filter((edge) => edge[end] === node);
	}

	/** The nodes of an app. */
	nodesOf(app: string): NodeRecord[] {
		return this.nodes.all().filter((node) => node.app === app);
	}

	/** The edge with this queue. */
	edgeOf(queue: string): EdgeRecord | undefined {
		return this.edges.all().find((edge) => edge.queue === queue);
	}

	/** Whether a queue is one of the tenant: that of an app or an edge, or of the dead letters of an edge. */
	hasQueue(queue: string): boolean {
		const ofEdge = this.edgeOf(queue) ?? this.edgeOf(queue.replace(/-dead\.fifo$/, ".fifo"));
		return ofEdge !== undefined || this.apps.all().some((app) => app.queue === queue);
	}

	/** Whether an app's user may use a queue: its app's own, and those of the edges at its nodes. */
	mayUseQueue(app: string, queue: string): boolean {
		if (this.apps.get(app)?.queue === queue) return true;
		const edge = this.edgeOf(queue);
		return edge !== undefined && [edge.source, edge.target].some((node) => this.nodes.get(node)?.app === app);
	}
}
