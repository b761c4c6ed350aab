/**
 * A clock on which time passes `factor` times as fast, from a moment that all processes share. Deadlines stay in real time,
 * because they are the network's, not the credentials'.
 */
export function acceleratedClock({ factor, epoch }) {
	return {
		now: () => epoch + (Date.now() - epoch) * factor,
		monotonic: () => performance.now() * factor,
		after(ms, callback) {
			const timer = setTimeout(callback, ms).unref();
			return () => clearTimeout(timer);
		},
	};
}
