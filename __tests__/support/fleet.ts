import type { LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type AppSessionOptions, type HttpHandler } from "../../src/index.ts";
import { Store, type StoreEngine } from "../../src/stores.ts";
import { optionsOf } from "./signed-in.ts";

/** The key of the stores in tests. */
export const STORE_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

const never = () => new Promise<never>(() => {});

/** Turns of the event loop without a request after which nothing more will happen without time passing. */
const TURNS = 12;

/** Number of requests under way, of all processes. */
let inFlight = 0;

/** A handler of requests, during which no time of a fleet passes. */
export function counted(inner: HttpHandler): HttpHandler {
	return {
		async handle(...call) {
			inFlight++;
			try {
				return await inner.handle(...call);
			} finally {
				inFlight--;
			}
		},
	};
}

/**
 * When a process dies. `at`: the step at which it does. `isSent`: whether the step itself is still carried out, so that only its
 * response is lost.
 */
export interface Dying {
	readonly at: number;
	readonly isSent: boolean;
}

/** A process of a fleet, with a session that shares its login, and which can die or stand still. */
export class FleetProcess {
	readonly session: AppSession;
	/** What it has sent and called so far, in order. */
	readonly steps: string[] = [];
	#isDead = false;
	#frozen: Promise<void> | undefined;
	readonly #diesAt: number;

	constructor(
		world: { readonly tenant: LocalTenant; readonly clock: ManualClock; readonly handler: HttpHandler },
		store: Store,
		options: Partial<AppSessionOptions> = {},
		dying: Dying = { at: Number.POSITIVE_INFINITY, isSent: false },
	) {
		this.#diesAt = dying.at;
		const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
			await this.#frozen;
			if (this.#isDead) return never();
			this.steps.push(name);
			if (this.steps.length < this.#diesAt) return act();
			this.#isDead = true;
			if (dying.isSent) await act();
			return never();
		};
		const requestHandler: HttpHandler = {
			handle: (request, sent) =>
				step(String(request.headers["x-amz-target"] ?? "query").replace(/.*\./, ""), () =>
					world.handler.handle(request, sent),
				),
		};
		const seen: Store = Object.assign(Object.create(Store.prototype), {
			read: (...call) => step("read", () => store.read(...call)),
			write: (...call) => step("write", () => store.write(...call)),
			lease: (...call) => step("lease", () => store.lease(...call)),
			release: (...call) => step("release", () => store.release(...call)),
		} satisfies StoreEngine);
		this.session = new AppSession({
			...optionsOf(world.tenant, { app: "external-app" }),
			clock: world.clock,
			maxAttempts: 1,
			requestHandler,
			store: seen,
			storeKey: STORE_KEY,
			...options,
		});
	}

	get isDead(): boolean {
		return this.#isDead;
	}

	/** The process dies now. */
	kill(): void {
		this.#isDead = true;
	}

	/** The process stands still until the function that this returns is called. */
	freeze(): () => void {
		let thaw = () => {};
		this.#frozen = new Promise((resolve) => {
			thaw = resolve;
		});
		return () => {
			this.#frozen = undefined;
			thaw();
		};
	}
}

/** Waits for work in the background: until no request has been sent for a while of real time. */
export async function calm(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) {
		if (inFlight > 0) turn = 0;
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
}

/** Lets the time of a fleet pass until the promise settles, whenever no request is under way. */
export function passing<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
	const time = times.get(clock) ?? new FleetTime(clock);
	times.set(clock, time);
	return time.passing(promise);
}

/** The time of a fleet, which passes for all that wait for it at once. */
class FleetTime {
	readonly #clock: ManualClock;
	/** Number of promises that time passes for. */
	#waiting = 0;
	#next: Promise<void> | undefined;

	constructor(clock: ManualClock) {
		this.#clock = clock;
	}

	async passing<T>(promise: Promise<T>): Promise<T> {
		let isSettled = false;
		const settled = () => {
			isSettled = true;
		};
		const settling = promise.then(settled, settled);
		const end = this.#clock.monotonic() + 10 * 60_000;
		this.#waiting++;
		while (!isSettled && this.#clock.monotonic() < end) await Promise.race([settling, this.#toNext()]);
		this.#waiting--;
		return promise;
	}

	/** Lets the time pass up to the next timer. */
	#toNext(): Promise<void> {
		this.#next ??= this.#pass().finally(() => {
			this.#next = undefined;
		});
		return this.#next;
	}

	async #pass(): Promise<void> {
		let before = this.#waiting;
		for (let turn = 0; turn < TURNS && this.#waiting > 0; turn++) {
			if (inFlight > 0 || this.#waiting !== before) turn = 0;
			before = this.#waiting;
			await new Promise((resolve) => setImmediate(resolve));
		}
		if (this.#waiting > 0) await this.#clock.advance(this.#clock.untilNext ?? 50);
	}
}

const times = new WeakMap<ManualClock, FleetTime>();
