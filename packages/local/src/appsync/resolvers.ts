import type { AccessKeys } from "../aws/access-keys.ts";
import type { BulkDataOptions, BulkDataStorage } from "../aws/bulk-data.ts";
import {
	hasUser,
	type TenantApp,
	type TenantDirectory,
	type TenantEdge,
	type TenantNode,
	type TenantUser,
} from "../tenant-directory.ts";

/** What the resolvers read. */
export interface ResolverContext {
	readonly name: string;
	readonly region: string;
	readonly table: string;
	readonly directory: TenantDirectory;
	readonly keys: AccessKeys;
	readonly audit: boolean;
	readonly credentials: { readonly maxSeconds?: number; readonly dateFormat?: (ms: number) => string };
	readonly url: string;
	readonly pool: { readonly id: string; readonly clientId: string };
	isActive(): boolean;
	now(): number;
	bulkData(options: BulkDataOptions): Promise<BulkDataStorage>;
}

/** AppSync's quota of resolvers in one request. */
const MAX_RESOLVED = 10_000;

/** One request: who sent it, and how many objects it has resolved. */
export class RequestContext {
	readonly user: TenantUser;
	#resolved = 0;

	constructor(user: TenantUser) {
		this.user = user;
	}

	/** Counts an object: nodes and edges lead to each other, so that a short document can name any number. */
	countObject(): void {
		this.#resolved += 1;
		if (this.#resolved > MAX_RESOLVED) {
			throw new ResolverError(
				"ResolverExecutionLimitReached",
				`The request resolves more than ${MAX_RESOLVED} objects`,
			);
		}
	}
}

/** An error that a resolver responds with: AppSync passes the type on. */
export class ResolverError extends Error {
	override readonly name = "ResolverError";
	readonly errorType: string;

	constructor(errorType: string, message: string) {
		super(message);
		this.errorType = errorType;
	}
}

const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;

function denied(field: string): ResolverError {
	return new ResolverError("Unauthorized", `Not Authorized to access ${field} on type Query`);
}

/** How long presigned URLs can be valid. */
const MAX_BULK_DATA_SECONDS = 604_800;

interface BulkDataArguments {
	readonly contentEncoding?: BulkDataOptions["contentEncoding"] | null;
	readonly count?: number | null;
	readonly expiresIn?: number | null;
	readonly tenant: string;
}

/** The root of all queries. graphql-js calls its methods, and those of the objects that they return. */
export class QueryRoot {
	readonly #context: ResolverContext;

	constructor(context: ResolverContext) {
		this.#context = context;
	}

	GetVersion(): string {
		return "local";
	}

