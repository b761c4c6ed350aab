import { memoizeIdentityProvider } from "@smithy/core";
import { AppSession } from "../dist/esm/index.js";
import { quantile, seeded, shuffled, summary } from "./statistics.mjs";

const READS = 200_000;

/** Measures reading fresh credentials from memory: microseconds per read, including `await`. */
export async function measureReadingCredentials({ settings, rounds }) {
	const session = new AppSession(settings);
	const identity = await session.credentials();
	const until = identity.expiration.getTime() - 300_000;
	const promise = Promise.resolve(identity);
	const memo = memoizeIdentityProvider(
		async () => identity,
		() => false,
		() => true,
	);
	const readers = {
		"ours: session.credentials()": session.credentials,
		"a promise behind a clock check": () => (Date.now() < until ? promise : undefined),
		"the SDK's memoizeIdentityProvider": memo,
		"ours: getFrozenCredentials()": () => session.getCredentials().getFrozenCredentials(),
	};
	const times = Object.fromEntries(Object.keys(readers).map((name) => [name, []]));
	const random = seeded(1);
	for (let round = -3; round < rounds; round++) {
		for (const [name, read] of shuffled(Object.entries(readers), random)) {
			const start = performance.now();
			for (let i = 0; i < READS; i++) await read();
			if (round >= 0) times[name].push(((performance.now() - start) / READS) * 1000);
		}
	}
	session.destroy();
	const bare = quantile(times["a promise behind a clock check"], 0.5);
	return Object.entries(times).map(([name, micros]) => ({
		name,
		micros: summary(micros),
		overBare: quantile(micros, 0.5) - bare,
	}));
}
