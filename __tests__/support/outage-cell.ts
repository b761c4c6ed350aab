import { type AwsIdentity, isEchoStreamError } from "../../src/index.ts";
import type { OutageKind } from "./outage-kinds.ts";
import type { OutageSession, OutageWorld, Step } from "./outage-world.ts";
import type { Call } from "./test-time.ts";
import { withoutStacks } from "./without-stacks.ts";

/** The age of the AWS credentials, which live an hour, when the fault begins, seconds. */
const AGES = { cold: 0, fresh: 600, advisory: 3000, mandatory: 3570, "last seconds": 3598, expired: 3660 } as const;
export type Moment = keyof typeof AGES;
export const MOMENTS = Object.keys(AGES) as Moment[];

const LIFETIME_MS = 3_600_000;
const SECOND = 1_000;
/** Longest wait of a caller whose credentials are valid for another half minute. */
const MANDATORY_WAIT_MS = 5 * SECOND;
/** Deadline of a whole refresh, a query or a description: `totalTimeoutMs`. */
const TOTAL_MS = 60 * SECOND;
/** Deadline of a function that may ask a person: `answerTimeoutMs`. */
const ANSWER_MS = 900 * SECOND;
/** Calls after the end of a fault take no longer: requests at full speed, or the next code of an authenticator. */
const HEALTHY_WAIT_MS = 31 * SECOND;
/** The longest pause after failures with valid credentials. */
const PAUSE_MS = 60 * SECOND;

/** Requests of all callers together, however many there are. */
const MAX_REQUESTS = 40;

/** What the callers of one cell got. */
export interface CellResult {
	/** `current credentials`, `new credentials`, or the code of the error. */
	readonly outcomes: readonly string[];
	readonly waitMs: number;
	readonly problems: readonly string[];
}

/** One fault at one step at one moment, with some callers: what they get, and what remains. */
export async function runCell(
	world: OutageWorld,
	{ step, kind, moment, callers }: { step: Step; kind: OutageKind; moment: Moment; callers: number },
): Promise<CellResult> {
	const one = await world.session(step, moment === "cold");
	const cell = new Cell(one, kind, moment);
	try {
		return await withoutStacks(() => cell.run(callers));
	} finally {
		one.destroy();
		world.clear();
	}
}

class Cell {
	readonly #one: OutageSession;
	readonly #kind: OutageKind;
	readonly #moment: Moment;
	readonly #problems: string[] = [];
	/** When each set of credentials was received, by its key. */
	readonly #receivedAt = new Map<string, number>();
	#old: string | undefined;
	/** Number of calls of the caller's function that never settle. */
	#stuckFunctions = 0;

	constructor(one: OutageSession, kind: OutageKind, moment: Moment) {
		this.#one = one;
		this.#kind = kind;
		this.#moment = moment;
	}

