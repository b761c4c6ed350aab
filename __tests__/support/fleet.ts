import type { LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type AppSessionOptions, type HttpHandler } from "../../src/index.ts";
import { Store, type StoreEngine } from "../../src/stores.ts";
import { optionsOf } from "./signed-in.ts";

/** The key of the stores in tests. */
export const STORE_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

const never = () => new Promise<never>(() => {});

/** Turns of the event loop after which nothing more will happen without time passing. */
const TURNS = 12;
const SOME_BYTES = new Uint8Array(64);

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

/** Lets the time of a fleet pass until the promise settles, whenever nothing else can happen: no request, and no arithmetic. */
export async function passing<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
	let isSettled = false;
	const settled = () => {
		isSettled = true;
	};
	promise.then(settled, settled);
	const end = clock.monotonic() + 10 * 60_000;
	while (!isSettled && clock.monotonic() < end) {
		for (let turn = 0; turn < TURNS && !isSettled; turn++) {
			if (inFlight > 0) turn = 0;
			// What was given to the one thread of the pool before is done then.
			await crypto.subtle.digest("SHA-256", SOME_BYTES);
			await new Promise((resolve) => setImmediate(resolve));
		}
		if (!isSettled) await clock.advance(Math.min(clock.untilNext ?? 50, 50));
	}
	return promise;
}
