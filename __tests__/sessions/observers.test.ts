import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import type { Logger, SessionEvent } from "../../src/index.ts";
import { codeOf, startTenant } from "../support/signed-in.ts";
import { sharedConnections, until, WatchedSession } from "../support/watched-session.ts";

const MINUTE = 60_000;

function fail(): never {
	throw new Error("observer");
}

/** How a function of a program fails, although nothing waits for it. */
const FAILING_OBSERVERS: Readonly<Record<string, () => unknown>> = {
	throws: fail,
	rejects: () => Promise.reject(new Error("observer")),
	"never settles": () => new Promise(() => {}),
	"returns an object whose then() throws": () => new Proxy({}, { get: () => fail }),
	"returns an object whose then cannot be read": () => new Proxy({}, { get: fail }),
};

let clock: ManualClock;
let tenant: LocalTenant;
let connections: ReturnType<typeof sharedConnections>;
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown) => void unhandled.push(reason);
beforeAll(async () => {
	process.on("unhandledRejection", noteUnhandled);
	clock = new ManualClock();
	tenant = await startTenant({ clock, userPool: { devices: "always" } });
	connections = sharedConnections();
});
afterAll(async () => {
	connections.close();
	await tenant.stop();
	process.off("unhandledRejection", noteUnhandled);
});
beforeEach(() => {
	tenant.faults.clear();
	tenant.requestLog.clear();
	unhandled.length = 0;
});

/** Functions of a program that observe a session. */
type Observe = (observer: string) => unknown;

/**
 * The life of a session with every event: what its calls and its events were, and which requests were sent. `observe` is
 * called for every event, every log message and every device, and notes which observer it was.
 */
async function live(observe: Observe): Promise<readonly string[]> {
	tenant.requestLog.clear();
	const events: string[] = [];
	const log = (method: string) => () => observe(`logger.${method}`);
	const observers = {
		logger: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
		onEvent: (event: SessionEvent) => {
			events.push(event.type);
			return observe(`onEvent of ${event.type}`);
		},
	};
	const onDevice = () => observe("onDevice");
	const watched = new WatchedSession(
		tenant,
		clock,
		connections.handler,
		{ ...observers, onDevice },
		{ ...observers, random: () => 0 },
	);
	const calls: string[] = [];
	const call = async () => void calls.push(await codeOf(watched.read()));
	try {
		await call();
		const outage = tenant.faults.add({ operation: "getAwsCredentials", status: 503 });
		await clock.advance(50 * MINUTE);
		await call();
		await until(() => events.includes("refreshFailed"));
		outage.remove();
		await clock.advance(20 * MINUTE);
		await call();
		tenant.userPool.revokeRefreshTokens(String(watched.cognito.username));
		await clock.advance(120 * MINUTE);
		await call();
	} finally {
		watched.destroy();
	}
	return [...calls, ...events, ...tenant.requestLog.operations()];
}

test.each(Object.entries(FAILING_OBSERVERS))(
	"onEvent, onDevice or a logger that %s changes no request, no event and no result of a session",
	async (_, failure) => {
		const reached = new Set<string>();
		const undisturbed = await live((observer) => void reached.add(observer));
		expect([...reached].sort()).toEqual([
			"logger.debug",
			"logger.info",
			"logger.warn",
			"onDevice",
			"onEvent of credentialsRefreshed",
			"onEvent of refreshFailed",
			"onEvent of signIn",
			"onEvent of tokensRenewed",
		]);
		expect(undisturbed.slice(0, 4)).toEqual(["none", "none", "none", "none"]);
		for (const failing of reached) {
			expect(await live((observer) => (observer === failing ? failure() : undefined))).toEqual(undisturbed);
		}
		await new Promise((resolve) => setImmediate(resolve));
		expect(unhandled).toEqual([]);
	},
);

test("a logger whose methods can no longer be read changes nothing", async () => {
	let isBroken = false;
	const method = () => {
		if (isBroken) throw new Error("closed");
		return () => {};
	};
	const logger = Object.defineProperties(
		{},
		Object.fromEntries(["debug", "info", "warn", "error"].map((name) => [name, { get: method }])),
	) as Logger;
	const watched = new WatchedSession(tenant, clock, connections.handler, { logger }, { logger });
	isBroken = true;
	expect(await codeOf(watched.read())).toBe("none");
	watched.destroy();
});

test("a logger keeps its own this", async () => {
	class Messages {
		readonly kept: unknown[] = [];
		debug(...content: unknown[]): void {
			this.kept.push(content[0]);
		}
		info(): void {}
		warn(): void {}
		error(): void {}
	}
	const logger = new Messages();
	const watched = new WatchedSession(tenant, clock, connections.handler, {}, { logger });
	await watched.key();
	watched.destroy();
	expect(logger.kept.map(String)).toEqual([expect.stringContaining("Refreshed the AWS credentials")]);
});
