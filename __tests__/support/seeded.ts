/** Random values that are the same in every run. */
export class Seeded {
	#state: number;

	constructor(seed: number) {
		this.#state = seed;
	}

	/** From 0 up to, and without, 1. */
	readonly next = (): number => {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};

	/** A whole number below `end`. */
	below(end: number): number {
		return Math.floor(this.next() * end);
	}

	one<T>(choices: readonly T[]): T {
		return choices[this.below(choices.length)] as T;
	}
}
