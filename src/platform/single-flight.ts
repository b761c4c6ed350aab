import { isEchoStreamError } from "../errors.ts";
import { abortable, hasten, onAbort } from "./deadlines.ts";

/** How one flight runs. */
export interface FlightContext {
	/** Whether a caller waits for it, so that functions may be called that may ask a person. */
	readonly interactive: boolean;
	/** Aborted when something newer takes this flight's place. The flight's result is then ignored. */
	readonly signal: AbortSignal;
}

/** Work that is in progress. */
export interface Flight<Result> {
	readonly interactive: boolean;
	/** What it was started for. Callers with the same purpose may join it. */
	readonly purpose: unknown;
	/** `undefined` if something newer has taken this flight's place. */
	readonly result: Promise<Result | undefined>;
}

/** Runs one thing at a time. A caller joins what is in progress, or starts something newer in its place. */
export class SingleFlight<Result> {
	#current: Flight<Result> | undefined;
	#controller: AbortController | undefined;
	#closed: Error | undefined;

	/** What is in progress. */
	get current(): Flight<Result> | undefined {
		return this.#current;
	}

	/** Starts something, in place of what is in progress. */
	start(
		{ interactive, purpose }: { readonly interactive: boolean; readonly purpose?: unknown },
		run: (context: FlightContext) => Promise<Result>,
	): Flight<Result> {
		if (this.#closed !== undefined) throw this.#closed;
		this.abandon();
		const controller = new AbortController();
		const { signal } = controller;
		this.#controller = controller;
		let forget = () => {};
		const abandoned = new Promise<undefined>((resolve) => {
			forget = onAbort(signal, () => resolve(undefined));
		});
		const result = Promise.race([run({ interactive, signal }), abandoned])
			.then(
				(value) => (signal.aborted ? undefined : value),
				(error: unknown) => {
					if (signal.aborted) return undefined;
					throw error;
				},
			)
			.finally(() => {
				forget();
				if (this.#current !== flight) return;
				this.#current = undefined;
				this.#controller = undefined;
			});
		// Callers that wait get the failure. Without one it must not end the process.
		result.catch(() => {});
		const flight: Flight<Result> = { interactive, purpose, result };
		this.#current = flight;
		return flight;
	}

	/**
	 * The result of what is in progress, else of `run`, for a caller that waits. What runs in the background calls no function
	 * that may ask a person: if that fails it, an interactive caller starts it again. `signal` ends the wait of this caller.
	 */
	async join(
		interactive: boolean,
		signal: AbortSignal | undefined,
		run: (context: FlightContext) => Promise<Result>,
	): Promise<Result> {
		for (;;) {
			signal?.throwIfAborted();
			const flight = this.#current ?? this.start({ interactive }, run);
			if (this.#controller !== undefined) hasten(this.#controller.signal, signal);
			try {
				const result = await abortable(flight.result, signal);
				if (result !== undefined) return result;
			} catch (error) {
				const mayRetryInteractively = interactive && !flight.interactive && isEchoStreamError(error);
				if (!mayRetryInteractively || error.code !== "InteractionRequired") throw error;
			}
		}
	}

	/** Stops what is in progress, and ignores it from now on. */
	abandon(): void {
		this.#controller?.abort();
		this.#controller = undefined;
		this.#current = undefined;
	}

	/** Calls {@link abandon}. Callers, including later ones, get `reason`. */
	close(reason: Error): void {
		this.#closed ??= reason;
		this.abandon();
	}
}
