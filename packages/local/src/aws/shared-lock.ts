type Work<T> = () => Promise<T>;

/** A lock for work that shares, and for work that excludes all other. Both begin in the order of their calls. */
export class SharedLock {
	readonly #sharing = new Set<Promise<unknown>>();
	#excluding: Promise<unknown> = Promise.resolve();

	/** Runs work beside other sharing work. */
	share<T>(work: Work<T>): Promise<T> {
		const running = this.#excluding.then(work);
		const ended = settled(running);
		this.#sharing.add(ended);
		void ended.then(() => this.#sharing.delete(ended));
		return running;
	}

	/** Runs work alone. */
	exclude<T>(work: Work<T>): Promise<T> {
		const running = Promise.all([this.#excluding, ...this.#sharing]).then(work);
		this.#excluding = settled(running);
		return running;
	}
}

function settled(work: Promise<unknown>): Promise<unknown> {
	return work.catch(() => undefined);
}
