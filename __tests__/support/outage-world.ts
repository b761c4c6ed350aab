import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { LocalTenant, type ManualClock } from "echostream-local";
import { ApiSession, Cognito, type CognitoOptions, type RememberedDevice } from "../../src/index.ts";
import type { OutageKind } from "./outage-kinds.ts";
import { optionsOf } from "./signed-in.ts";
import { SimulatedTime } from "./simulated-time.ts";
import { serviceOf, WatchedNetwork } from "./watched-network.ts";
import { sharedConnections } from "./watched-session.ts";

/** One step that a session takes, by the name of its requests. */
export interface Step {
	readonly name: string;
	/** What meets the fault, for titles of tests. */
	readonly title: string;
	readonly user: "plain" | "sms" | "totp" | "device";
	/** What the user lacks: without a refresh token, an expired access token takes a sign-in. */
	readonly lacks: "access token" | "refresh token";
	readonly authFlow?: CognitoOptions["authFlow"];
	/** The requests of the step. */
	readonly fault: { readonly operation?: string; readonly challenge?: string; readonly service?: string };
	/** The function of the caller's that the step calls. */
	readonly callback?: "password" | "challenge";
}

const signIn = (user: Step["user"], authFlow: Step["authFlow"]) =>
	({ user, authFlow, lacks: "refresh token" }) as const;
const short = "USER_PASSWORD_AUTH";

/** The steps of a sign-in with a password. */
export const SIGN_IN: readonly Step[] = [
	{
		name: "InitiateAuth",
		title: "a request that starts a sign-in",
		...signIn("plain", "USER_SRP_AUTH"),
		fault: { operation: "InitiateAuth" },
	},
	{
		name: "PASSWORD_VERIFIER",
		title: "a proof of the password",
		...signIn("plain", "USER_SRP_AUTH"),
		fault: { challenge: "PASSWORD_VERIFIER" },
	},
];

/** The steps of a second factor, and the functions of the caller's. */
export const CHALLENGES: readonly Step[] = [
	{ name: "SMS_MFA", title: "a code of a text message", ...signIn("sms", short), fault: { challenge: "SMS_MFA" } },
	{
		name: "SOFTWARE_TOKEN_MFA",
		title: "a code of an authenticator",
		...signIn("totp", short),
		fault: { challenge: "SOFTWARE_TOKEN_MFA" },
	},
	{ name: "password", title: "a password function", ...signIn("plain", short), fault: {}, callback: "password" },
	{ name: "challenge", title: "a challenge function", ...signIn("sms", short), fault: {}, callback: "challenge" },
];

/** The steps of a remembered device. */
export const DEVICES: readonly Step[] = [
	{
		name: "DEVICE_SRP_AUTH",
		title: "a key of a device",
		...signIn("device", short),
		fault: { challenge: "DEVICE_SRP_AUTH" },
	},
	{
		name: "DEVICE_PASSWORD_VERIFIER",
		title: "a proof of a device",
		...signIn("device", short),
		fault: { challenge: "DEVICE_PASSWORD_VERIFIER" },
	},
];

/** The steps without a sign-in. */
export const REFRESHES: readonly Step[] = [
	{
		name: "GetTokensFromRefreshToken",
		title: "a token refresh",
		user: "plain",
		lacks: "access token",
		fault: { operation: "GetTokensFromRefreshToken" },
	},
	{ name: "AppSync", title: "an AppSync query", user: "plain", lacks: "access token", fault: { service: "appsync" } },
];

/** The requests of the SDK's clients. */
export const SERVICE_CALLS: readonly Step[] = [
	{
		name: "GetItem",
		title: "an AWS service call",
		user: "plain",
		lacks: "access token",
		fault: { operation: "GetItem" },
	},
];

const TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const PASSWORD = "Correct-h0rse-battery";
/** Access tokens expire before the AWS credentials do, so that each refresh after the first takes new ones. */
const ACCESS_TOKEN_SECONDS = 2400;
const REFRESH_TOKEN_SECONDS = 315_360_000;

/** What one user keeps from an earlier run. */
interface Kept {
	readonly refreshToken: string;
	readonly device: RememberedDevice | undefined;
}

