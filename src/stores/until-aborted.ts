/**
 * Returns the result of a promise, or rejects with the reason of a signal once that is aborted. For signals of one call: Node warns of
 * a leak if eleven calls wait with one signal.
 *
 * @internal
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const stop = () => reject(signal.reason);
		if (signal.aborted) stop();
		else signal.addEventListener("abort", stop, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
	});
}
