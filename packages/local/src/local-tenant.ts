import { randomBytes, randomUUID } from "node:crypto";
import { AppSync } from "./appsync/appsync.ts";
import { AccessKeys } from "./aws/access-keys.ts";
import { type AuditRecord, AuditRecords } from "./aws/audit-records.ts";
import { AwsGateway } from "./aws/aws-gateway.ts";
import { presignBulkData } from "./aws/bulk-data.ts";
import { Emulators, type QueueOptions, type TableOptions } from "./aws/emulators.ts";
import { ControlApi } from "./control/control-api.ts";
import { DataError } from "./data/data-error.ts";
import { DataFolder } from "./data/data-folder.ts";
import { MemoryRecords, type Records } from "./data/records.ts";
import type { Caller, ServiceOperation, TenantRequest, TenantResponse } from "./http/exchange.ts";
import type { Fault, Faults } from "./http/faults.ts";
import { HttpPort } from "./http/http-port.ts";
import type { RequestLog } from "./http/request-log.ts";
import type { ManualClock } from "./manual-clock.ts";
import { MessageFlow } from "./messages/message-flow.ts";
import { Deletion } from "./network/deletion.ts";
import { Networks, type TenantUser } from "./network/networks.ts";
import { type ApiUserOptions, type AppOptions, seed } from "./network/seed.ts";
import { newPassword, Users } from "./network/users.ts";
import { RunningClock } from "./running-clock.ts";
import { TenantDirectory, type TenantEdge } from "./tenant-directory.ts";
import { respondAsCognito } from "./user-pool/http-api.ts";
import { isSignedOperation, UserPool } from "./user-pool/user-pool.ts";
import type { UserPoolOptions } from "./user-pool/user-pool-options.ts";

/** Options of a {@link LocalTenant}. */
export interface LocalTenantOptions {
	/** Name of the tenant. Default: `local`. */
	readonly name?: string;
	/** AWS region. Default: `us-east-1`. */
	readonly region?: string;
	/** Name of the DynamoDB table, which has the keys `pk` and `sk`, both strings. Default: `db-<name>`. */
	readonly table?: string;
	/** Default: one app of every type: `external-app`, `managed-app`, `cross-account-app`, `sending-app`, `receiving-app`. */
	readonly apps?: readonly AppOptions[];
	/** Default: `admin`, and `reader`, which may only read. */
	readonly apiUsers?: readonly ApiUserOptions[];
	/** Connections of nodes. Each app that has a user has one node, `<app>-node`. Default: a ring through all nodes. */
	readonly edges?: readonly Pick<TenantEdge, "source" | "target">[];
	/** DynamoDB tables beside {@link table}, as inputs of `CreateTable`. API users may use them. Default: none. */
	readonly tables?: readonly TableOptions[];
	/** SQS queues beside those of apps and edges, as inputs of `CreateQueue`. API users may use them. Default: none. */
	readonly queues?: readonly QueueOptions[];
	/** Failures from the start on. Default: none. See {@link LocalTenant.faults}. */
	readonly faults?: readonly Fault[];
	/** Port. Default: any free port. */
	readonly port?: number;
	/**
	 * Folder to keep everything in that the tenant has to remember, also if the process is killed. A later tenant with the same folder has the same
	 * users, credentials, messages, items and objects, and the same environment variables. One tenant can use a folder at a time. Default: none,
	 * and everything is kept in memory.
	 */
	readonly data?: string;
	/**
	 * Address that the port listens on. Default: `127.0.0.1`. Set `0.0.0.0` only inside a container: whoever reaches the port has
	 * the tenant, with all passwords.
	 */
	readonly host?: string;
	/** Origins of web pages that may call the tenant, such as `http://localhost:5173`. `*` allows all. Default: none. */
	readonly allowedOrigins?: readonly string[];
	/**
	 * Host names by which the tenant may be called, beside `localhost`, `127.0.0.1` and `[::1]`. Set it where a container
	 * reaches this machine by a name such as `host.docker.internal`. Requests to any other name are denied.
	 */
	readonly allowedHosts?: readonly string[];
	/** Whether the tenant audits messages, so that nodes send audit records. Default: false. See {@link LocalTenant.auditRecords}. */
	readonly audit?: boolean;
	/** Whether the tenant is active at first. Default: true. See {@link LocalTenant.active}. */
	readonly active?: boolean;
	/** The user pool. `users` with the names of the tenant's users replace them, with aliases, second factors and so on. */
	readonly userPool?: UserPoolOptions;
	/** Where the tenant gets the time. Default: a {@link RunningClock}. */
	readonly clock?: TenantClock;
	/** How AWS credentials are issued. */
	readonly credentials?: {
		/** Maximum lifetime in seconds, whatever is requested; 3600 is that of role chaining. Default: none. */
		readonly maxSeconds?: number;
		/** Writes `expiration`, from milliseconds since 1970. Default: ISO 8601 with `Z`. */
		readonly dateFormat?: (ms: number) => string;
	};
	/** Whether GraphQL clients may query the schema. Default: true. */
	readonly introspection?: boolean;
	/** Address of another DynamoDB to use, such as DynamoDB Local or a moto server: `http://127.0.0.1:8000`. Default: one in memory. */
	readonly dynamodbEndpoint?: string;
	/**
	 * Functions that can be invoked as AWS Lambda functions, by name: each receives the event, and returns the result. Default:
	 * `echo`, which returns its event.
	 */
	readonly lambdas?: Readonly<Record<string, (event: unknown) => unknown>>;
	/** Delay before each request is handled, in milliseconds of real time. Default: 0. */
	readonly requestDelayMs?: number;
	/** Source of passwords, keys and tokens: returns `size` random bytes. Default: the system's. */
	readonly random?: (size: number) => Uint8Array;
}

