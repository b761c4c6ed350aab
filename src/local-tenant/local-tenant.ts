import { randomBytes, randomUUID } from "node:crypto";
import { AppSync } from "./appsync/appsync.ts";
import { type CredentialsOptions, QueryRoot } from "./appsync/resolvers.ts";
import { AccessKeys } from "./aws/access-keys.ts";
import { AwsGateway, type LambdaFunction } from "./aws/aws-gateway.ts";
import { presignBulkData } from "./aws/bulk-data.ts";
import type { Caller, ServiceOperation, TenantRequest, TenantResponse } from "./http/exchange.ts";
import type { Faults } from "./http/faults.ts";
import { HttpPort } from "./http/http-port.ts";
import type { Ledger } from "./http/ledger.ts";
import { type DirectoryOptions, TenantDirectory, type TenantUser } from "./tenant-directory.ts";
import { respondAsCognito } from "./user-pool/http-api.ts";
import { UserPool } from "./user-pool/user-pool.ts";
import type { UserPoolOptions } from "./user-pool/user-pool-options.ts";

/** How a {@link LocalTenant} is to be. Everything has a default. */
export interface LocalTenantOptions extends DirectoryOptions {
	/** Name of the tenant. Default `local`. */
	readonly name?: string;
	/** Its AWS region. Default `us-east-1`. */
	readonly region?: string;
	/** Name of its DynamoDB table, which has the keys `pk` and `sk`, both strings. Default `db-<name>`. */
	readonly table?: string;
	/** Port on 127.0.0.1. Default: any that is free. */
	readonly port?: number;
	/** Whether it is active: only active tenants give AWS credentials. Default true; see {@link LocalTenant.active}. */
	readonly active?: boolean;
	/** The user pool. Its `users` may hold users of the tenant by their names, to give them aliases, a second factor and so on. */
	readonly userPool?: UserPoolOptions;
	/** What time it is for the tenant. Default: this machine's date. */
	readonly clock?: { now(): number };
	/** How AWS credentials are issued. */
	readonly credentials?: CredentialsOptions;
	/** Whether GraphQL clients may ask for the schema. Default true. */
	readonly introspection?: boolean;
	/** Address of a DynamoDB Local that takes dynalite's place, such as `http://127.0.0.1:8000`. */
	readonly dynamodbEndpoint?: string;
	/** Functions that can be invoked as AWS Lambda functions, by name. Default: `echo`, which returns its event. */
	readonly lambdas?: Readonly<Record<string, LambdaFunction>>;
	/** Every request waits so many milliseconds of real time before it is handled. Default 0. */
	readonly requestDelayMs?: number;
	/** Origins of web pages that may call it, such as `http://localhost:5173`; `*` stands for all. Default: none. */
	readonly allowedOrigins?: readonly string[];
	/**
	 * Host names that it may be called by, such as `host.docker.internal`, beside `localhost`, `127.0.0.1` and `[::1]`.
	 * Requests with any other `Host` header are denied.
	 */
	readonly allowedHosts?: readonly string[];
	/** Where passwords, keys and tokens come from: gives `size` random bytes. Default: this machine's. */
	readonly random?: (size: number) => Uint8Array;
}

/** Who a program under test is to be. */
export type TenantIdentity = { readonly app: string } | { readonly apiUser: string };

/**
 * An EchoStream tenant on this machine, **for development and tests only**: a Cognito user pool that checks passwords by
 * SRP, EchoStream's AppSync API, and the tenant's AWS, which checks the signature of every request. It has one port on
 * the loopback interface, keeps everything in memory, and prints or stores no secret; it is not made to guard anything.
 *
 * @example
 * ```ts
 * import { LocalTenant } from "echostream-botocore/local-tenant";
 *
 * const tenant = await LocalTenant.start();
 * Object.assign(process.env, tenant.environment({ app: "external-app" }));
 * // ... run the program ...
 * await tenant.stop();
 * ```
 */
export class LocalTenant implements AsyncDisposable {
	readonly name: string;
	readonly region: string;
	/** Name of its DynamoDB table. */
	readonly table: string;
	/** Its user pool. */
	readonly userPool: UserPool;
	/** The time that it goes by. */
	readonly clock: { now(): number };
	/** Its apps, users, nodes and edges. */
	readonly directory: TenantDirectory;
	/** Whether it is active. May be changed at any time. */
	active: boolean;
	readonly #keys: AccessKeys;
	readonly #port: HttpPort;
	readonly #appsync: AppSync;
	readonly #gateway: AwsGateway;

