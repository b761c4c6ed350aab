// Signs in with many sessions at once, and prints what it took. sign-in-at-scale.mjs starts it.
import { AppSession } from "../dist/esm/index.js";
import { announce } from "./contenders/announce.mjs";
import { settle, sockets } from "./open-sockets.mjs";

const n = Number(process.argv[2]);
/** The tenant needs seconds for 1,000 sign-ins at once. */
const PATIENCE = { requestTimeoutMs: 600_000, loginTimeoutMs: 600_000, totalTimeoutMs: 600_000 };

// The first sign-in loads code and root certificates, which others share.
const first = new AppSession();
await first.credentials();
first.destroy();

await settle();
sockets.most = sockets.open;
const before = { ...process.memoryUsage(), sockets: sockets.open };
const cpu = process.cpuUsage();
const start = performance.now();
const sessions = Array.from({ length: n }, () => new AppSession(PATIENCE));
await Promise.all(sessions.map((session) => session.credentials()));
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
await settle();
const { heapUsed, rss } = process.memoryUsage();
announce("signed in", {
	ms,
	cpuMs: (user + system) / 1000,
	sockets: sockets.open - before.sockets,
	mostSockets: sockets.most - before.sockets,
	heapKiB: (heapUsed - before.heapUsed) / 1024,
	rssKiB: (rss - before.rss) / 1024,
});