/** Where a tenant gets the time: milliseconds since 1970. `jump` and `advance` move it, if they are there. */
export type TenantClock = Pick<RunningClock, "now"> & Partial<Pick<ManualClock, "jump" | "advance">>;

const DESCRIPTION = "A tenant on this machine, for development";

/**
 * An EchoStream tenant on this machine, **for development and tests only**: a Cognito user pool that verifies passwords by
 * SRP, EchoStream's AppSync API, and the tenant's AWS, which verifies the signature of every request. It has one port on
 * the loopback interface, keeps everything in memory, and prints no secret.
 *
 * @example
 * ```ts
 * import { LocalTenant } from "echostream-local";
 *
 * const tenant = await LocalTenant.start();
 * Object.assign(process.env, tenant.environment({ app: "external-app" }));
 * // Run the program.
 * await tenant.stop();
 * ```
 */
export class LocalTenant implements AsyncDisposable {
	/** Name of the tenant. */
	readonly name: string;
	/** AWS region. */
	readonly region: string;
	/** Name of the DynamoDB table. */
	readonly table: string;
	/** The tenant's Cognito user pool. */
	readonly userPool: UserPool;
	/** Where the tenant gets the time. */
	readonly clock: TenantClock;
	/** The tenant's apps, API users, nodes and edges. */
	readonly directory: TenantDirectory;
	#isActive: boolean;
	readonly #folder: DataFolder | undefined;
	readonly #keys: AccessKeys;
	readonly #users: Users;
	readonly #port: HttpPort;
	readonly #appsync: AppSync;
	readonly #emulators: Emulators;
	readonly #gateway: AwsGateway;
	readonly #flow: MessageFlow;
	readonly #audit: AuditRecords;
	readonly #control: ControlApi;

