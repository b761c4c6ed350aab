/** The part of an `AbortSignal` that the AWS SDK's request handlers use. */
type Signal = Pick<AbortSignal, "aborted" | "reason" | "addEventListener" | "removeEventListener">;

/**
 * An `AbortSignal` for many requests at a time. The platform's takes two microseconds for the listener of one request, and
 * warns of a leak from the eleventh on.
 */
export class StopSignal {
	aborted = false;
	reason: unknown;
	readonly #listeners = new Set<unknown>();

	addEventListener(_: string, listener: unknown): void {
		this.#listeners.add(listener);
	}

	removeEventListener(_: string, listener: unknown): void {
		this.#listeners.delete(listener);
	}

	abort(reason: unknown): void {
		this.aborted = true;
		this.reason = reason;
		for (const listener of this.#listeners) (listener as () => void)();
	}

	/** This signal together with that of one request. */
	with(signal: AbortSignal | undefined): AbortSignal {
		if (signal === undefined) return this as unknown as AbortSignal;
		if (typeof signal.addEventListener !== "function") return this.with(listening(signal));
		const both = (act: (one: Signal) => void) => [this as unknown as Signal, signal].forEach(act);
		const first = () => (signal.aborted ? signal : this);
		return {
			get aborted() {
				return first().aborted;
			},
			get reason() {
				return first().reason;
			},
			addEventListener: (...event: Parameters<Signal["addEventListener"]>) =>
				both((one) => one.addEventListener(...event)),
			removeEventListener: (...event: Parameters<Signal["removeEventListener"]>) =>
				both((one) => one.removeEventListener(...event)),
		} as AbortSignal;
	}
}

/** A signal of the SDK's first releases, which have `onabort` only. */
function listening(signal: AbortSignal): AbortSignal {
	return {
		get aborted() {
			return signal.aborted;
		},
		addEventListener(_: string, listener: () => void) {
			signal.onabort = listener;
		},
		removeEventListener() {},
	} as unknown as AbortSignal;
}
