import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { LocalTenant } from "echostream-local";
import { ApiSession, type AwsIdentity, type Clock, Cognito, isEchoStreamError } from "../../src/index.ts";
import { OUTAGE_KINDS, type OutageKind } from "./outage-kinds.ts";
import { Seeded } from "./seeded.ts";
import { optionsOf } from "./signed-in.ts";
import type { Call, TestTime } from "./test-time.ts";
import { serviceOf, WatchedNetwork } from "./watched-network.ts";
import { sharedConnections } from "./watched-session.ts";
import { withoutStacks } from "./without-stacks.ts";

const SECOND = 1_000;
/** A session replaces up to two revoked access keys in five seconds. */
const REVOCATIONS_MS = 10 * SECOND;
/** A soak ends when it has found this much. */
const MAX_VIOLATIONS = 20;
const USER = "soak";
const PASSWORD = "Correct-h0rse-battery";
const TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** How long things take in a soak. */
export interface SoakPace {
	/** Lifetime of AWS credentials, seconds. */
	readonly credentialsSeconds: number;
	/** Shortest and longest time between two calls while nothing is wrong, milliseconds. */
	readonly gapMs: readonly [number, number];
	/** The same during an outage. */
	readonly outageGapMs: readonly [number, number];
	/** Share of the calls before which a new session begins, and share of the outages that it begins in. */
	readonly sessionShare: number;
	readonly coldShare: number;
	/** Share of the calls before which the refresh tokens are revoked, and before which the AWS credentials are. */
	readonly revokedShare: number;
	/** Whether sign-ins require the code of an authenticator, of which there is one in 30 seconds. */
	readonly hasAuthenticator: boolean;
	/** Share of the calls before which an outage begins. */
	readonly outageShare: number;
	/** Shortest and longest outage, milliseconds. */
	readonly outageMs: readonly [number, number];
	/** How long the process is frozen, milliseconds. */
	readonly freezeMs: number;
	/** Longest wait of a caller whose credentials are valid, milliseconds. */
	readonly validWaitMs: number;
	/** Longest wait of any caller, milliseconds. */
	readonly totalMs: number;
	/** Precision of this clock, milliseconds. */
	readonly precisionMs: number;
	/** Options of the session and its user. */
	readonly timeouts: {
		readonly requestTimeoutMs?: number;
		readonly totalTimeoutMs?: number;
		readonly loginTimeoutMs?: number;
		readonly answerTimeoutMs?: number;
	};
}

/** What came of a soak. */
export interface SoakReport {
	readonly seed: number;
	readonly hours: number;
	readonly calls: number;
	readonly callsDuringOutages: number;
	/** Calls that failed while no credentials were valid. */
	readonly failedWithoutCredentials: number;
	readonly failedWithValidCredentials: number;
	readonly longestWaitWithValidCredentialsMs: number;
	readonly longestWaitMs: number;
	readonly outages: number;
	/** Outages that had left nobody credentials, and after which the next call succeeded. */
	readonly recoveries: number;
	readonly requests: number;
	readonly sessions: number;
	readonly heapGrowthBytes: number;
	readonly violations: readonly string[];
}

/** The requests that an outage is about. */
const SCOPES: readonly { readonly service?: string; readonly operation?: string; readonly challenge?: string }[] = [
	{ service: "cognito" },
	{ service: "appsync" },
	{ service: "dynamodb" },
	{ operation: "InitiateAuth" },
	{ operation: "GetTokensFromRefreshToken" },
	{ challenge: "PASSWORD_VERIFIER" },
	{ challenge: "SOFTWARE_TOKEN_MFA" },
	{ challenge: "DEVICE_SRP_AUTH" },
	{ challenge: "DEVICE_PASSWORD_VERIFIER" },
];
const STUCK_PASSWORD = "the password function never settles";
const NO_NETWORK = "connection refused";

