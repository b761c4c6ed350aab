import type { ServiceOperation, TenantService } from "./exchange.ts";

/** What a fault does to a request. */
export type FaultEffect =
	/** Waits this many milliseconds of real time, then handles the request as usual. */
	| { readonly delayMs: number }
	/**
	 * Breaks the connection: `before` the request is handled, `after` it was handled and before the response, or `midway`
	 * through the body of the response. `refuse` closes the port to new connections while the fault is there. It
	 * takes none of the other options of a {@link Fault}.
	 */
	| { readonly drop: "refuse" | "before" | "after" | "midway" }
	/** Never responds, and keeps the connection open. The request is not handled. */
	| { readonly hang: true }
	/** Sends the body byte by byte, with this many milliseconds between two bytes. */
	| { readonly slowDripMs: number }
	/** Sends this response. The request is not handled. A body that is not a string is sent as JSON. */
	| { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
	/** Handles the request, and spoils the body of the response. */
	| { readonly corrupt: "html" | "truncated" | "empty" | "null" | ((body: string) => string) }
	/** Handles the request, and shifts the `Date` header of the response by this many milliseconds. */
	| { readonly dateSkewMs: number };

/** A failure to inject: what it does, and to which requests. A request has to match all that is given here. */
export type Fault = FaultEffect & {
	/** Only requests to this service. */
	readonly service?: TenantService;
	/** Only requests for this operation, as the request log names it. */
	readonly operation?: string;
	/** Only responses to this challenge of a Cognito sign-in, such as `SMS_MFA`. */
	readonly challenge?: string;
	/** Number of matching requests that pass unharmed first. Default: 0. */
	readonly skip?: number;
	/** Number of requests to which it happens. Default: all. */
	readonly times?: number;
};

/** A fault that has been added. */
export interface FaultHandle {
	/** What was added. */
	readonly fault: Fault;
	/** Number of requests that have met it. */
	readonly met: number;
	/** Ends the fault. */
	remove(): void;
}

/** Failures of the tenant, on demand. Where several match a request, the one that was added first happens. */
export class Faults implements Iterable<FaultHandle> {
	readonly #faults = new Map<FaultHandle, { fault: Fault; seen: number; met: number }>();
	readonly #portChanged: (open: boolean) => void;

	/** @internal */
	constructor(portChanged: (open: boolean) => void) {
		this.#portChanged = portChanged;
	}

	/** Adds a fault. It stays until it has happened `times` times, or is removed. */
	add(fault: Fault): FaultHandle {
		if (
			closesPort(fault) &&
			(fault.operation ?? fault.service ?? fault.challenge ?? fault.skip ?? fault.times) !== undefined
		) {
			throw new TypeError(
				'The fault { drop: "refuse" } applies to all connections: operation, service, challenge, skip and times are invalid',
			);
		}
		const state = { fault, seen: 0, met: 0 };
		const handle: FaultHandle = {
			fault,
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

	/** Iterates over the faults, in the order in which they were added. */
	[Symbol.iterator](): Iterator<FaultHandle> {
		return this.#faults.keys();
	}

	/** The fault that this request meets. @internal */
	meet({ service, operation, challenge }: ServiceOperation): Fault | undefined {
		for (const state of this.#faults.values()) {
			const { fault } = state;
			if (closesPort(fault)) continue;
			if ((fault.service ?? service) !== service || (fault.operation ?? operation) !== operation) continue;
			if ((fault.challenge ?? challenge) !== challenge) continue;
			if (state.met >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
			if (state.seen++ < (fault.skip ?? 0)) continue;
			state.met++;
			return fault;
		}
		return undefined;
	}

	/** Whether no fault closes the port. @internal */
	isPortOpen(): boolean {
		return ![...this.#faults.values()].some(({ fault }) => closesPort(fault));
	}

	#change(change: () => unknown): void {
		const wasOpen = this.isPortOpen();
		change();
		if (this.isPortOpen() !== wasOpen) this.#portChanged(!wasOpen);
	}
}

function closesPort(fault: Fault): boolean {
	return "drop" in fault && fault.drop === "refuse";
}
