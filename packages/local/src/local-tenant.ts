import { randomBytes, randomUUID } from "node:crypto";
import { AppSync } from "./appsync/appsync.ts";
import { QueryRoot } from "./appsync/resolvers.ts";
import { AccessKeys } from "./aws/access-keys.ts";
import { AwsGateway } from "./aws/aws-gateway.ts";
import { presignBulkData } from "./aws/bulk-data.ts";
import { DataError } from "./data/data-error.ts";
import { DataFolder } from "./data/data-folder.ts";
import { MemoryRecords, type Records } from "./data/records.ts";
import type { Caller, ServiceOperation, TenantRequest, TenantResponse } from "./http/exchange.ts";
import type { Faults } from "./http/faults.ts";
import { HttpPort } from "./http/http-port.ts";
import type { RequestLog } from "./http/request-log.ts";
import {
	type ApiUserOptions,
	type AppOptions,
	TenantDirectory,
	type TenantEdge,
	type TenantUser,
} from "./tenant-directory.ts";
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
	/**
	 * Folder to keep everything in that the tenant has to remember, also if the process is killed. A later tenant with the same folder has the same
	 * users, credentials, messages, items and objects, and the same environment variables. One tenant can use a folder at a time. Default: none,
	 * and everything is kept in memory.
	 */
	readonly data?: string;
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
	readonly #folder: DataFolder | undefined;
	readonly #keys: AccessKeys;
	readonly #port: HttpPort;
	readonly #appsync: AppSync;
	readonly #gateway: AwsGateway;

	/** Starts a tenant, which runs until {@link stop}. */
	static async start(options: LocalTenantOptions = {}): Promise<LocalTenant> {
		const clock = options.clock ?? { now: () => Date.now() };
		const region = options.region ?? "us-east-1";
		const random = options.random ?? randomBytes;
		const folder = options.data === undefined ? undefined : new DataFolder(options.data);
		try {
			const records = folder?.records ?? new MemoryRecords();
			const poolUsers = new Map(options.userPool?.users?.map(({ password, username }) => [username, password]));
			const kept = records.map<string>("passwords");
			const directory = new TenantDirectory(options, (username) => {
				const password = kept.get(username) ?? poolUsers.get(username) ?? newPassword(random);
				kept.set(username, password);
				return password;
			});
			const others = directory.usernames().filter((username) => !poolUsers.has(username));
			const users = [
				...(options.userPool?.users ?? []),
				...others.map((username) => ({ username, password: directory.passwordOf(username) })),
			];
			const userPool = await UserPool.create({ region, random, ...options.userPool, users }, clock, records);
			const ports = records.map<number>("port");
			const port = options.port ?? ports.get("port") ?? 0;
			const tenant = new LocalTenant({ ...options, clock, region, random, port }, directory, userPool, records, folder);
			await tenant.#port.open().catch((error: unknown) => {
				const isKept = options.port === undefined && port > 0;
				throw isKept && (error as { code?: string }).code === "EADDRINUSE" ? portInUse(port, options.data) : error;
			});
			ports.set("port", Number(new URL(tenant.url).port));
			return tenant;
		} catch (error) {
			folder?.close();
			throw error;
		}
	}

	private constructor(
		options: LocalTenantOptions & Required<Pick<LocalTenantOptions, "clock" | "region" | "random">>,
		directory: TenantDirectory,
		userPool: UserPool,
		records: Records,
		folder: DataFolder | undefined,
	) {
		const { clock, random, region } = options;
		const now = () => clock.now();
		this.name = options.name ?? "local";
		this.region = region;
		this.table = options.table ?? `db-${this.name}`;
		this.userPool = userPool;
		this.clock = clock;
		this.directory = directory;
		this.#isActive = options.active ?? true;
		this.#folder = folder;
		this.#keys = new AccessKeys(random, now, records);
		const port = new HttpPort({
			port: options.port ?? 0,
			requestDelayMs: options.requestDelayMs ?? 0,
			allowedOrigins: options.allowedOrigins ?? [],
			allowedHosts: options.allowedHosts ?? [],
			now,
			handle: (request, operation, caller) => records.during(() => this.#handle(request, operation, caller)),
		});
		this.#port = port;
		const shared = { directory, keys: this.#keys, now, region, table: this.table };
		const root = new QueryRoot({
			...shared,
			name: this.name,
			credentials: options.credentials ?? {},
			pool: userPool,
			get url() {
				return port.url;
			},
			isActive: () => this.#isActive,
			bulkData: (options) =>
				presignBulkData(this.#keys, options, { id: randomUUID(), now: now(), region, url: port.url }),
		});
		this.#appsync = new AppSync({
			root,
			allowsIntrospection: options.introspection ?? true,
			userOf: (token) => this.#userOf(token),
		});
		this.#gateway = new AwsGateway({
			...shared,
			get host() {
				return new URL(port.url).host;
			},
			records,
			dynamodbEndpoint: options.dynamodbEndpoint,
			lambdas: options.lambdas ?? { echo: (event) => event },
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
			PASSWORD: this.directory.passwordOf(username),
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
		const closed = this.#port.close();
		// Requests that wait for a message of a queue end with this.
		await this.#gateway.stop();
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
		if (found === undefined || this.directory.user(found.username) === undefined) {
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
		const user = this.directory.user(String(username));
		if (user === undefined) throw Object.assign(new Error("No user of this tenant"), { reason: "foreign" });
		return user;
	}
}

/** The error of a tenant whose environment variables name a port that another process uses. */
function portInUse(port: number, folder = ""): DataError {
	return new DataError(
		`The tenant in the data folder ${folder} cannot have its port ${port} again. Another process uses it. Stop that process, or set \`port\`.`,
	);
}

/** A password that satisfies any policy: 24 letters and digits, and one character of each kind. */
function newPassword(random: (size: number) => Uint8Array): string {
	return `${Buffer.from(random(18)).toString("base64url")}aA1!`;
}