	/** Starts a tenant, which runs until {@link stop}. */
	static async start(options: LocalTenantOptions = {}): Promise<LocalTenant> {
		const clock = options.clock ?? new RunningClock();
		checkName("name", options.name, /^[\w.-]{1,80}$/, "use letters, digits, hyphens, dots and underscores");
		checkName("region", options.region, /^[a-z\d-]+$/, "use one such as us-east-1");
		const random = options.random ?? randomBytes;
		const folder = options.data === undefined ? undefined : new DataFolder(options.data);
		try {
			const records = folder?.records ?? new MemoryRecords();
			const keptName = Networks.mainOf(records);
			const name = keptName ?? options.name ?? "local";
			const main = {
				name,
				region: options.region ?? "us-east-1",
				table: options.table ?? `db-${name}`,
				description: DESCRIPTION,
				audit: options.audit ?? false,
				config: "{}",
			};
			const networks = new Networks(main, records, () => clock.now());
			const { region } = networks.main.tenant;
			if ((options.name ?? name) !== name || (options.region ?? region) !== region) {
				throw anotherTenant(`${name} in ${region}`, options.data);
			}
			const passwords = records.map<string>("passwords");
			const poolUsers = new Map(options.userPool?.users?.map(({ password, username }) => [username, password]));
			for (const { password, username } of keptName !== undefined ? [] : seed(networks.main, options)) {
				passwords.set(username, poolUsers.get(username) ?? password ?? newPassword(random));
			}
			const others = [...passwords].filter(([username]) => !poolUsers.has(username));
			const users = [
				...(options.userPool?.users ?? []),
				...others.map(([username, password]) => ({ username, password })),
			];
			const userPool = await UserPool.create({ region, random, ...options.userPool, users }, clock, records);
			const ports = records.map<number>("port");
			const port = options.port ?? ports.get("port") ?? 0;
			const tenant = new LocalTenant({ ...options, clock, region, random, port }, networks, userPool, records, folder);
			try {
				await tenant.#port.open().catch((error: unknown) => {
					const isKept = options.port === undefined && port > 0;
					throw isKept && (error as { code?: string }).code === "EADDRINUSE" ? portInUse(port, options.data) : error;
				});
				ports.set("port", Number(new URL(tenant.url).port));
				await tenant.#emulators.createResources();
				for (const fault of options.faults ?? []) tenant.faults.add(fault);
			} catch (error) {
				await tenant.stop();
				throw error;
			}
			return tenant;
		} catch (error) {
			folder?.close();
			throw error;
		}
	}

	private constructor(
		options: LocalTenantOptions & Required<Pick<LocalTenantOptions, "clock" | "region" | "random">>,
		networks: Networks,
		userPool: UserPool,
		records: Records,
		folder: DataFolder | undefined,
	) {
		const { clock, random, region } = options;
		const now = () => clock.now();
		this.name = networks.main.name;
		this.region = region;
		this.table = networks.main.tenant.table;
		this.userPool = userPool;
		this.clock = clock;
		this.directory = new TenantDirectory(networks.main);
		this.#isActive = options.active ?? true;
		this.#folder = folder;
		this.#keys = new AccessKeys(random, now, records);
		const passwords = records.map<string>("passwords");
		this.#users = new Users({ networks, passwords, pool: userPool, keys: this.#keys, random });
		const port = new HttpPort({
			host: options.host ?? "127.0.0.1",
			port: options.port ?? 0,
			requestDelayMs: options.requestDelayMs ?? 0,
			allowedOrigins: options.allowedOrigins ?? [],
			allowedHosts: options.allowedHosts ?? [],
			now,
			handle: (request, operation, caller) => records.during(() => this.#handle(request, operation, caller)),
			handleOwn: (request, outgoing) => this.#control.handle(request, outgoing),
		});
		this.#port = port;
		const shared = { networks, keys: this.#keys, now, region };
		const isNodeOf = (node: string, app: string) => this.directory.nodes.get(node)?.app === app;
		this.#audit = new AuditRecords({ records, isNodeOf });
		this.#emulators = new Emulators({
			...shared,
			records,
			get host() {
				return new URL(port.url).host;
			},
			dynamodbEndpoint: options.dynamodbEndpoint,
			tables: options.tables ?? [],
			queues: options.queues ?? [],
			usedQueue: (operation, queue) => this.#flow.usedQueue(operation, queue),
		});
		const deletion = new Deletion({ queues: this.#emulators, users: this.#users });
		this.#flow = new MessageFlow({ networks, queues: this.#emulators, deletion });
		networks.onChange((network, change) => this.#flow.changed(network, change));
		this.#gateway = new AwsGateway({
			...shared,
			table: this.table,
			audit: this.#audit,
			emulators: this.#emulators,
			lambdas: options.lambdas ?? { echo: (event) => event },
		});
		this.#appsync = new AppSync({
			api: {
				...shared,
				users: this.#users,
				queues: this.#emulators,
				deletion,
				credentials: options.credentials ?? {},
				pool: userPool,
				random,
				get url() {
					return port.url;
				},
				isActive: () => this.#isActive,
				bulkData: (bulk) =>
					presignBulkData(this.#keys, bulk, {
						id: randomUUID(),
						now: now(),
						region,
						tenant: networks.main.name,
						url: port.url,
					}),
			},
			allowsIntrospection: options.introspection ?? true,
			userOf: (token) => this.#userOf(token),
		});
		this.#control = new ControlApi(this, this.#users, this.#emulators, records);
	}

	/** Address of the tenant: `http://127.0.0.1:<port>`. */
	get url(): string {
		return this.#port.url;
	}

	/** Whether the tenant is active. Only active tenants issue AWS credentials. May be set at any time. */
	get active(): boolean {
		return this.#isActive;
	}

	set active(isActive: boolean) {
		this.#isActive = isActive;
	}

	/** Every request that the tenant has received. */
	get requestLog(): RequestLog {
		return this.#port.requestLog;
	}

	/** What the nodes of apps have recorded about their messages: the last 10,000 audit records, the oldest first. */
	get auditRecords(): readonly AuditRecord[] {
		return this.#audit.all();
	}

	/** Failures to inject. */
	get faults(): Faults {
		return this.#port.faults;
	}

	/**
	 * Returns the environment variables of a program that signs in as an app or as an API user: those that EchoStream sets,
	 * `AWS_ENDPOINT_URL` for the AWS SDKs, and `COGNITO_JWKS` for pycognito. Changes no variable of this process.
	 *
	 * @throws TypeError when the app or API user does not exist, or the app is of a type that has no user.
	 */
	environment(identity: { readonly app: string } | { readonly apiUser: string }): Record<string, string> {
		const username = this.#usernameOf(identity);
		return {
			APPSYNC_ENDPOINT: `${this.url}/graphql`,
			CLIENT_ID: this.userPool.clientId,
			USER_POOL_ID: this.userPool.id,
			USER_NAME: username,
			PASSWORD: this.#users.passwordOf(username),
			TENANT: this.name,
			...("app" in identity && { APP: identity.app }),
			AWS_ENDPOINT_URL: this.url,
			COGNITO_JWKS: JSON.stringify(this.userPool.keySet()),
		};
	}

	/** Returns the URL of a queue. {@link directory} has the names. */
	queueUrl(queue: string): string {
		return `${this.url}/000000000000/${queue}`;
	}

	/** Makes issued AWS credentials unknown to AWS at once: those of one user, or all. */
	revokeAccessKeys(username?: string): void {
		this.#keys.revoke(username);
	}

	/** Makes issued AWS credentials expire at once: those of one user, or all. */
	expireAccessKeys(username?: string): void {
		this.#keys.expire(username);
	}

	/** Stops the tenant. Requests that have arrived get their response first, for at most 5 seconds. Then every connection is closed. */
	async stop(): Promise<void> {
		this.#control.close();
		const closed = this.#port.close();
		await this.#flow.close();
		// Requests that wait for a message of a queue end with this.
		await this.#emulators.stop();
		await closed;
		this.userPool.close();
		this.#folder?.close();
	}

	/** The same as {@link stop}, for `await using`. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.stop();
	}

	#usernameOf(identity: Parameters<LocalTenant["environment"]>[0]): string {
		const [kind, name] = "app" in identity ? ["app with a user", identity.app] : ["API user", identity.apiUser];
		const found = "app" in identity ? this.directory.apps.get(name) : this.directory.apiUsers.get(name);
		if (found === undefined || this.#users.find(found.username) === undefined) {
			throw new TypeError(
				`The tenant ${this.name} has no ${kind} named ${name}. Add it to the options of LocalTenant.start`,
			);
		}
		return found.username;
	}

	async #handle(request: TenantRequest, operation: ServiceOperation, caller: Caller): Promise<TenantResponse> {
		if (operation.service === "appsync") return this.#appsync.respond(request, caller);
		if (operation.service !== "cognito") return this.#gateway.respond(request, operation, caller);
		if (isSignedOperation(operation.operation)) {
			const denied = await this.#gateway.denyAdministration(request, operation.operation, this.userPool.id, caller);
			if (denied !== undefined) return denied;
		}
		return respondAsCognito(this.userPool, operation.operation, request, caller);
	}

	async #userOf(token: string): Promise<TenantUser> {
		const { username } = await this.userPool.verify(token);
		const user = this.#users.find(String(username));
		if (user === undefined) throw Object.assign(new Error("No user of this tenant"), { reason: "foreign" });
		return user;
	}
}

/** @throws RangeError when the value of an option cannot be part of names and addresses. */
function checkName(option: string, value: string | undefined, rule: RegExp, hint: string): void {
	if (value !== undefined && !rule.test(value)) throw new RangeError(`The ${option} "${value}" is invalid: ${hint}`);
}

/** The error of a tenant that has another name or region than the one in its folder. */
function anotherTenant(kept: string, folder = ""): DataError {
	return new DataError(
		`The data folder ${folder} has the tenant ${kept}. Set \`name\` and \`region\` to these, or \`data\` to another folder.`,
	);
}

/** The error of a tenant whose environment variables name a port that another process uses. */
function portInUse(port: number, folder = ""): DataError {
	return new DataError(
		`The tenant in the data folder ${folder} cannot have its port ${port} again. Another process uses it. Stop that process, or set \`port\`.`,
	);
}
