import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type FaultEffect, type FaultHandle, type LocalTenant, ManualClock } from "echostream-local";
import type { SessionEvent } from "../../src/index.ts";
import { Seeded } from "../support/seeded.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";
import { sharedConnections, WatchedSession } from "../support/watched-session.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Keys live eight hours; the advisory window is the last hour of that, less up to a tenth. */
const DURATION = 8 * HOUR;
const ADVISORY = HOUR;
const LONGEST_GAP = 20 * MINUTE;
/** An access token, which lives an hour, is not used in its last two minutes; a refresh token lives thirty days. */
const TOKEN_LIFE = HOUR;
const TOKEN_MARGIN = 2 * MINUTE;
const REFRESH_LIFE = 30 * DAY;

let tenant: LocalTenant;
let connections: ReturnType<typeof sharedConnections>;
const clock = new ManualClock();
/** The local clock is not the servers': it is set wrong at times. The computer sleeps, and the servers do not. */
let slept = 0;
const START = Date.UTC(2026, 0, 1);
const truth = () => START + clock.monotonic() + slept;
const random = new Seeded(400);
let unhandled = 0;
const countUnhandled = () => unhandled++;

beforeAll(async () => {
	process.on("unhandledRejection", countUnhandled);
	tenant = await startTenant({ clock: { now: truth } });
	connections = sharedConnections();
});
afterAll(async () => {
	process.off("unhandledRejection", countUnhandled);
	connections.close();
	await tenant.stop();
});

const OUTAGES: readonly FaultEffect[] = [
	{ status: 503 },
	{ drop: "before" },
	{ drop: "midway" },
	{ status: 429 },
	{ corrupt: "html" },
];

/** Things that go wrong, and what is known of them. */
class World {
	readonly username = String(optionsOf(tenant, { app: "external-app" }).username);
	password = String(optionsOf(tenant, { app: "external-app" }).password);
	passwordChanges = 0;
	outages = 0;
	outageMs = 0;
	revocations = 0;
	keyRevocations = 0;
	jumps = 0;
	sleeps = 0;
	areKeysRevoked = false;
	isRefreshTokenDead = true;
	#outage: { readonly until: number; readonly faults: readonly FaultHandle[] } | undefined;

	get isOut(): boolean {
		if (this.#outage !== undefined && truth() >= this.#outage.until) {
			for (const fault of this.#outage.faults) fault.remove();
			this.#outage = undefined;
		}
		return this.#outage !== undefined;
	}

	/** At each call, one thing may go wrong. */
	turn(): void {
		const chance = random.next();
		if (chance < 0.004) this.#begin();
		else if (chance < 0.0045) {
			this.revocations++;
			this.isRefreshTokenDead = true;
			tenant.userPool.revokeRefreshTokens(this.username);
		} else if (chance < 0.005) {
			this.passwordChanges++;
			this.password = `Changed-${this.passwordChanges}!`;
			tenant.userPool.setPassword(this.username, this.password);
		} else if (chance < 0.007) {
			this.keyRevocations++;
			this.areKeysRevoked = true;
			tenant.revokeAccessKeys(this.username);
		} else if (chance < 0.011 && !this.isOut) {
			// Not while no server can send the time: a clock that was set could not be distinguished from a sleep.
			this.jumps++;
			clock.jump(random.one([-5, -2, 2, 3, 24]) * HOUR);
		} else if (chance < 0.014) {
			this.sleeps++;
			const ms = Math.floor(random.next() * 9 * HOUR);
			slept += ms;
			clock.jump(ms);
		}
	}

	/** From ten seconds to eight hours, most of them short. */
	#begin(): void {
		if (this.isOut) return;
		this.outages++;
		const effect = random.one(OUTAGES);
		const services = random.one([["cognito"], ["appsync"], ["cognito", "appsync"]]);
		const faults = services.map((service) => tenant.faults.add({ ...effect, service }));
		const ms = 10 * SECOND * 2880 ** random.next();
		this.outageMs += ms + LONGEST_GAP;
		this.#outage = { until: truth() + ms, faults };
	}
}

