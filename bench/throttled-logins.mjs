import { Cognito } from "../dist/esm/index.js";
import { seeded } from "./statistics.mjs";

/** Time within which all processes begin to sign in, and the time that a response takes, milliseconds. */
const START_MS = 1_000;
const RESPONSE_MS = 100;
/** Time that a call of the store takes, milliseconds. */
const STORE_MS = 2;
/** `loginTimeoutMs`, seconds. */
const LOGIN_SECONDS = 45;
const STORE_KEY = "00".repeat(32);

/**
 * Measures, in simulated time, how many processes that sign in within a second are signed in behind a quota of requests, which is a
 * token bucket that holds one second's, and how long the last one waits: each on its own, and with a store that they share. A login
 * has two requests.
 *
 * @param onPaper - Numbers of processes that are computed from the largest that is simulated.
 */
export async function measureThrottledLogins({ settings, sizes, onPaper, requestsPerSecond }) {
	countComputations();
	const tokens = await tokensOf(settings);
	const rows = [];
	for (const processes of sizes) {
		const run = (store) => signIn(processes, { requestsPerSecond, settings, tokens, store });
		rows.push({ processes, alone: await run(), shared: await run((clock) => new MemoryStore(clock)) });
	}
	for (const processes of onPaper) rows.push(computed(processes, rows.at(-1), requestsPerSecond));
	return { requestsPerSecond, rows };
}

/**
 * More processes than can be simulated. Without a store the quota serves a limited number of requests until the last process gives up,
 * and each process that fails sends as many as in the simulation. With a store there is one login, and each process waits as in the
 * simulation.
 */
function computed(processes, { processes: simulated, alone, shared }, requestsPerSecond) {
	const served = requestsPerSecond * (1 + START_MS / 1000 + LOGIN_SECONDS);
	return {
		processes,
		isComputed: true,
		alone: {
			...alone,
			failed: processes - served / 2,
			logins: served / 2,
			requests: Number(((processes * alone.requests) / simulated).toPrecision(2)),
		},
		shared,
	};
}

/** The body of a response that has signed a user in, which all processes get here: what is measured is when. */
async function tokensOf({ userPoolId, clientId, username, password, endpoint }) {
	let body;
	const { NodeHttpHandler } = await import("@smithy/node-http-handler");
	const inner = new NodeHttpHandler();
	const requestHandler = {
		async handle(request, options) {
			const result = await inner.handle(request, options);
			const chunks = [];
			for await (const chunk of result.response.body) chunks.push(chunk);
			result.response.body = Buffer.concat(chunks);
			if (String(result.response.body).includes("AuthenticationResult")) body = result.response.body;
			return result;
		},
	};
	const user = new Cognito({ userPoolId, clientId, username, password, ...(endpoint && { endpoint }), requestHandler });
	await user.getAccessToken();
	user.destroy();
	inner.destroy();
	return body;
}

