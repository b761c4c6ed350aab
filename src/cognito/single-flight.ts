/** How a flight is to go, and whether its results still count. */
export interface Course {
	/** Whether somebody waits for it who may be asked something. */
	readonly interactive: boolean;
	/** Whether nothing newer has taken this flight's place. Where it says no, what the flight brings is ignored. */
	readonly isCurrent: () => boolean;
}

/** Something that is under way. */
export interface Flight<Result> {
	readonly interactive: boolean;
	/** What it was launched for, where others who want the same may join it. */
	readonly purpose: unknown;
	/** Nothing where something newer has taken this flight's place. */
	readonly result: Promise<Result | undefined>;
}

/** Lets one thing be under way at a time: who comes meanwhile joins it, or launches something newer in its place. */
export class SingleFlight<Result> {
	#current: Flight<Result> | undefined;
	#generation = 0;

	/** What is under way. */
	get current(): Flight<Result> | undefined {
		return this.#current;
	}

	/** Starts something, in place of what is under way. */
	launch(interactive: boolean, purpose: unknown, run: (course: Course) => Promise<Result>): Flight<Result> {
		const generation = ++this.#generation;
		const isCurrent = () => generation === this.#generation;
		const result = run({ interactive, isCurrent })
			.then(
				(value) => (isCurrent() ? value : undefined),
				(error: unknown) => {
					if (isCurrent()) throw error;
					return undefined;
				},
			)
			.finally(() => {
				if (this.#current === flight) this.#current = undefined;
			});
		// Those who wait get it; that nobody waits any more is no reason to end the process.
		result.catch(() => {});
		const flight: Flight<Result> = { interactive, purpose, result };
		this.#current = flight;
		return flight;
	}

	/** Ignores from now on what is under way. */
	abandon(): void {
		this.#generation++;
		this.#current = undefined;
	}
}
