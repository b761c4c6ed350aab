import { randomBytes, randomUUID } from "node:crypto";
import { AppSync } from "./appsync/appsync.ts";
import { AccessKeys } from "./aws/access-keys.ts";
import { AwsGateway } from "./aws/aws-gateway.ts";
import { presignBulkData } from "./aws/bulk-data.ts";
import { MemoryRecords } from "./data/records.ts";
import type { Caller, ServiceOperation, TenantRequest, TenantResponse } from "./http/exchange.ts";
import type { Faults } from "./http/faults.ts";
import { HttpPort } from "./http/http-port.ts";
import type { RequestLog } from "./http/request-log.ts";
import { MessageFlow } from "./messages/message-flow.ts";
import { Deletion } from "./network/deletion.ts";
import { Networks, type TenantUser } from "./network/networks.ts";
import { type ApiUserOptions, type AppOptions, seed } from "./network/seed.ts";
import { newPassword, Users } from "./network/users.ts";
import { TenantDirectory, type TenantEdge } from "./tenant-directory.ts";
import { respondAsCognito } from "./user-pool/http-api.ts";
import { UserPool } from "./user-pool/user-pool.ts";
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
	/** Port on 127.0.0.1. Default: any free port. */
	readonly port?: number;
	/** Origins of web pages that may call the tenant, such as `http://localhost:5173`. `*` allows all. Default: none. */
	readonly allowedOrigins?: readonly string[];
	/**
	 * Host names by which the tenant may be called, beside `localhost`, `127.0.0.1` and `[::1]`. Set it where a container
	 * reaches this machine by a name such as `host.docker.internal`. Requests to any other name are denied.
	 */
	readonly allowedHosts?: readonly string[];
	/** Whether the tenant is active at first. Default: true. See {@link LocalTenant.active}. */
	readonly active?: boolean;
	/** The user pool. `users` with the names of the tenant's users replace them, with aliases, second factors and so on. */
	readonly userPool?: UserPoolOptions;
	/** Where the tenant gets the time. Default: the local clock. */
	readonly clock?: { now(): number };
	/** How AWS credentials are issued. */
	readonly credentials?: {
		/** Maximum lifetime in seconds, whatever is requested; 3600 is that of role chaining. Default: none. */
		readonly maxSeconds?: number;
		/** Writes `expiration`, from milliseconds since 1970. Default: ISO 8601 with `Z`. */
		readonly dateFormat?: (ms: number) => string;
	};
	/** Whether GraphQL clients may query the schema. Default: true. */
	readonly introspection?: boolean;
	/** Address of a DynamoDB Local to use in place of dynalite, such as `http://127.0.0.1:8000`. */
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
	readonly clock: { now(): number };
	/** The tenant's apps, API users, nodes and edges. */
	readonly directory: TenantDirectory;
	#isActive: boolean;
	readonly #keys: AccessKeys;
	readonly #users: Users;
	readonly #port: HttpPort;
	readonly #appsync: AppSync;
	readonly #gateway: AwsGateway;
	readonly #flow: MessageFlow;

	/** Starts a tenant, which runs until {@link stop}. */
	static async start(options: LocalTenantOptions = {}): Promise<LocalTenant> {
		const clock = options.clock ?? { now: () => Date.now() };
		const region = options.region ?? "us-east-1";
		const random = options.random ?? randomBytes;
		const name = options.name ?? "local";
		const records = new MemoryRecords();
		const main = {
			name,
			region,
			table: options.table ?? `db-${name}`,
			description: DESCRIPTION,
			audit: false,
			config: "{}",
		};
		const networks = new Networks(main, records, () => clock.now());
		const poolUsers = new Map(options.userPool?.users?.map(({ password, username }) => [username, password]));
		const seeded = seed(networks.main, options).map(({ password, username }) => ({
			username,
			password: poolUsers.get(username) ?? password ?? newPassword(random),
		}));
		const userPool = await UserPool.create({ region, random, ...options.userPool }, clock);
		const passwords = records.map<string>("passwords");
		for (const user of seeded) {
			passwords.set(user.username, user.password);
			if (!poolUsers.has(user.username)) userPool.addUser(user);
		}
		const tenant = new LocalTenant({ ...options, clock, region, random }, networks, userPool, passwords);
		await tenant.#port.open();
		return tenant;
	}

	private constructor(
		options: LocalTenantOptions & Required<Pick<LocalTenantOptions, "clock" | "region" | "random">>,
		networks: Networks,
		userPool: UserPool,
		passwords: Map<string, string>,
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
		this.#keys = new AccessKeys(random, now);
		this.#users = new Users({ networks, passwords, pool: userPool, keys: this.#keys, random });
		const port = new HttpPort({
			port: options.port ?? 0,
			requestDelayMs: options.requestDelayMs ?? 0,
			allowedOrigins: options.allowedOrigins ?? [],
			allowedHosts: options.allowedHosts ?? [],
			now,
			handle: (request, operation, caller) => this.#handle(request, operation, caller),
		});
		this.#port = port;
		const shared = { networks, keys: this.#keys, now, region };
		this.#gateway = new AwsGateway({
			...shared,
			table: this.table,
			get host() {
				return new URL(port.url).host;
			},
			dynamodbEndpoint: options.dynamodbEndpoint,
			lambdas: options.lambdas ?? { echo: (event) => event },
			usedQueue: (operation, queue) => this.#flow.usedQueue(operation, queue),
		});
		const deletion = new Deletion({ queues: this.#gateway, users: this.#users });
		this.#flow = new MessageFlow({ networks, queues: this.#gateway, deletion });
		networks.onChange((network, change) => this.#flow.changed(network, change));
		this.#appsync = new AppSync({
			api: {
				...shared,
				users: this.#users,
				queues: this.#gateway,
				deletion,
				credentials: options.credentials ?? {},
				pool: userPool,
				random,
				get url() {
					return port.url;
				},
				isActive: () => this.#isActive,
				bulkData: () => presignBulkData(this.#keys, { id: randomUUID(), now: now(), region, url: port.url }),
			},
			allowsIntrospection: options.introspection ?? true,
			userOf: (token) => this.#userOf(token),
		});
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

	/** Stops the tenant, and closes every connection. */
	async stop(): Promise<void> {
		await this.#port.close();
		await this.#flow.close();
		await this.#gateway.stop();
		this.userPool.close();
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
		return respondAsCognito(this.userPool, operation.operation, request, caller);
	}

	async #userOf(token: string): Promise<TenantUser> {
		const { username } = await this.userPool.verify(token);
		const user = this.#users.find(String(username));
		if (user === undefined) throw Object.assign(new Error("No user of this tenant"), { reason: "foreign" });
		return user;
	}
}
