// npm run docs:timeline: draws docs/refresh-timeline.svg from a real run against a local tenant, with a manual clock.
import { writeFileSync } from "node:fs";
import { AppSession } from "echostream-botocore";
import { LocalTenant, ManualClock } from "echostream-local";

const MINUTE = 60_000;
const CALL_EVERY = 15_000;
const SPAN = 46 * MINUTE;
/** Outages, in which AppSync responds with 503: start and end. */
const OUTAGES = [
	[9.5 * MINUTE, 12.6 * MINUTE],
	[32 * MINUTE, 41 * MINUTE],
];

/** The same jitter in every picture. */
let state = 11;
function random() {
	state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
	return state / 2 ** 31;
}

async function record() {
	const clock = new ManualClock();
	const tenant = await LocalTenant.start({ clock });
	Object.assign(process.env, tenant.environment({ app: "external-app" }));
	const start = clock.now();
	const run = { sets: [], tries: [], calls: [] };
	let retryAt = 0;
	let settled = () => {};
	const onEvent = (event) => {
		const at = clock.now() - start;
		if (event.type === "credentialsRefreshed") run.sets.push({ at, end: at + event.expiresInMs, reason: event.reason });
		if (event.type === "credentialsRefreshed" || event.type === "refreshFailed") {
			run.tries.push({ at, isGood: event.type === "credentialsRefreshed" });
			retryAt = at + (event.retryInMs ?? 0);
			settled();
		}
	};
	const session = new AppSession({ clock, duration: 900, maxAttempts: 1, random, onEvent });
	for (let at = 0; at < SPAN; at += CALL_EVERY) {
		tenant.faults.clear();
		const isOut = OUTAGES.some(([from, to]) => at >= from && at < to);
		if (isOut) tenant.faults.add({ service: "appsync", status: 503 });
		const isDue = session.getCredentials().refreshNeeded() && at >= retryAt;
		const refreshed = new Promise((resolve) => {
			settled = resolve;
		});
		const hasSucceeded = await session.credentials().then(
			() => true,
			() => false,
		);
		if (isDue) await refreshed;
		run.calls.push({ at, hasSucceeded });
		await clock.advance(CALL_EVERY);
	}
	session.destroy();
	await tenant.stop();
	return run;
}

const LEFT = 112;
const WIDTH = 980;
const HEIGHT = 336;
const x = (ms) => Math.round((LEFT + (ms / SPAN) * (WIDTH - LEFT - 16)) * 10) / 10;
const rect = (kind, from, to, y, height) => {
	const width = Math.round((x(to) - x(from)) * 10) / 10;
	return width <= 0 ? "" : `<rect class="${kind}" x="${x(from)}" y="${y}" width="${width}" height="${height}"/>`;
};
const text = (kind, at, y, words) => `<text class="${kind}" x="${at}" y="${y}">${words}</text>`;

/** The windows of credentials with a lifetime of 15 minutes. The advisory one starts at the first attempt. */
function setsOf({ sets, tries }) {
	return sets.map((set, n) => {
		const next = sets[n + 1];
		const advisoryAt = tries.find(({ at }) => at > set.at)?.at ?? set.end;
		const until = Math.min(set.end, SPAN);
		const y = 66 + (n % 2) * 34;
		const mandatoryAt = set.end - MINUTE;
		return [
			rect("fresh", set.at, Math.min(advisoryAt, until), y, 26),
			rect("advisory", Math.min(advisoryAt, until), Math.min(mandatoryAt, until), y, 26),
			rect("mandatory", Math.min(mandatoryAt, until), until, y, 26),
			next !== undefined && next.at < set.end ? rect("unused", next.at, set.end, y, 26) : "",
			text("inside", x(set.at) + 8, y + 17, `set ${n + 1}`),
		].join("\n");
	});
}

function triesOf({ tries }) {
	return tries.map(({ at, isGood }) =>
		isGood ? `<circle class="good" cx="${x(at)}" cy="172" r="6"/>` : `<path class="bad" d="M${x(at)} 166v12"/>`,
	);
}

