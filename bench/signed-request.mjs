import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { quantile, seeded, shuffled, summary } from "./statistics.mjs";

const program = fileURLToPath(new URL("signed-request-process.mjs", import.meta.url));
const BLOCK = 50;
const WARM_UP = 600;

/**
 * Measures a signed request of `session.client()` against the same client with the same credentials as a constant.
 *
 * Each client has a process of its own, as in a program: two kinds of clients in one process make the code that they share slower for
 * both. In each, a session has signed in, whose credentials the client uses. The processes of a round run at the same time and send
 * in turns, so that a busy moment of the machine meets all of them.
 */
export async function measureSignedRequest({ settings, service, rounds, requests }) {
	const config = { region: settings.regionName, endpoint: service };
	const kinds = { session: false, static: true, staticAgain: true };
	const all = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
	const ratios = { session: [], staticAgain: [] };
	const random = seeded(2);
	for (let round = 0; round < rounds; round++) {
		const senders = Object.fromEntries(Object.keys(kinds).map((name) => [name, fork(program)]));
		const times = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
		for (const [name, sender] of Object.entries(senders)) {
			await request(sender, { settings, config, isStatic: kinds[name] });
			await request(sender, { requests: WARM_UP });
		}
		for (let sent = 0; sent < requests; sent += BLOCK) {
			for (const [name, sender] of shuffled(Object.entries(senders), random)) {
				times[name].push(...(await request(sender, { requests: BLOCK })));
			}
		}
		for (const sender of Object.values(senders)) sender.disconnect();
		for (const [name, micros] of Object.entries(times)) all[name].push(...micros);
		for (const name of Object.keys(ratios)) {
			ratios[name].push(quantile(times[name], 0.5) / quantile(times.static, 0.5));
		}
	}
	return {
		rounds,
		requests,
		micros: Object.fromEntries(Object.entries(all).map(([name, micros]) => [name, summary(micros)])),
		ratio: summary(ratios.session),
		/** The same ratio for two equal clients. */
		noise: summary(ratios.staticAgain),
	};
}

async function request(sender, message) {
	sender.send(message);
	const [response] = await once(sender, "message");
	return response;
}
