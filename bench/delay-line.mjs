/** Milliseconds since 1970 with fractions, by a clock that every process of the benchmark shares. */
export const now = () => performance.timeOrigin + performance.now();

/**
 * Passes the bytes of one direction of a connection on, each chunk `delayMs` after it came in, and none before `openAt`.
 *
 * `onChunk` receives the times at which a chunk leaves its sender and reaches its receiver.
 */
export function delay(from, to, { delayMs, openAt, onChunk }) {
	const queue = [];
	let isScheduled = false;
	const put = (deliver) => {
		const sentAt = Math.max(now(), openAt);
		queue.push({ deliver, sentAt, dueAt: sentAt + delayMs });
		if (!isScheduled) pump();
	};
	from.on("data", (chunk) => put(() => to.write(chunk)));
	from.on("end", () => put(() => to.end()));

	function pump() {
		isScheduled = false;
		while (queue.length > 0 && queue[0].dueAt <= now()) {
			const { deliver, sentAt } = queue.shift();
			onChunk(sentAt, now());
			deliver();
		}
		if (queue.length === 0) return;
		isScheduled = true;
		wait(queue[0].dueAt, pump);
	}
}

/** Calls `then` at a time. Timers of Node are up to 2 ms late or early, so the end of the wait is spent in the event loop. */
export function wait(dueAt, then) {
	const ms = dueAt - now();
	if (ms > 3) setTimeout(wait, ms - 2, dueAt, then);
	else if (ms > 0) setImmediate(wait, dueAt, then);
	else then();
}