/** One session after the other, through outages of every kind at random, with a seed. */
export class Soak {
	readonly #tenant: LocalTenant;
	readonly #time: TestTime;
	readonly #network: WatchedNetwork;
	readonly #pace: SoakPace;
	readonly #random: Seeded;
	readonly #seed: number;
	/** What was wrong, and how often. */
	readonly #violations = new Map<string, number>();
	/** The end of each set of credentials, by its key. */
	readonly #ends = new Map<string, number>();
	/** The end of the set that the tenant issued last. */
	#issuedEnd = 0;
	#validUntil = 0;
	#user: Cognito | undefined;
	#session: ApiSession | undefined;
	#dynamodb: DynamoDBClient | undefined;
	#isPasswordStuck = false;
	#outage = "";
	#freezes = 0;
	/** When the AWS credentials were revoked last, by the monotonic clock. */
	#revokedAt = Number.NEGATIVE_INFINITY;
	#calls = 0;
	#callsDuringOutages = 0;
	#failed = 0;
	#failedWithValid = 0;
	#longestValidMs = 0;
	#longestMs = 0;
	#outages = 0;
	#recoveries = 0;
	#sessions = 0;
	#requests = 0;

	/** @param timeOf - The time, which may depend on the network. */
	static async start(
		clock: Clock,
		seed: number,
		pace: SoakPace,
		timeOf: (network: WatchedNetwork) => TestTime,
	): Promise<{ soak: Soak; stop: () => Promise<void> }> {
		let soak: Soak | undefined;
		const tenant = await LocalTenant.start({
			clock,
			apiUsers: [{ username: USER }],
			credentials: {
				maxSeconds: pace.credentialsSeconds,
				dateFormat: (ms) => {
					if (soak !== undefined) soak.#issuedEnd = ms;
					return new Date(ms).toISOString();
				},
			},
			userPool: {
				devices: "always",
				users: [
					{
						username: USER,
						password: PASSWORD,
						mfa: pace.hasAuthenticator ? [{ type: "TOTP", secret: TOTP_SECRET }] : [],
					},
				],
			},
		});
		const connections = sharedConnections();
		const network = new WatchedNetwork(connections.handler);
		soak = new Soak(tenant, network, timeOf(network), seed, pace);
		const stop = async () => {
			connections.close();
			await tenant.stop();
		};
		return { soak, stop };
	}

	private constructor(tenant: LocalTenant, network: WatchedNetwork, time: TestTime, seed: number, pace: SoakPace) {
		this.#tenant = tenant;
		this.#network = network;
		this.#time = time;
		this.#seed = seed;
		this.#pace = pace;
		this.#random = new Seeded(seed);
	}

