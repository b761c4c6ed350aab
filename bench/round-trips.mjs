/**
 * Counts the round trips of a program, as the network saw them: names, handshakes of TCP and of TLS, and requests with their
 * responses.
 *
 * `sequential` counts those that overlap in time as one: the time in which anything was on its way, in round trips.
 */
export function roundTrips({ names, connections }, roundTripMs) {
	const exchanges = connections.reduce((sum, line) => sum + line.exchanges.length, 0);
	const all = names.length + 2 * connections.length + exchanges;
	const travels = [
		...names.map(({ from, to }) => [from, to]),
		...connections.flatMap(({ openedAt, tcpAt, helloAt, tlsAt, exchanges: requests }) => [
			[openedAt, tcpAt],
			[helloAt, tlsAt],
			...requests.flatMap(({ sentAt, arrivedAt, respondedAt, receivedAt }) => [
				[sentAt, arrivedAt],
				[respondedAt, receivedAt],
			]),
		]),
	];
	const sequential = roundTripMs === 0 ? undefined : lengthOfUnion(travels) / roundTripMs;
	return { names: names.length, connections: connections.length, all, sequential };
}

/** The time that is covered by at least one of the intervals. */
function lengthOfUnion(intervals) {
	let length = 0;
	let covered = Number.NEGATIVE_INFINITY;
	for (const [from, to] of intervals.sort(([a], [b]) => a - b)) {
		if (!(to > covered)) continue;
		length += to - Math.max(from, covered);
		covered = to;
	}
	return length;
}
