/** Signals that end a command which runs until it is stopped. The second one ends the process. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Standard output was closed, as `head` does, so that what is printed arrives nowhere. */
export class OutputClosed extends Error {}

/**
 * Runs work that goes on until it is stopped: by Ctrl+C, by a signal, or because standard output was closed.
 *
 * @param work - Receives the signal that ends it. Its reason is an {@link OutputClosed} if nobody reads standard output any more.
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const controller = new AbortController();
	const onSignal = () => controller.abort();
	const onError = () => controller.abort(new OutputClosed());
	for (const name of SIGNALS) process.once(name, onSignal);
	process.stdout.once("error", onError);
	try {
		return await work(controller.signal);
	} finally {
		for (const name of SIGNALS) process.removeListener(name, onSignal);
		process.stdout.removeListener("error", onError);
	}
}
