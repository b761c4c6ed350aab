/**
 * A clock on which time passes so many times as fast, from a moment that all processes agree on. Deadlines stay real: they
 * are the network's, not the credentials'.
 */
export function acceleratedClock({ factor, epoch }) {
	return {
		now: () => epoch + (Date.now() - epoch) * factor,
		monotonic: () => performance.now() * factor,
		after(ms, act) {
			const timer = setTimeout(act, ms).unref();
			return () => clearTimeout(timer);
		},
	};
}