/** What a caller's function does. */
export type CallerFunction = (signal: AbortSignal) => string | Promise<string>;

/** The tenants and users that the sessions of one test file work with, on one clock. */
export class OutageWorld {
	readonly clock: ManualClock;
	readonly #tenant: LocalTenant;
	readonly #deviceTenant: LocalTenant;
	readonly #connections: ReturnType<typeof sharedConnections>;
	readonly #kept = new Map<string, Kept>();

	static async start(clock: ManualClock): Promise<OutageWorld> {
		const startTenant = (devices: "off" | "always", ...users: Step["user"][]) =>
			LocalTenant.start({
				clock,
				apiUsers: users.map((username) => ({ username })),
				userPool: {
					accessTokenSeconds: ACCESS_TOKEN_SECONDS,
					refreshTokenSeconds: REFRESH_TOKEN_SECONDS,
					passwordAttemptsLock: false,
					devices,
					authFlows: ["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"],
					users: users.map((username) => ({
						username,
						password: PASSWORD,
						mfa:
							username === "sms"
								? [{ type: "SMS" }]
								: username === "totp"
									? [{ type: "TOTP", secret: TOTP_SECRET }]
									: [],
					})),
				},
			});
		const world = new OutageWorld(
			clock,
			await startTenant("off", "plain", "sms", "totp"),
			await startTenant("always", "device"),
		);
		for (const user of ["plain", "sms", "totp", "device"] as const) await world.#signInOnce(user);
		return world;
	}

	private constructor(clock: ManualClock, tenant: LocalTenant, deviceTenant: LocalTenant) {
		this.clock = clock;
		this.#tenant = tenant;
		this.#deviceTenant = deviceTenant;
		this.#connections = sharedConnections();
	}

	async stop(): Promise<void> {
		this.#connections.close();
		await this.#tenant.stop();
		await this.#deviceTenant.stop();
	}

	/** The tenant of a user. */
	tenantOf(user: Step["user"]): LocalTenant {
		return user === "device" ? this.#deviceTenant : this.#tenant;
	}

	/** Forgets every fault and every request. */
	clear(): void {
		for (const tenant of [this.#tenant, this.#deviceTenant]) {
			tenant.faults.clear();
			tenant.requestLog.clear();
		}
	}

	/** A new session whose next refresh takes `step`. */
	async session(step: Step, isFirst: boolean): Promise<OutageSession> {
		const { device, refreshToken } = this.#kept.get(step.user) as Kept;
		const tokens: { accessToken?: string; refreshToken?: string } = {};
		if (step.lacks === "access token") tokens.refreshToken = refreshToken;
		if (step.lacks === "refresh token" ? !isFirst : step.name !== "GetTokensFromRefreshToken" || !isFirst) {
			tokens.accessToken = await this.#accessToken(step.user);
		}
		return new OutageSession(this, step, this.#connections.handler, { device, ...tokens });
	}

	#user(user: Step["user"], options: Partial<CognitoOptions>): Cognito {
		const { userPool, url } = this.tenantOf(user);
		return new Cognito({
			userPoolId: userPool.id,
			clientId: userPool.clientId,
			username: user,
			password: PASSWORD,
			endpoint: url,
			clock: this.clock,
			requestHandler: this.#connections.handler,
			...options,
		});
	}

	async #signInOnce(user: Step["user"]): Promise<void> {
		let device: RememberedDevice | undefined;
		const onDevice = (registered: RememberedDevice | undefined) => {
			device = registered;
		};
		const cognito = this.#user(user, { authFlow: short, challenges: this.answers(user), onDevice });
		await cognito.authenticate();
		this.#kept.set(user, { refreshToken: String(cognito.refreshToken), device });
		cognito.destroy();
		// An authenticator has one code in half a minute.
		await this.clock.advance(60_000);
	}

	async #accessToken(user: Step["user"]): Promise<string> {
		const { device, refreshToken } = this.#kept.get(user) as Kept;
		const cognito = this.#user(user, { device, refreshToken });
		const token = await cognito.getAccessToken();
		cognito.destroy();
		return token;
	}

	/** The answers to the challenges of a user. */
	answers(user: Step["user"], ask?: CallerFunction) {
		const { userPool } = this.tenantOf(user);
		return {
			SMS_MFA: async ({ signal }: { readonly signal: AbortSignal }) => {
				await ask?.(signal);
				return String(userPool.sentCodes.at(-1)?.code);
			},
			SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET },
		};
	}
}

