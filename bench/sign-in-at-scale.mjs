import { fileURLToPath } from "node:url";
import { Network } from "./network.mjs";
import { runOnce } from "./race.mjs";
import { summary } from "./statistics.mjs";

const program = fileURLToPath(new URL("sign-in-process.mjs", import.meta.url));

/** Measures a new process that signs in with many sessions at once, over plain HTTP and by TLS. */
export async function measureSignInAtScale({ tenant, sessions, rounds }) {
	const network = await Network.start(tenant, { roundTripMs: 0 });
	const node = [process.execPath, "--expose-gc", "--disable-warning=MaxListenersExceededWarning"];
	const ways = [
		{ name: "plain HTTP", command: [...node, program, String(sessions)], env: tenant.environment },
		{ name: "TLS", command: [...node, ...Network.nodeArguments, program, String(sessions)], env: network.environment },
	];
	const runs = ways.map(() => []);
	for (let round = 0; round < rounds; round++) {
		for (const [i, way] of ways.entries()) {
			const mark = (await tenant.operations()).length;
			const { marks } = await runOnce(way, {});
			runs[i].push({ ...marks, requests: (await tenant.operations(mark)).length });
		}
	}
	network.stop();
	const medianOf = (i, key) => summary(runs[i].map((run) => run[key]));
	return {
		sessions,
		rounds,
		ways: ways.map(({ name }, i) => ({
			name,
			requests: runs[i][0].requests,
			...Object.fromEntries(
				["ms", "cpuMs", "sockets", "mostSockets", "heapKiB", "rssKiB"].map((key) => [key, medianOf(i, key)]),
			),
		})),
	};
}