test("400 days: no avoidable call fails, and nothing is sent beyond the policy", async () => {
	const world = new World();
	let asked = 0;
	const password = () => {
		asked++;
		return world.password;
	};
	const watched = new WatchedSession(
		tenant,
		clock,
		connections.handler,
		{ password },
		{ duration: DURATION / SECOND, random: random.next },
	);
	const { events, handler } = watched;
	const counts: Partial<Record<SessionEvent["type"], number>> = {};
	const needless: string[] = [];
	const ends = new Map<string, number>();
	let setEnd = Number.NEGATIVE_INFINITY;
	let tokenEnd = Number.NEGATIVE_INFINITY;
	let refreshEnd = Number.POSITIVE_INFINITY;
	let passwordAtLogin = "";
	let passwordsSeen = 0;

	function take(event: SessionEvent): void {
		const at = truth();
		counts[event.type] = (counts[event.type] ?? 0) + 1;
		if (event.type === "signIn") {
			if (!world.isRefreshTokenDead && at < refreshEnd) needless.push(`login at ${new Date(at).toISOString()}`);
			world.isRefreshTokenDead = false;
			refreshEnd = at + REFRESH_LIFE;
			if (passwordAtLogin !== world.password) passwordsSeen++;
			passwordAtLogin = world.password;
			tokenEnd = at + TOKEN_LIFE;
		}
		if (event.type === "tokensRenewed") {
			if (tokenEnd - at > TOKEN_MARGIN) needless.push(`renewal at ${new Date(at).toISOString()}`);
			tokenEnd = at + TOKEN_LIFE;
		}
		if (
			event.type === "refreshFailed" &&
			!world.isOut &&
			(event.error as { code?: string }).code !== "InteractionRequired"
		) {
			needless.push(`failure: ${event.error.message}`);
		}
		if (event.type === "credentialsRefreshed") {
			if (setEnd - at > ADVISORY && event.reason !== "rejected")
				needless.push(`query at ${new Date(at).toISOString()}`);
			setEnd = at + event.expiresInMs;
			world.areKeysRevoked = false;
		}
	}

	/** Lets what runs behind come to its end before time goes on. */
	async function rest(): Promise<void> {
		for (let quiet = 0; quiet < 12; quiet++) {
			if (handler.inFlight > 0) {
				quiet = 0;
				await new Promise<void>((resolve) => {
					handler.onIdle = resolve;
				});
			}
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	const failures: string[] = [];
	let calls = 0;
	const start = truth();
	while (truth() - start < 400 * DAY) {
		world.turn();
		const isOut = world.isOut;
		const hadKeys = setEnd > truth() && !world.areKeysRevoked;
		const isService = world.areKeysRevoked || random.below(160) === 0;
		const size = isService ? 2 : random.below(50) === 0 ? 30 : 1;
		const sent = handler.sent.length;
		const results = await Promise.allSettled(
			Array.from({ length: size }, () => (isService ? watched.read() : watched.session.credentials())),
		);
		if (watched.session.getCredentials().refreshNeeded() || handler.sent.length !== sent) await rest();
		for (const event of events.splice(0)) take(event);
		handler.sent.length = 0;
		calls += size;
		for (const result of results) {
			const at = new Date(truth()).toISOString();
			if (result.status === "rejected") {
				if (hadKeys || !isOut) failures.push(`${at}: ${String(result.reason)} because ${String(result.reason.cause)}`);
				continue;
			}
			const key = typeof result.value === "string" ? result.value : result.value.accessKeyId;
			if (!ends.has(key)) ends.set(key, setEnd);
			if (Number(ends.get(key)) <= truth()) failures.push(`${at}: keys that have expired`);
		}
		if (tenant.requestLog.length > 2_000) tenant.requestLog.clear();
		await clock.advance(5 * MINUTE + random.next() * (LONGEST_GAP - 5 * MINUTE));
	}
	watched.destroy();

	expect(failures).toEqual([]);
	expect(needless).toEqual([]);
	expect(unhandled).toBe(0);

	// Something of everything has happened.
	const { outages, revocations, passwordChanges, keyRevocations, jumps, sleeps } = world;
	for (const times of [outages, revocations, passwordChanges, keyRevocations, jumps, sleeps])
		expect(times).toBeGreaterThan(10);

	// Queries: one for each revocation of the keys, and one each time that the advisory window has come, which begins up to
	// a tenth of it later and is met by the first call after that. Outages put that off; sleep may, and adds none.
	const { signIn = 0, tokensRenewed = 0, credentialsRefreshed = 0 } = counts;
	const span = truth() - start;
	expect(credentialsRefreshed).toBeLessThanOrEqual(1 + keyRevocations + span / (DURATION - ADVISORY));
	expect(credentialsRefreshed).toBeGreaterThan(
		(span - slept - world.outageMs) / (DURATION - 0.9 * ADVISORY + LONGEST_GAP) - 1,
	);
	// Logins: one, and one for each refresh token that died, by age or revocation; that none was needless was seen above.
	expect(signIn).toBeGreaterThanOrEqual(1 + Math.floor((span - slept) / (REFRESH_LIFE + DAY)));
	expect(signIn).toBeLessThanOrEqual(1 + revocations + Math.floor(span / REFRESH_LIFE));
	// Renewals: one at most for each try to get keys, since those are seven hours apart and an access token lives for one.
	expect(signIn + tokensRenewed).toBeLessThanOrEqual(credentialsRefreshed + (counts.refreshFailed ?? 0));
	expect(signIn + tokensRenewed).toBeGreaterThanOrEqual(credentialsRefreshed - keyRevocations - outages);
	// The password: asked for at the first login, and at each that found it changed.
	expect(asked).toBe(passwordsSeen);
	expect(calls).toBeGreaterThan(40_000);
});