/** A session that meets faults, with everything at its default but the time. */
export class OutageSession {
	readonly step: Step;
	readonly network: WatchedNetwork;
	readonly time: SimulatedTime;
	readonly cognito: Cognito;
	readonly session: ApiSession;
	/** The signals that the caller's function has received. */
	readonly signals: AbortSignal[] = [];
	readonly #tenant: LocalTenant;
	#dynamodb: DynamoDBClient | undefined;
	#isFunctionStuck = false;
	#frozenMs = 0;

	constructor(
		world: OutageWorld,
		step: Step,
		inner: ConstructorParameters<typeof WatchedNetwork>[0],
		user: Partial<CognitoOptions>,
	) {
		const { clock } = world;
		this.#tenant = world.tenantOf(step.user);
		this.step = step;
		this.network = new WatchedNetwork(inner);
		this.time = new SimulatedTime(clock, this.network);
		const { clientId, userPoolId, username, password: _, ...rest } = optionsOf(this.#tenant, { apiUser: step.user });
		const shared = { clock, random: () => 0.5, requestHandler: this.network };
		const isPassword = step.callback === "password";
		this.cognito = new Cognito({
			clientId: String(clientId),
			userPoolId: String(userPoolId),
			username: String(username),
			endpoint: this.#tenant.url,
			password: isPassword ? ({ signal }) => this.#call(signal, PASSWORD) : PASSWORD,
			challenges: world.answers(
				step.user,
				step.callback === "challenge" ? (signal) => this.#call(signal, "") : undefined,
			),
			authFlow: step.authFlow,
			...shared,
			...user,
		});
		this.session = new ApiSession({ ...rest, ...shared, regionName: "us-east-1", cognito: this.cognito });
	}

	/** Lets every request of the step meet the fault, or its function. */
	begin({ effect, freezeMs, isEndless = false, neverSettles = false, sleepMs = 0 }: OutageKind): void {
		const { operation, challenge, service } = this.step.fault;
		if (this.step.callback !== undefined) {
			this.#isFunctionStuck = neverSettles;
			this.#frozenMs = freezeMs ?? 0;
			return;
		}
		if (effect !== undefined) this.#tenant.faults.add({ ...effect, ...this.step.fault });
		const matches = (step: string) => step === (challenge ?? operation) || serviceOf(step) === service;
		const beforeResponse = freezeMs === undefined ? {} : { beforeResponse: () => this.#freeze(freezeMs) };
		this.time.clock.jump(sleepMs);
		this.network.fault = { matches, isEndless, neverSettles, ...beforeResponse };
	}

	/** Ends the fault. What it has stopped does not go on. */
	end(): void {
		this.#tenant.faults.clear();
		this.network.fault = undefined;
		this.#isFunctionStuck = false;
		this.#frozenMs = 0;
	}

	/** A call of an AWS service. */
	async read(abortSignal: AbortSignal): Promise<void> {
		const Key = { pk: { S: "1" }, sk: { S: "1" } };
		this.#dynamodb ??= this.session.client(DynamoDBClient, { endpoint: this.#tenant.url, maxAttempts: 1 });
		await this.#dynamodb.send(new GetItemCommand({ TableName: this.#tenant.table, Key }), { abortSignal });
	}

	destroy(): void {
		this.session.destroy();
		this.cognito.destroy();
	}

	/** The process is frozen once: the attempt that follows is not. */
	async #freeze(ms: number): Promise<void> {
		this.network.fault = undefined;
		await this.time.freeze(ms);
	}

	async #call(signal: AbortSignal, result: string): Promise<string> {
		this.signals.push(signal);
		if (this.#isFunctionStuck) return new Promise<never>(() => {});
		if (this.#frozenMs > 0) {
			const ms = this.#frozenMs;
			this.#frozenMs = 0;
			await this.time.freeze(ms);
		}
		return result;
	}
}