async function signIn(processes, { requestsPerSecond, settings, tokens, store: openStore }) {
	const { userPoolId, clientId, username } = settings;
	const clock = new TickingClock();
	const random = seeded(processes);
	const store = openStore?.(clock);
	const challenge = Buffer.from(
		JSON.stringify({ ChallengeName: "CUSTOM_CHALLENGE", Session: "session", ChallengeParameters: {} }),
	);
	let requests = 0;
	let logins = 0;
	let left = requestsPerSecond;
	let at = 0;
	const requestHandler = {
		async handle(request) {
			requests++;
			const now = clock.monotonic();
			left = Math.min(requestsPerSecond, left + ((now - at) / 1000) * requestsPerSecond);
			at = now;
			const isServed = left >= 1;
			if (isServed) left--;
			await new Promise((resolve) => clock.after(RESPONSE_MS, resolve));
			const isFirst = request.headers["x-amz-target"].endsWith("InitiateAuth");
			if (isServed && !isFirst) logins++;
			const body = isServed ? (isFirst ? challenge : tokens) : THROTTLED;
			return { response: { statusCode: isServed ? 200 : 400, headers: {}, body } };
		},
	};
	const waits = [];
	let failed = 0;
	let ended = 0;
	for (let n = 0; n < processes; n++) {
		const shared = { userPoolId, clientId, username, clock, random, requestHandler, authFlow: "CUSTOM_AUTH" };
		const stored = store && { store, storeKey: STORE_KEY };
		const user = new Cognito({ ...shared, ...stored, challenges: { CUSTOM_CHALLENGE: "yes" } });
		clock.after(random() * START_MS, () => {
			const start = clock.monotonic();
			user
				.getAccessToken()
				.then(
					() => waits.push(clock.monotonic() - start),
					() => failed++,
				)
				.finally(() => ended++);
		});
	}
	while (ended < processes) await clock.tick();
	return { failed, lastSeconds: waits.reduce((most, ms) => Math.max(most, ms), 0) / 1000, logins, requests };
}

/** A store in memory, whose calls take a simulated while. */
class MemoryStore {
	#clock;
	#entries = new Map();
	#leases = new Map();
	#writes = 0;

	constructor(clock) {
		this.#clock = clock;
	}

	read(key) {
		return this.#later(() => this.#entries.get(key));
	}

	write(key, value, { ifVersion }) {
		return this.#later(() => {
			if (this.#entries.get(key)?.version !== ifVersion) return undefined;
			const version = String(++this.#writes);
			this.#entries.set(key, { value, version });
			return version;
		});
	}

	lease(key, holder, { ttlMs }) {
		return this.#later(() => {
			const now = this.#clock.monotonic();
			const lease = this.#leases.get(key);
			if (lease !== undefined && lease.holder !== holder && lease.endsAt > now) return false;
			this.#leases.set(key, { holder, endsAt: now + ttlMs });
			return true;
		});
	}

	release(key, holder) {
		return this.#later(() => void (this.#leases.get(key)?.holder === holder && this.#leases.delete(key)));
	}

	async #later(act) {
		await new Promise((resolve) => this.#clock.after(STORE_MS, resolve));
		return act();
	}
}

/** Number of computations of Web Crypto in progress, on other threads. Simulated time stands still meanwhile. */
let computations = 0;

function countComputations() {
	for (const name of ["decrypt", "digest", "encrypt", "importKey"]) {
		const compute = SubtleCrypto.prototype[name];
		SubtleCrypto.prototype[name] = async function (...parameters) {
			computations++;
			try {
				return await compute.apply(this, parameters);
			} finally {
				computations--;
			}
		};
	}
}

const TICK_MS = 2;

/** A simulated clock for any number of timers: time passes in steps, up to the next timer. */
class TickingClock {
	#ticks = 0;
	#timers = new Map();

	now() {
		return START + this.monotonic();
	}

	monotonic() {
		return this.#ticks * TICK_MS;
	}

	after(ms, act) {
		const due = this.#ticks + Math.max(1, Math.ceil(ms / TICK_MS));
		const timers = this.#timers.get(due) ?? new Set();
		this.#timers.set(due, timers.add(act));
		return () => timers.delete(act);
	}

	/** Lets time pass up to the next timer, and everything happen that follows from it. */
	async tick() {
		do this.#ticks++;
		while (!this.#timers.has(this.#ticks));
		const timers = this.#timers.get(this.#ticks);
		this.#timers.delete(this.#ticks);
		for (const act of timers) act();
		for (let calm = 0; calm < 4; calm++) {
			await new Promise((resolve) => setImmediate(resolve));
			if (computations > 0) calm = -1;
		}
	}
}

/** Not before the tokens were issued. */
const START = Date.now();
const THROTTLED = Buffer.from(JSON.stringify({ __type: "TooManyRequestsException", message: "Rate exceeded" }));