	/** Starts a tenant. It runs until {@link stop}. */
	static async start(options: LocalTenantOptions = {}): Promise<LocalTenant> {
		const clock = options.clock ?? { now: () => Date.now() };
		const region = options.region ?? "us-east-1";
		const random = options.random ?? randomBytes;
		const poolUsers = new Map(options.userPool?.users?.map(({ password, username }) => [username, password]));
		const directory = new TenantDirectory(options, (username) => poolUsers.get(username) ?? newPassword(random));
		const userPool = await UserPool.create({ region, random, ...options.userPool }, clock);
		for (const username of directory.usernames()) {
			if (!poolUsers.has(username)) userPool.addUser({ username, password: directory.passwordOf(username) });
		}
		const tenant = new LocalTenant({ ...options, clock, region, random }, directory, userPool);
		await tenant.#port.open();
		return tenant;
	}

	private constructor(
		options: LocalTenantOptions & Required<Pick<LocalTenantOptions, "clock" | "region" | "random">>,
		directory: TenantDirectory,
		userPool: UserPool,
	) {
		const { clock, random, region } = options;
		const now = () => clock.now();
		this.name = options.name ?? "local";
		this.region = region;
		this.table = options.table ?? `db-${this.name}`;
		this.userPool = userPool;
		this.clock = clock;
		this.directory = directory;
		this.active = options.active ?? true;
		this.#keys = new AccessKeys(random, now);
		const port = new HttpPort({
			port: options.port ?? 0,
			requestDelayMs: options.requestDelayMs ?? 0,
			allowedOrigins: options.allowedOrigins ?? [],
			allowedHosts: options.allowedHosts ?? [],
			now,
			handle: (request, operation, caller) => this.#handle(request, operation, caller),
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
			isActive: () => this.active,
			bulkData: () => presignBulkData(this.#keys, { id: randomUUID(), now: now(), region, url: port.url }),
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
			dynamodbEndpoint: options.dynamodbEndpoint,
			lambdas: options.lambdas ?? { echo: (event) => event },
		});
	}

	/** Where it listens: `http://127.0.0.1:<port>`. */
	get url(): string {
		return this.#port.url;
	}

	/** Every request that has reached it. */
	get ledger(): Ledger {
		return this.#port.ledger;
	}

	/** What is to go wrong. */
	get faults(): Faults {
		return this.#port.faults;
	}

	/**
	 * The environment variables of a program that works in this tenant as an app, or as an API user: what EchoStream would
	 * give it, `AWS_ENDPOINT_URL` for the AWS SDKs, and `COGNITO_JWKS` for pycognito. Changes no variable of this process.
	 *
	 * @throws TypeError when there is no such app or API user, or the app is of a type that has no user.
	 */
	environment(identity: TenantIdentity): Record<string, string> {
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

	/** The URL of a queue by its name; {@link directory} has the names. */
	queueUrl(queue: string): string {
		return `${this.url}/000000000000/${queue}`;
	}

	/** Makes AWS keys that are out unknown to AWS at once: those of one user, or all. */
	revokeAccessKeys(username?: string): void {
		this.#keys.revoke(username);
	}

	/** Ends AWS keys that are out at once: those of one user, or all. */
	expireAccessKeys(username?: string): void {
		this.#keys.expire(username);
	}

	/** Stops it, and breaks off every connection. */
	async stop(): Promise<void> {
		await this.#port.close();
		await this.#gateway.stop();
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.stop();
	}

	#usernameOf(identity: TenantIdentity): string {
		const [kind, name] = "app" in identity ? ["app with a user", identity.app] : ["API user", identity.apiUser];
		const found = "app" in identity ? this.directory.apps.get(name) : this.directory.apiUsers.get(name);
		if (found === undefined || this.directory.user(found.username) === undefined) {
			throw new TypeError(`The tenant ${this.name} has no ${kind} named ${name}`);
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

/** A password that any policy takes: 24 letters and digits, and one of each kind that is asked for. */
function newPassword(random: (size: number) => Uint8Array): string {
	return `${Buffer.from(random(18)).toString("base64url")}aA1!`;
}
