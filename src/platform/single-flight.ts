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

	/** What is in progress. */
	get current(): Flight<Result> | undefined {
		return this.#current;
	}

	/** Starts something, in place of what is in progress. */
	start(
		{ interactive, purpose }: { readonly interactive: boolean; readonly purpose?: unknown },
		run: (context: FlightContext) => Promise<Result>,
	): Flight<Result> {
		this.abandon();
		const controller = new AbortController();
		const { signal } = controller;
		this.#controller = controller;
		const result = run({ interactive, signal })
			.then(
				(value) => (signal.aborted ? undefined : value),
				(error: unknown) => {
					if (signal.aborted) return undefined;
					throw error;
				},
			)
			.finally(() => {
				if (this.#current === flight) this.#current = undefined;
			});
		// Callers that wait get the failure. Without one it must not end the process.
		result.catch(() => {});
		const flight: Flight<Result> = { interactive, purpose, result };
		this.#current = flight;
		return flight;
	}

	/** Stops what is in progress, and ignores it from now on. */
	abandon(): void {
		this.#controller?.abort();
		this.#controller = undefined;
		this.#current = undefined;
	}
}
