/** The value below which the share `p` (0 to 1) of the values lies, interpolated between neighbours. */
export function quantile(values, p) {
	const sorted = Float64Array.from(values).sort();
	const at = (sorted.length - 1) * p;
	const below = sorted[Math.floor(at)];
	return below + (sorted[Math.ceil(at)] - below) * (at % 1);
}

/** The median, and the middle half as the spread. */
export function summary(values) {
	return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** Random numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seeded(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** The same values in random order. */
export function shuffled(values, random) {
	const left = [...values];
	return values.map(() => left.splice(Math.floor(random() * left.length), 1)[0]);
}