	GetSupportedRegions(): string[] {
		return [this.#context.region];
	}

	GetUser(): never {
		throw denied("GetUser");
	}

	GetTenant({ tenant }: { tenant: string }, request: RequestContext) {
		if (tenant !== this.#context.name) return null;
		if (request.user.kind === "app") throw denied("GetTenant");
		return this.#tenant(request);
	}

	GetApiUser({ tenant, username }: { tenant: string; username: string }, request: RequestContext) {
		const apiUser = tenant === this.#context.name ? this.#context.directory.apiUsers.get(username) : undefined;
		if (request.user.kind === "app" || (request.user.role !== "admin" && request.user.username !== username))
			throw denied("GetApiUser");
		if (apiUser === undefined) return null;
		return {
			...this.#written(),
			appsyncEndpoint: this.#appsyncEndpoint(),
			credentials: this.#cognitoCredentials(apiUser),
			description: apiUser.description,
			role: apiUser.role,
			tenant: () => this.#tenant(request),
			username,
		};
	}

	GetApp({ name, tenant }: { name: string; tenant: string }, request: RequestContext) {
		const app = tenant === this.#context.name ? this.#context.directory.apps.get(name) : undefined;
		if (request.user.kind === "app" && request.user.app !== name) throw denied("GetApp");
		return app === undefined ? null : this.#app(app, request);
	}

	ListApps({ tenant }: { tenant: string }, request: RequestContext) {
		if (request.user.kind === "app") throw denied("ListApps");
		const apps = tenant === this.#context.name ? [...this.#context.directory.apps.values()] : [];
		return { echos: apps.map((app) => this.#app(app, request)), lastEvaluatedKey: null };
	}

	GetNode({ name, tenant }: { name: string; tenant: string }, request: RequestContext) {
		const node = tenant === this.#context.name ? this.#context.directory.nodes.get(name) : undefined;
		if (node === undefined) return null;
		if (request.user.kind === "app" && request.user.app !== node.app) throw denied("GetNode");
		return this.#node(node, request);
	}

	GetEdge({ source, target, tenant }: { source: string; target: string; tenant: string }, request: RequestContext) {
		if (request.user.kind === "app") throw denied("GetEdge");
		const { directory, name } = this.#context;
		const edge = directory.edges.find((one) => one.source === source && one.target === target);
		return edge === undefined || tenant !== name ? null : this.#edge(edge, request);
	}

	async GetBulkDataStorage({
		contentEncoding,
		count,
		expiresIn,
		tenant,
	}: BulkDataArguments): Promise<BulkDataStorage[]> {
		const wanted = count ?? 1;
		if (wanted < 1 || wanted > 100) {
			throw new ResolverError("Lambda:Unhandled", "count must be between 1 and 100");
		}
		const expiresInSeconds = expiresIn ?? 1800;
		if (expiresInSeconds < 1 || expiresInSeconds > MAX_BULK_DATA_SECONDS) {
			throw new ResolverError("Lambda:Unhandled", `expiresIn must be between 1 and ${MAX_BULK_DATA_SECONDS}`);
		}
		if (tenant !== this.#context.name) throw denied("GetBulkDataStorage");
		const options = { contentEncoding: contentEncoding ?? "gzip", expiresInSeconds };
		return Promise.all(Array.from({ length: wanted }, () => this.#context.bulkData(options)));
	}

	#tenant(request: RequestContext) {
		request.countObject();
		const { directory, isActive, name, region, table } = this.#context;
		if (request.user.kind === "app" && directory.apps.get(request.user.app)?.tenantAccess === false) {
			throw new ResolverError("Unauthorized", "Not Authorized to access tenant on type App");
		}
		return {
			...this.#written(),
			active: () => isActive(),
			audit: this.#context.audit,
			config: "{}",
			description: "A tenant on this machine, for development",
			name,
			region,
			table,
			GetAwsCredentials: ({ duration }: { duration?: number | null }) => {
				if (request.user.kind === "app") {
					throw new ResolverError("Unauthorized", "Not Authorized to access GetAwsCredentials on type Tenant");
				}
				return this.#awsCredentials(request.user, duration);
			},
		};
	}

	#app(app: TenantApp, request: RequestContext) {
		request.countObject();
		const { name, url } = this.#context;
		const common = {
			...this.#written(),
			__typename: app.type,
			name: app.name,
			description: app.description,
			tenant: () => this.#tenant(request),
		};
		if (app.type === "CrossTenantReceivingApp") return { ...common, sendingApp: null, sendingTenant: `${name}-2` };
		if (app.type === "CrossTenantSendingApp")
			return { ...common, receivingApp: "receiving-app", receivingTenant: `${name}-2` };
		const node = () => [...this.#context.directory.nodes.values()].filter((one) => one.app === app.name);
		return {
			...common,
			account: "000000000000",
			appsyncEndpoint: this.#appsyncEndpoint(),
			auditRecordsEndpoint: `${url}/audit-records/${encodeURIComponent(app.name)}`,
			config: JSON.stringify(app.config),
			credentials: this.#cognitoCredentials(app),
			iamPolicy: "{}",
			nodes: () => node().map((one) => this.#node(one, request)),
			tableAccess: app.tableAccess,
			GetAwsCredentials: ({ duration }: { duration?: number | null }) =>
				this.#awsCredentials({ kind: "app", username: app.username, app: app.name }, duration),
		};
	}

	#node(node: TenantNode, request: RequestContext): Record<string, unknown> {
		request.countObject();
		const { directory } = this.#context;
		const app = directory.apps.get(node.app);
		if (app === undefined || !hasUser(app)) throw new Error(`The node ${node.name} has no app`);
		const messageType = () => this.#messageType();
		return {
			...this.#written(),
			__typename: app.type === "ManagedApp" ? "ManagedNode" : "ExternalNode",
			app: () => this.#app(app, request),
			config: "{}",
			description: null,
			name: node.name,
			receiveEdges: () => directory.edgesAt("target", node.name).map((edge) => this.#edge(edge, request)),
			receiveMessageType: messageType,
			sendEdges: () => directory.edgesAt("source", node.name).map((edge) => this.#edge(edge, request)),
			sendMessageType: messageType,
			stopped: false,
			tenant: () => this.#tenant(request),
		};
	}

	#edge({ queue, source, target }: TenantEdge, request: RequestContext) {
		request.countObject();
		const { directory, region, url } = this.#context;
		const node = (name: string) => {
			const found = directory.nodes.get(name);
			return found === undefined ? null : this.#node(found, request);
		};
		return {
			...this.#written(),
			arn: `arn:aws:sqs:${region}:000000000000:${queue}`,
			description: null,
			draining: false,
			maxReceiveCount: null,
			messageType: () => this.#messageType(),
			queue: `${url}/000000000000/${queue}`,
			source: () => node(source),
			target: () => node(target),
			tenant: () => this.#tenant(request),
		};
	}

	#messageType() {
		return {
			...this.#written(),
			auditor: "def auditor(*, message, **kwargs):\n\treturn {}\n",
			description: "Plain text",
			inUse: true,
			name: "echo.text",
			sampleMessage: "hello",
			system: true,
			tenant: null,
		};
	}

	#awsCredentials(holder: TenantUser, duration: number | null | undefined) {
		const { credentials, isActive, keys, name } = this.#context;
		if (!isActive()) throw new ResolverError("Lambda:Unhandled", `Tenant ${name} is not active`);
		const seconds = duration ?? 3600;
		if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
			throw new ResolverError(
				"Lambda:Unhandled",
				`duration must be between ${MIN_SECONDS} and ${MAX_SECONDS}, not ${seconds}`,
			);
		}
		const key = keys.issue(holder, Math.min(seconds, credentials.maxSeconds ?? seconds));
		return {
			accessKeyId: key.accessKeyId,
			secretAccessKey: key.secretAccessKey,
			sessionToken: key.sessionToken,
			expiration: (credentials.dateFormat ?? isoDate)(key.expiresAt),
		};
	}

	#cognitoCredentials({ username }: { readonly username: string }) {
		const { directory, pool } = this.#context;
		return { clientId: pool.clientId, password: directory.passwordOf(username), userPoolId: pool.id, username };
	}

	#appsyncEndpoint(): string {
		return `${this.#context.url}/graphql`;
	}

	#written() {
		const atBy = () => ({ at: isoDate(this.#context.now()), by: "local-tenant" });
		return { created: atBy, lastModified: atBy };
	}
}

function isoDate(ms: number): string {
	return new Date(ms).toISOString();
}
