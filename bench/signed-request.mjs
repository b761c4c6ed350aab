import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { quantile, summary } from "./statistics.mjs";

const program = fileURLToPath(new URL("signed-request-process.mjs", import.meta.url));
/** V8 sizes its young generation by what happened before. A fixed size makes processes comparable. */
const execArgv = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

/**
 * Measures a signed request of `session.client()`, without and with a store, against the same client with the same credentials as a
 * constant.
 *
 * All send in turns in one process, because two processes with the same program differ by three percent. A new process for each
 * round, because what V8 optimizes differs from process to process.
 */
export async function measureSignedRequest({ settings, service, rounds, requests }) {
	const config = { region: settings.regionName, endpoint: service };
	const all = { session: [], sharing: [], static: [], staticAgain: [] };
	const ratios = { session: [], sharing: [], staticAgain: [] };
	const toSession = [];
	for (let seed = 1; seed <= rounds; seed++) {
		const child = fork(program, { execArgv });
		child.send({ settings, config, requests, seed });
		const [times] = await once(child, "message");
		for (const [name, micros] of Object.entries(times)) all[name].push(...micros);
		for (const name of Object.keys(ratios)) {
			ratios[name].push(quantile(times[name], 0.5) / quantile(times.static, 0.5));
		}
		toSession.push(quantile(times.sharing, 0.5) / quantile(times.session, 0.5));
	}
	return {
		rounds,
		requests,
		micros: Object.fromEntries(Object.entries(all).map(([name, micros]) => [name, summary(micros)])),
		ratio: summary(ratios.session),
		sharing: summary(ratios.sharing),
		/** The ratio of a session with a store to one without. */
		sharingToSession: summary(toSession),
		/** The same ratio for two equal clients. */
		noise: summary(ratios.staticAgain),
	};
}