	/** Runs for this long by the clock. */
	async run(durationMs: number): Promise<SoakReport> {
		const { clock } = this.#time;
		const start = clock.monotonic();
		let unhandled = 0;
		const count = () => unhandled++;
		process.on("unhandledRejection", count);
		let heapAtStart = 0;
		const passed = () => clock.monotonic() - start;
		while (passed() < durationMs && this.#violations.size < MAX_VIOLATIONS) {
			if (heapAtStart === 0 && passed() > durationMs / 10) heapAtStart = heapUsed();
			await withoutStacks(() => this.#turn());
			this.#requests += this.#network.sent.splice(0).length;
			if (this.#tenant.requestLog.length > 2_000) this.#tenant.requestLog.clear();
		}
		await withoutStacks(() => this.#close());
		const heapGrowthBytes = heapUsed() - heapAtStart;
		process.off("unhandledRejection", count);
		if (unhandled > 0) this.#violation(`${unhandled} unhandled rejections`);
		return {
			seed: this.#seed,
			hours: Math.round(passed() / 36_000) / 100,
			calls: this.#calls,
			callsDuringOutages: this.#callsDuringOutages,
			failedWithoutCredentials: this.#failed - this.#failedWithValid,
			failedWithValidCredentials: this.#failedWithValid,
			longestWaitWithValidCredentialsMs: Math.round(this.#longestValidMs),
			longestWaitMs: Math.round(this.#longestMs),
			outages: this.#outages,
			recoveries: this.#recoveries,
			requests: this.#requests,
			sessions: this.#sessions,
			heapGrowthBytes,
			violations: [...this.#violations].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`)),
		};
	}

	async #turn(): Promise<void> {
		const { next } = this.#random;
		const chance = next();
		const { revokedShare, sessionShare } = this.#pace;
		if (this.#session === undefined || chance < sessionShare) await this.#replaceSession();
		else if (chance < sessionShare + revokedShare) this.#tenant.userPool.revokeRefreshTokens(USER);
		else if (chance < sessionShare + 2 * revokedShare) await this.#revokeKeys();
		if (next() < this.#pace.outageShare) await this.#runOutage();
		await this.#call(this.#random.one([1, 1, 1, 1, 2, 10]));
		await this.#time.pass(this.#between(this.#pace.gapMs));
	}

	async #runOutage(): Promise<void> {
		const { clock } = this.#time;
		this.#outages++;
		this.#begin();
		if (this.#random.next() < this.#pace.coldShare) await this.#replaceSession();
		const end = clock.monotonic() + this.#between(this.#pace.outageMs);
		let hasServed = true;
		while (clock.monotonic() < end) {
			hasServed = await this.#call(this.#random.below(40) === 0 ? 1000 : this.#random.one([1, 1, 1, 2, 30]));
			this.#callsDuringOutages++;
			if (this.#random.below(4) === 0) await this.#describe();
			await this.#time.pass(this.#between(this.#pace.outageGapMs));
		}
		this.#end();
		// What still waits meets its deadline, and the pause after failures is passed over.
		await this.#time.pass(this.#pace.totalMs);
		const call = this.#credentials(!this.#isValid);
		await this.#time.until(() => call.ending !== undefined);
		if (call.ending?.value === undefined) this.#violation(`no recovery: ${codeOf(call)}`);
		else if (!hasServed) this.#recoveries++;
		this.#note(call, false, 0);
		this.#outage = "";
		await this.#time.pass(this.#pace.totalMs);
		const open = this.#network.open.join(", ");
		if (open !== "") this.#violation(`open requests left: ${open}`);
	}

	#begin(): void {
		const kinds = [...OUTAGE_KINDS, NO_NETWORK, STUCK_PASSWORD] as const;
		const kind = this.#random.one(kinds);
		const scope = this.#random.one(SCOPES);
		this.#outage = typeof kind === "string" ? kind : `${kind.name} at ${Object.values(scope).join()}`;
		if (kind === NO_NETWORK) this.#network.isDown = true;
		else if (kind === STUCK_PASSWORD) this.#isPasswordStuck = true;
		else if (typeof kind !== "string") this.#inject(kind, scope);
	}

	#inject(kind: OutageKind, scope: (typeof SCOPES)[number]): void {
		const { effect, freezeMs, isEndless = false, neverSettles = false, sleepMs = 0 } = kind;
		this.#time.sleep(sleepMs);
		if (effect !== undefined) this.#tenant.faults.add({ ...effect, ...scope });
		const { challenge, operation, service } = scope;
		const matches = (step: string) =>
			step === (challenge ?? operation) || (service !== undefined && serviceOf(step) === service);
		const freeze = async () => {
			this.#network.fault = undefined;
			this.#freezes++;
			await this.#time.freeze(this.#pace.freezeMs);
		};
		const beforeResponse = freezeMs === undefined ? {} : { beforeResponse: freeze };
		this.#network.fault = { matches, isEndless, neverSettles, ...beforeResponse };
	}

	#end(): void {
		this.#tenant.faults.clear();
		this.#network.fault = undefined;
		this.#network.isDown = false;
		this.#isPasswordStuck = false;
	}

	async #replaceSession(): Promise<void> {
		await this.#close();
		const { clock } = this.#time;
		const { clientId, userPoolId, username, password: _, ...rest } = optionsOf(this.#tenant, { apiUser: USER });
		const shared = { clock, random: this.#random.next, requestHandler: this.#network, ...this.#pace.timeouts };
		this.#user = new Cognito({
			clientId: String(clientId),
			userPoolId: String(userPoolId),
			username: String(username),
			endpoint: this.#tenant.url,
			password: () => (this.#isPasswordStuck ? new Promise<never>(() => {}) : PASSWORD),
			challenges: { SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET } },
			...shared,
		});
		this.#session = new ApiSession({
			...rest,
			...shared,
			duration: Math.max(900, this.#pace.credentialsSeconds),
			regionName: "us-east-1",
			cognito: this.#user,
		});
		this.#dynamodb = this.#session.client(DynamoDBClient, { endpoint: this.#tenant.url, maxAttempts: 1 });
		this.#validUntil = 0;
		this.#sessions++;
	}

	async #close(): Promise<void> {
		this.#session?.destroy();
		this.#user?.destroy();
		await this.#time.pass(0);
		const open = this.#network.open.join(", ");
		if (open !== "") this.#violation(`open requests left after destroy(): ${open}`);
		this.#session = undefined;
	}

	/** Credentials that AWS no longer knows are replaced by the next call of a service. */
	async #revokeKeys(): Promise<void> {
		const now = this.#time.clock.monotonic();
		if (!this.#isValid || now - this.#revokedAt < REVOCATIONS_MS) return;
		this.#revokedAt = now;
		this.#tenant.revokeAccessKeys();
		const read = this.#time.call("GetItem", () => this.#read(new AbortController().signal));
		await this.#time.until(() => read.ending !== undefined);
		if (read.ending?.error !== undefined) this.#violation(`GetItem with a revoked key: ${codeOf(read)}`);
	}

	/** Some callers at once, one of which may call a service. Returns whether all of them got credentials. */
	async #call(callers: number): Promise<boolean> {
		const leftMs = this.#leftMs;
		const patience = new AbortController();
		const reads = this.#random.below(8) === 0 ? [this.#time.call("GetItem", () => this.#read(patience.signal))] : [];
		const freezes = this.#freezes;
		const calls = Array.from({ length: callers }, () => this.#credentials(false));
		await this.#time.until(() => calls.every(({ ending }) => ending !== undefined));
		for (const call of calls) this.#note(call, freezes !== this.#freezes, leftMs);
		if (reads.length > 0) {
			if (this.#outage === "") await this.#time.until(() => reads.every(({ ending }) => ending !== undefined));
			else await this.#time.pass(0);
			patience.abort();
			const failed = reads.filter(({ ending }) => ending?.error !== undefined && this.#outage === "");
			for (const read of failed) this.#violation(`GetItem: ${codeOf(read)}`);
		}
		return calls.every(({ ending }) => ending?.value !== undefined);
	}

	async #describe(): Promise<void> {
		const { session } = { session: this.#session };
		if (session === undefined) return;
		const call = this.#time.call("describeTenant()", () => session.describeTenant());
		await this.#time.until(() => call.ending !== undefined);
		const { error, waitMs = Number.POSITIVE_INFINITY } = call.ending ?? {};
		if (error !== undefined && !isEchoStreamError(error)) this.#violation(`an error that is not typed: ${error}`);
		if (waitMs > this.#pace.totalMs + this.#pace.precisionMs) this.#violation(`describeTenant() waited ${waitMs} ms`);
	}

	#note(call: Call<AwsIdentity>, wasFrozen: boolean, leftMs: number): void {
		const { precisionMs, totalMs, validWaitMs } = this.#pace;
		this.#calls++;
		const { error, value, waitMs = Number.POSITIVE_INFINITY } = call.ending ?? {};
		this.#longestMs = Math.max(this.#longestMs, waitMs);
		const wasValid = leftMs > precisionMs && !(wasFrozen && leftMs < this.#pace.freezeMs + validWaitMs);
		if (wasValid) this.#longestValidMs = Math.max(this.#longestValidMs, waitMs);
		const maxMs = wasValid ? Math.min(leftMs, validWaitMs) : totalMs;
		if (waitMs > maxMs + precisionMs) this.#violation(`waited ${waitMs} ms, more than ${maxMs}`);
		if (value !== undefined) return;
		this.#failed++;
		if (!isEchoStreamError(error)) this.#violation(`an error that is not typed: ${error}`);
		if (wasValid) {
			this.#failedWithValid++;
			this.#violation(`${codeOf(call)} with credentials that were valid for ${Math.round(leftMs / SECOND)} s`);
		} else if (this.#outage === "") this.#violation(`${codeOf(call)}, although nothing was wrong`);
	}

	#credentials(forceRefresh: boolean): Call<AwsIdentity> {
		return this.#time.call("credentials()", async () => {
			const identity = (await this.#session?.credentials({ forceRefresh })) as AwsIdentity;
			const { accessKeyId } = identity;
			const end = this.#ends.get(accessKeyId) ?? this.#issuedEnd;
			this.#ends.set(accessKeyId, end);
			this.#validUntil = Math.max(this.#validUntil, end);
			if (end + this.#pace.precisionMs <= this.#time.clock.now()) this.#violation("expired credentials were served");
			return identity;
		});
	}

	async #read(abortSignal: AbortSignal): Promise<void> {
		const Key = { pk: { S: "1" }, sk: { S: "1" } };
		await this.#dynamodb?.send(new GetItemCommand({ TableName: this.#tenant.table, Key }), { abortSignal });
	}

	get #leftMs(): number {
		return this.#validUntil - this.#time.clock.now();
	}

	get #isValid(): boolean {
		return this.#leftMs > 0;
	}

	#between([least, most]: readonly [number, number]): number {
		return least * (most / least) ** this.#random.next();
	}

	#violation(what: string): void {
		const at = new Date(this.#time.clock.now()).toISOString();
		const violation = `${at}${this.#outage === "" ? "" : ` (${this.#outage})`}: ${what}`;
		this.#violations.set(violation, (this.#violations.get(violation) ?? 0) + 1);
	}
}

function codeOf({ ending }: Call<unknown>): string {
	if (ending === undefined) return "never ended";
	const { error } = ending;
	return isEchoStreamError(error) ? `${error.code}: ${error.message}` : String(error);
}

function heapUsed(): number {
	(globalThis as { gc?: () => void }).gc?.();
	return process.memoryUsage().heapUsed;
}

/** The pace of simulated days: credentials of eight hours. */
export const SIMULATED_PACE: SoakPace = {
	credentialsSeconds: 8 * 3600,
	gapMs: [600 * SECOND, 5400 * SECOND],
	outageGapMs: [SECOND, 2400 * SECOND],
	sessionShare: 0.001,
	coldShare: 0.1,
	revokedShare: 0.004,
	hasAuthenticator: true,
	outageShare: 0.015,
	outageMs: [10 * SECOND, 24 * 3600 * SECOND],
	freezeMs: 300 * SECOND,
	validWaitMs: 5 * SECOND,
	totalMs: 60 * SECOND,
	precisionMs: 0,
	timeouts: {},
};

/** The pace of real minutes: credentials of 20 seconds, and deadlines to match. */
export const REAL_PACE: SoakPace = {
	credentialsSeconds: 20,
	gapMs: [10, 500],
	outageGapMs: [5, 200],
	sessionShare: 0.02,
	coldShare: 0.5,
	revokedShare: 0.03,
	hasAuthenticator: false,
	outageShare: 0.1,
	outageMs: [SECOND, 40 * SECOND],
	freezeMs: 5 * SECOND,
	validWaitMs: 5 * SECOND,
	totalMs: 3 * SECOND,
	precisionMs: 250,
	timeouts: { requestTimeoutMs: 500, totalTimeoutMs: 3000, loginTimeoutMs: 2500, answerTimeoutMs: 2000 },
};