	async run(callers: number): Promise<CellResult> {
		const { clock, network } = this.#one.time;
		let unhandled = 0;
		const count = () => unhandled++;
		process.on("unhandledRejection", count);
		if (this.#moment !== "cold") {
			this.#old = (await this.#one.session.credentials()).accessKeyId;
			this.#receivedAt.set(this.#old, clock.now());
			await clock.advance(AGES[this.#moment] * SECOND);
		}
		const result = await this.#duringFault(callers);
		this.#one.end();
		await this.#afterFault(callers);
		if (this.#kind.isWrongDate && callers === 1 && this.#problems.length === 0) await this.#withoutNetwork();
		network.isDown = false;
		this.#one.destroy();
		await this.#one.time.quiet();
		if (clock.pending > 0) this.#problems.push(`${clock.pending} timers left`);
		if (network.open.length > 0) this.#problems.push(`open requests left: ${network.open.join(", ")}`);
		if (this.#one.signals.some((signal, n) => !signal.aborted && n < this.#stuckFunctions)) {
			this.#problems.push("a function that never settled was not aborted");
		}
		process.off("unhandledRejection", count);
		if (unhandled > 0) this.#problems.push(`${unhandled} unhandled rejections`);
		return { ...result, problems: this.#problems };
	}

	get #hasValid(): boolean {
		return this.#moment !== "cold" && this.#moment !== "expired";
	}

	async #duringFault(callers: number): Promise<Omit<CellResult, "problems">> {
		const { time, session, cognito, step } = this.#one;
		const leftMs = LIFETIME_MS - AGES[this.#moment] * SECOND;
		this.#one.begin(this.#kind);
		this.#one.network.sent.length = 0;
		const patience = new AbortController();
		const isService = step.name === "GetItem";
		const reads = isService ? Array.from({ length: Math.min(callers, 5) }, () => this.#read(patience.signal)) : [];
		const others = [
			...(callers > 1 ? [time.call("getAccessToken()", () => cognito.getAccessToken())] : []),
			...(callers > 1 ? [time.call("query()", () => session.query("query version { GetVersion }"))] : []),
			...(callers > 1 || this.#kind.isWrongDate ? [time.call("describeTenant()", () => session.describeTenant())] : []),
		];
		const calls = Array.from({ length: callers }, () => this.#credentials());
		await time.until(() => calls.every(({ ending }) => ending !== undefined));
		if (reads.length > 0) {
			await time.quiet();
			patience.abort();
			await time.until(() => reads.every(({ ending }) => ending !== undefined));
			// The SDK waits for the request handler, whatever becomes of its signal.
			if (!this.#kind.neverSettles && reads.some(({ ending }) => ending === undefined)) {
				this.#problems.push("a service call never ended");
			}
		}
		// A refresh in the background meets the fault, too, and later callers do not wait for it.
		if (this.#moment === "advisory" || this.#moment === "fresh") {
			await time.pass(PAUSE_MS);
			const later = this.#credentials();
			calls.push(later);
			await time.until(() => later.ending !== undefined);
		}
		await time.until(() => others.every(({ ending }) => ending !== undefined));
		for (const call of others) this.#checkOther(call);
		const { length } = this.#one.network.sent;
		if (length > MAX_REQUESTS) this.#problems.push(`${length} requests, more than ${MAX_REQUESTS}`);
		const outcomes = new Set(calls.map((call) => this.#outcome(call, leftMs)));
		this.#stuckFunctions = this.#kind.neverSettles ? this.#one.signals.length : 0;
		const waitMs = Math.max(...calls.map(({ ending }) => ending?.waitMs ?? Number.POSITIVE_INFINITY));
		return { outcomes: [...outcomes], waitMs };
	}

	/** What a caller of credentials got, and whether that is right. */
	#outcome({ ending }: Call<AwsIdentity>, leftMs: number): string {
		if (ending === undefined) {
			this.#problems.push("a call never ended");
			return "never ends";
		}
		const { error, value, waitMs } = ending;
		const isSoon = this.#moment === "fresh" || this.#moment === "advisory";
		// The process may have been frozen, or the computer asleep, for longer than the credentials were valid.
		const isStillValid = this.#hasValid && (this.#kind.freezeMs ?? this.#kind.sleepMs ?? 0) < leftMs;
		const maxMs = isSoon ? 0 : isStillValid ? Math.min(MANDATORY_WAIT_MS, leftMs) : this.#maxWaitMs;
		if (waitMs > maxMs) this.#problems.push(`waited ${waitMs} ms, more than ${maxMs}`);
		if (value !== undefined) return value.accessKeyId === this.#old ? "current credentials" : "new credentials";
		const code = isEchoStreamError(error) ? error.code : String(error);
		if (!isEchoStreamError(error)) this.#problems.push(`an error that is not typed: ${error}`);
		if (isStillValid) this.#problems.push(`${code} with valid credentials`);
		else if (this.#isHarmless) this.#problems.push(`${code}, although nothing was wrong`);
		return code;
	}

	/** Whether the credentials are due, and no function may ask a person for new ones. */
	get #isRefreshedInBackground(): boolean {
		const isAsking = this.#one.step.user === "sms" || this.#one.step.callback !== undefined;
		return this.#moment !== "fresh" && !(this.#moment === "advisory" && isAsking);
	}

	/** Whether the response arrives, and is right but for its `Date`. */
	get #isHarmless(): boolean {
		const { effect, freezeMs } = this.#kind;
		const isOnlyDate = effect !== undefined && "dateSkewMs" in effect && !("status" in effect);
		return isOnlyDate || freezeMs !== undefined || this.#one.step.name === "GetItem";
	}

	get #maxWaitMs(): number {
		if (this.#isHarmless) return HEALTHY_WAIT_MS;
		return this.#one.step.callback === "challenge" ? ANSWER_MS : TOTAL_MS;
	}

	#checkOther({ name, ending }: Call<unknown>): void {
		const maxMs = this.#one.step.callback === "challenge" ? ANSWER_MS : TOTAL_MS;
		if (ending === undefined) this.#problems.push(`${name} never ended`);
		else if (ending.waitMs > maxMs) this.#problems.push(`${name} waited ${ending.waitMs} ms, more than ${maxMs}`);
		else if (ending.error !== undefined && !isEchoStreamError(ending.error)) {
			this.#problems.push(`${name} failed with an error that is not typed: ${ending.error}`);
		}
	}

	/** One call, once what still waits has met its deadline, and the pause has passed. */
	async #afterFault(callers: number): Promise<void> {
		const { time } = this.#one;
		const endOfFault = time.clock.monotonic();
		await time.until(() => false);
		const backgroundMs = time.clock.monotonic() - endOfFault;
		const maxMs = this.#one.step.callback === "challenge" ? ANSWER_MS : TOTAL_MS;
		if (backgroundMs > maxMs) this.#problems.push(`something ran for ${backgroundMs} ms after the fault`);
		const isForced = callers === 1 && !this.#hasValid;
		if (!isForced) await time.pass(this.#moment === "advisory" ? PAUSE_MS : 5 * SECOND);
		for (const attempt of ["the first", "the second"]) {
			const call = this.#credentials(isForced && attempt === "the first");
			await time.until(() => call.ending !== undefined);
			const { error, value, waitMs = Number.POSITIVE_INFINITY } = call.ending ?? {};
			const isNew = value !== undefined && value.accessKeyId !== this.#old;
			if (value === undefined) {
				const code = isEchoStreamError(error) ? error.code : String(error ?? "no result");
				this.#problems.push(`${attempt} call after the fault: ${code}`);
			} else if (waitMs > HEALTHY_WAIT_MS) this.#problems.push(`${attempt} call after the fault waited ${waitMs} ms`);
			else if (attempt === "the second" && !isNew && this.#isRefreshedInBackground) {
				this.#problems.push("no new credentials after the fault");
			}
			await time.until(() => false);
			await time.pass(2 * SECOND);
		}
	}

	/** The end of the credentials is where it was, whatever the wrong `Date` was: they are served until then, and not later. */
	async #withoutNetwork(): Promise<void> {
		const { time, network } = this.#one;
		network.isDown = true;
		const [key, receivedAt] = [...this.#receivedAt].at(-1) ?? ["none", 0];
		const leftMs = receivedAt + LIFETIME_MS - time.clock.now();
		for (const [when, ms, isServed] of [
			["before", leftMs - 61 * SECOND, true],
			["after", 62 * SECOND, false],
		] as const) {
			await time.pass(ms);
			const call = this.#credentials();
			await time.until(() => call.ending !== undefined);
			const got = call.ending?.value?.accessKeyId;
			if ((got === key) !== isServed || (got !== undefined) !== isServed) {
				this.#problems.push(`a second ${when} their end, the credentials were ${got === key ? "" : "not "}served`);
			}
		}
	}

	#read(signal: AbortSignal): Call<void> {
		return this.#one.time.call("GetItem", () => this.#one.read(signal));
	}

	#credentials(forceRefresh = false): Call<AwsIdentity> {
		const { clock } = this.#one.time;
		return this.#one.time.call("credentials()", async () => {
			const identity = await this.#one.session.credentials({ forceRefresh });
			const { accessKeyId } = identity;
			const now = clock.now();
			const receivedAt = this.#receivedAt.get(accessKeyId);
			if (receivedAt === undefined) this.#receivedAt.set(accessKeyId, now);
			// The tenant counts whole seconds.
			else if (now - receivedAt > LIFETIME_MS + SECOND) this.#problems.push("expired credentials were served");
			return identity;
		});
	}
}
