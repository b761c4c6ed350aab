import { Cognito } from "../dist/esm/index.js";
import { seeded } from "./statistics.mjs";

/** Time within which all users begin to sign in, and the time that a response takes, milliseconds. */
const START_MS = 1_000;
const RESPONSE_MS = 100;

/**
 * Measures, in simulated time, how many users that sign in within a second are signed in behind a quota of requests, which is a token
 * bucket that holds one second's, and how long the last one waits. A login has two requests.
 */
export async function measureThrottledLogins({ settings, sizes, requestsPerSecond }) {
	const tokens = await tokensOf(settings);
	const rows = [];
	for (const users of sizes) rows.push(await signIn(users, requestsPerSecond, settings, tokens));
	return { requestsPerSecond, rows };
}

/** The body of a response that has signed a user in, which all users get here: what is measured is when. */
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

async function signIn(users, requestsPerSecond, { userPoolId, clientId, username }, tokens) {
	const clock = new TickingClock();
	const random = seeded(users);
	const challenge = Buffer.from(
		JSON.stringify({ ChallengeName: "CUSTOM_CHALLENGE", Session: "session", ChallengeParameters: {} }),
	);
	let sent = 0;
	let left = requestsPerSecond;
	let at = 0;
	const requestHandler = {
		async handle(request) {
			sent++;
			const now = clock.monotonic();
			left = Math.min(requestsPerSecond, left + ((now - at) / 1000) * requestsPerSecond);
			at = now;
			const isServed = left >= 1;
			if (isServed) left--;
			await new Promise((resolve) => clock.after(RESPONSE_MS, resolve));
			const isFirst = request.headers["x-amz-target"].endsWith("InitiateAuth");
			const body = isServed ? (isFirst ? challenge : tokens) : THROTTLED;
			return { response: { statusCode: isServed ? 200 : 400, headers: {}, body } };
		},
	};
	const waits = [];
	let failed = 0;
	let ended = 0;
	for (let n = 0; n < users; n++) {
		const shared = { userPoolId, clientId, username, clock, random, requestHandler, authFlow: "CUSTOM_AUTH" };
		const user = new Cognito({ ...shared, challenges: { CUSTOM_CHALLENGE: "yes" } });
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
	while (ended < users) await clock.tick();
	return { users, failed, lastSeconds: Math.max(...waits) / 1000, requests: sent / users };
}

const TICK_MS = 10;

/** A simulated clock for any number of timers: time passes in steps. */
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

	/** Lets one step pass, and everything happen that follows from it. */
	async tick() {
		this.#ticks++;
		const timers = this.#timers.get(this.#ticks) ?? [];
		this.#timers.delete(this.#ticks);
		for (const act of timers) act();
		for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
	}
}

/** Not before the tokens were issued. */
const START = Date.now();
const THROTTLED = Buffer.from(JSON.stringify({ __type: "TooManyRequestsException", message: "Rate exceeded" }));
