import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { AppSession, type Cognito } from "../../src/index.ts";
import { RedisStore } from "../../src/stores.ts";
import { STORE_KEY } from "../support/fleet.ts";
import { Seeded } from "../support/seeded.ts";
import { codeOf, optionsOf } from "../support/signed-in.ts";
import { CLIENTS, type OpenedClient } from "./redis-clients.ts";
import { installed, RedisServer } from "./redis-server.ts";
import { FAULTS, UnreliablePort } from "./unreliable-port.ts";

const SESSIONS = 6;
const DURATION = 3_600;

const [program] = installed;
if (program === undefined) {
	test("no partition between sessions and a store was tested, because neither redis-server nor valkey-server is in PATH", () => {
		expect(installed).toEqual([]);
	});
} else {
	let server: RedisServer;
	let port: UnreliablePort;
	let tenant: LocalTenant;
	const clients: OpenedClient[] = [];
	const sessions: AppSession[] = [];
	beforeAll(async () => {
		server = await RedisServer.start(program);
		port = await UnreliablePort.open(server.port);
		tenant = await LocalTenant.start({ userPool: { refreshTokenRotation: { graceSeconds: 0 } } });
		process.env.AWS_ENDPOINT_URL = tenant.url;
		for (let index = 0; index < SESSIONS; index++) {
			const opened = await CLIENTS["redis 6"](port.port);
			clients.push(opened);
			const store = new RedisStore(opened.client);
			const options = { ...optionsOf(tenant, { app: "external-app" }), duration: DURATION };
			sessions.push(new AppSession({ ...options, maxAttempts: 1, store, storeKey: STORE_KEY }));
		}
	});
	afterAll(async () => {
		for (const session of sessions) session.destroy();
		for (const { close } of clients) close();
		port.close();
		await server.close();
		await tenant.stop();
	});

	test("sessions whose Redis drops, delays, half-closes and black-holes connections fail no call, send no refresh token twice, and share again afterwards", async () => {
		const random = new Seeded(41);
		const codes: string[] = [];
		let isOver = false;
		const call = async (session: AppSession) => {
			while (!isOver) {
				const kind = random.next();
				if (kind < 0.3) codes.push(await codeOf(session.credentials({ forceRefresh: true })));
				else if (kind < 0.6) codes.push(await codeOf((session.cognito as Cognito).renewAccessToken()));
				else codes.push(await codeOf(session.credentials()));
				await pause(100 * random.next());
			}
		};
		const calls = sessions.map(call);
		await pause(1_000);
		for (let round = 0; round < 2; round++) {
			for (const fault of shuffled(FAULTS, random)) {
				port.fail(fault);
				await pause(1_000 + 2_000 * random.next());
				port.fail(undefined);
				await pause(500 + 500 * random.next());
			}
		}
		isOver = true;
		await Promise.all(calls);
		expect([...port.met.keys()].sort()).toEqual([...FAULTS].sort());
		expect([...new Set(codes)]).toEqual(["none"]);
		expect(tenant.requestLog.operations()).toContain("GetTokensFromRefreshToken");
		expect(rejections()).toEqual([]);

		// Every session calls its store again once its pause after a failure has ended.
		let keys: string[] = [];
		for (let attempt = 0; attempt < 8 && new Set(keys).size !== 1; attempt++) {
			await pause(6_000);
			const [first, ...others] = sessions as [AppSession, ...AppSession[]];
			const fresh = await first.credentials({ forceRefresh: true });
			const wanted = others.map(lasting);
			keys = [fresh.accessKeyId, ...(await Promise.all(wanted))];
		}
		expect(keys).toEqual(sessions.map(() => keys[0]));
		expect(rejections()).toEqual([]);
	}, 180_000);

	function rejections() {
		return tenant.requestLog.since().filter(({ status = 200 }) => status >= 400);
	}
}

/** The access key id of credentials that are younger than those of the pause before. */
async function lasting(session: AppSession): Promise<string> {
	const { accessKey } = await session.getCredentials().getFrozenCredentials({ minTtlSeconds: DURATION - 4 });
	return accessKey;
}

function shuffled<T>(items: readonly T[], random: Seeded): T[] {
	return items
		.map((item) => ({ item, at: random.next() }))
		.sort((one, other) => one.at - other.at)
		.map(({ item }) => item);
}
