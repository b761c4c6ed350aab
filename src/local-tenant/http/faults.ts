import type { ServiceOperation, TenantService } from "./exchange.ts";

/** Which requests a fault is for: all those that fit everything given here. */
export interface FaultScope {
	/** Only this service. */
	readonly service?: TenantService;
	/** Only this operation, as the ledger names it. */
	readonly operation?: string;
	/** So many fitting requests pass unharmed first. Default 0. */
	readonly skip?: number;
	/** So many are harmed, then the fault is over. Default: all. */
	readonly times?: number;
}

/** What a fault does to a request. */
export type FaultEffect =
	/** Waits so many milliseconds of real time, then handles the request as usual. */
	| { readonly delayMs: number }
	/**
	 * Breaks the connection: `before` the request is handled, `after` it was handled and without an answer, or `midway`
	 * through the answer's body. `refuse` closes the port to new connections as long as the fault is there; it knows no
	 * requests, and so takes no scope.
	 */
	| { readonly drop: "refuse" | "before" | "after" | "midway" }
	/** Never answers, and keeps the connection open. The request is not handled. */
	| { readonly hang: true }
	/** Sends the body byte by byte, with so many milliseconds between two bytes. */
	| { readonly slowDripMs: number }
	/** Answers with this; the request is not handled. A body that is not a string is sent as JSON. */
	| { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
	/** Handles the request and spoils the body of the answer. */
	| { readonly corrupt: "html" | "truncated" | "empty" | "null" | ((body: string) => string) }
	/** Handles the request, and puts the answer's Date header so many milliseconds off. */
	| { readonly dateSkewMs: number };

/** A fault: which requests meet it, and what it does to them. */
export type Fault = FaultScope & FaultEffect;

/** A fault that has been added. */
export interface FaultHandle {
	/** How many requests have met it. */
	readonly met: number;
	/** Ends the fault. */
	remove(): void;
}

/** Things that go wrong at the tenant, on demand. Where several faults fit a request, the one added first is met. */
export class Faults {
	readonly #faults = new Map<FaultHandle, { fault: Fault; seen: number; met: number }>();
	readonly #portChanged: (open: boolean) => void;

	/** @internal */
	constructor(portChanged: (open: boolean) => void) {
		this.#portChanged = portChanged;
	}

	/** Adds a fault. It stays until it has been met `times` times, or is removed. */
	add(fault: Fault): FaultHandle {
		if (isRefusal(fault) && (fault.operation ?? fault.service ?? fault.skip ?? fault.times) !== undefined) {
			throw new TypeError('The fault { drop: "refuse" } takes no operation, service, skip or times');
		}
		const state = { fault, seen: 0, met: 0 };
		const handle: FaultHandle = {
			get met() {
				return state.met;
			},
			remove: () => this.#change(() => this.#faults.delete(handle)),
		};
		this.#change(() => this.#faults.set(handle, state));
		return handle;
	}

	/** Removes all faults. */
	clear(): void {
		this.#change(() => this.#faults.clear());
	}

	/** The fault that this request meets. @internal */
	meet({ service, operation }: ServiceOperation): Fault | undefined {
		for (const state of this.#faults.values()) {
			const { fault } = state;
			if (isRefusal(fault)) continue;
			if ((fault.service ?? service) !== service || (fault.operation ?? operation) !== operation) continue;
			if (state.met >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
			if (state.seen++ < (fault.skip ?? 0)) continue;
			state.met++;
			return fault;
		}
		return undefined;
	}

	#isOpen(): boolean {
		return ![...this.#faults.values()].some(({ fault }) => isRefusal(fault));
	}

	#change(change: () => unknown): void {
		const wasOpen = this.#isOpen();
		change();
		if (this.#isOpen() !== wasOpen) this.#portChanged(!wasOpen);
	}
}

function isRefusal(fault: Fault): boolean {
	return "drop" in fault && fault.drop === "refuse";
}