/** Merges consecutive calls with the same result into one bar. */
function callsOf({ calls }) {
	const bars = [];
	for (const { at, hasSucceeded } of calls) {
		const last = bars.at(-1);
		if (last?.hasSucceeded === hasSucceeded) last.to = at + CALL_EVERY;
		else bars.push({ from: at, to: at + CALL_EVERY, hasSucceeded });
	}
	return bars.map(({ from, to, hasSucceeded }) => rect(hasSucceeded ? "succeeded" : "failed", from, to, 206, 22));
}

const STYLE = `
svg { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
.ink { fill: #1f2937; } .soft { fill: #5b6472; } .title { fill: #1f2937; font-weight: 600; font-size: 15px; } .inside { fill: #fff; font-weight: 600; }
.fresh { fill: #2563eb; } .advisory { fill: #7c9ff0; } .mandatory { fill: #d97706; } .unused { fill: #fff; fill-opacity: .55; }
.good { fill: #15803d; } .bad { stroke: #b91c1c; stroke-width: 2; fill: none; } .succeeded { fill: #86c79b; } .failed { fill: #b91c1c; }
.outage { fill: #b91c1c; fill-opacity: .09; } .line { stroke: #c3c8d0; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
.ink, .title { fill: #e5e7eb; } .soft { fill: #a3abb8; }
.fresh { fill: #3b76f0; } .advisory { fill: #5572b5; } .mandatory { fill: #e8912d; } .unused { fill: #0d1117; fill-opacity: .55; }
.good { fill: #4ade80; } .bad { stroke: #f87171; } .succeeded { fill: #2f7a48; } .failed { fill: #ef4444; }
.outage { fill: #f87171; fill-opacity: .13; } .line { stroke: #424a55; }
}`;

const LEGEND = [
	["fresh", "returned at once"],
	["advisory", "returned at once, refreshed in the background"],
	["mandatory", "last minute: callers wait"],
	["failed", "CredentialsExpired"],
];

function draw(run) {
	const minutes = Array.from({ length: 10 }, (_, n) => n * 5);
	let legendAt = LEFT;
	const legend = LEGEND.map(([kind, words]) => {
		const at = legendAt;
		legendAt += 34 + words.length * 6.6;
		return `<rect class="${kind}" x="${at}" y="297" width="14" height="14" rx="2"/>${text("ink", at + 20, 309, words)}`;
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`,
		`<title id="title">How a session refreshes its credentials</title>`,
		`<desc id="description">46 minutes with credentials that expire after 15 minutes. A query that fails in the advisory window is retried with growing delays, and no call fails. In an outage that lasts longer than the credentials, calls fail from their expiry to the end of the outage.</desc>`,
		`<style>${STYLE}\n</style>`,
		text("title", 16, 24, "46 minutes with credentials that expire after 15 minutes, and a call every 15 seconds"),
		...OUTAGES.map(
			([from, to]) => rect("outage", from, to, 40, 212) + text("soft", x(from) + 6, 55, "AppSync is down"),
		),
		text("ink", 16, 101, "credentials"),
		...setsOf(run),
		text("ink", 16, 177, "queries"),
		...triesOf(run),
		text("ink", 16, 222, "calls"),
		...callsOf(run),
		`<path class="line" d="M${LEFT} 252H${WIDTH - 16}"/>`,
		...minutes.map(
			(minute) =>
				`<path class="line" d="M${x(minute * MINUTE)} 252v5"/>${text("soft", x(minute * MINUTE) - 6, 273, minute)}`,
		),
		text("soft", 16, 273, "minutes"),
		...legend,
		"</svg>",
		"",
	]
		.filter((line, n, lines) => line !== "" || n === lines.length - 1)
		.join("\n");
}

const run = await record();
const file = new URL("../docs/refresh-timeline.svg", import.meta.url);
writeFileSync(file, draw(run));
const failed = run.calls.filter(({ hasSucceeded }) => !hasSucceeded).length;
console.log(
	`${run.sets.length} sets, ${run.tries.length} queries, ${run.calls.length} calls of which ${failed} failed`,
);
