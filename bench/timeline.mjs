import { roundTrips } from "./round-trips.mjs";

const LEFT = 128;
const WIDTH = 980;
const LANE = 24;
const PANEL = 4 * LANE + 56;

const STYLE = `
svg { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
.ink { fill: #1f2937; } .soft { fill: #5b6472; } .title { fill: #1f2937; font-weight: 600; font-size: 15px; } .heading { fill: #1f2937; font-weight: 600; }
.program { fill: #c3c8d0; } .name { fill: #d97706; } .tcp { fill: #7c9ff0; } .tls { fill: #2563eb; } .request { fill: #15803d; } .server { fill: #1f2937; } .response { fill: #86c79b; }
.line { stroke: #c3c8d0; stroke-width: 1; } .end { stroke: #b91c1c; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
.ink, .title, .heading { fill: #e5e7eb; } .soft { fill: #a3abb8; }
.program { fill: #424a55; } .name { fill: #e8912d; } .tcp { fill: #5572b5; } .tls { fill: #3b76f0; } .request { fill: #4ade80; } .server { fill: #e5e7eb; } .response { fill: #2f7a48; }
.line { stroke: #424a55; } .end { stroke: #f87171; }
}`;

const LEGEND = [
	["program", "program loads"],
	["name", "name"],
	["tcp", "TCP"],
	["tls", "TLS"],
	["request", "request on its way"],
	["server", "server works"],
	["response", "response on its way"],
];

const LANES = [
	["Cognito", /^cognito-idp\./],
	["AppSync", /\.appsync-api\./],
	["DynamoDB", /^dynamodb\./],
];

const text = (kind, x, y, words) => `<text class="${kind}" x="${x}" y="${y}">${words}</text>`;

/**
 * Draws what a program does up to its first item of DynamoDB, when it connects to each host in turn, and when it connects ahead. The
 * times are those of the network between the program and the tenant, and the marks of the program itself.
 */
export function timeline({ roundTripMs, serial, ahead }) {
	const panels = [
		["Each host is connected to when its request is ready", serial],
		["Connected ahead", ahead],
	];
	const span = 1.03 * Math.max(serial.ms, ahead.ms);
	const x = (ms) => Math.round((LEFT + (ms / span) * (WIDTH - LEFT - 16)) * 10) / 10;
	const bottom = 44 + panels.length * PANEL;
	let legendAt = 16;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 60}" role="img" aria-labelledby="title description">`,
		`<title id="title">From the start of a process to its first item over TLS</title>`,
		`<desc id="description">${panels.map(([title, run]) => `${title}: ${facts(run, roundTripMs)}.`).join(" ")}</desc>`,
		`<style>${STYLE}\n</style>`,
		text("title", 16, 24, `From the start of a process to its first item over TLS, round trip ${roundTripMs} ms`),
		...panels.flatMap(([title, run], i) => panel(title, run, { roundTripMs, x, top: 44 + i * PANEL })),
		`<path class="line" d="M${LEFT} ${bottom}H${WIDTH - 16}"/>`,
		...ticks(span).map(
			(ms) => `<path class="line" d="M${x(ms)} ${bottom}v5"/>${text("soft", x(ms) - 10, bottom + 20, ms)}`,
		),
		text("soft", 16, bottom + 20, "milliseconds"),
		...LEGEND.map(([kind, words]) => {
			const at = legendAt;
			legendAt += 40 + words.length * 6.8;
			return `<rect class="${kind}" x="${at}" y="${bottom + 36}" width="14" height="14" rx="2"/>${text("ink", at + 20, bottom + 48, words)}`;
		}),
		"</svg>",
		"",
	].join("\n");
}

function facts(run, roundTripMs) {
	const { sequential } = roundTrips(run, roundTripMs);
	return `${run.ms.toFixed(0)} ms, of which something is on its way for ${sequential.toFixed(1)} round trips`;
}

function panel(title, run, { roundTripMs, x, top }) {
	const { spawnedAt, ms, marks, names, connections } = run;
	const bar = (kind, lane, from, to) => {
		const [left, right] = [x(from - spawnedAt), x(to - spawnedAt)];
		const width = Math.round(Math.max(0.5, right - left) * 10) / 10;
		return `<rect class="${kind}" x="${left}" y="${top + 26 + lane * LANE}" width="${width}" height="16"/>`;
	};
	return [
		text("heading", 16, top + 14, `${title}: ${facts(run, roundTripMs)}`),
		text("ink", 16, top + 39, "program"),
		bar("program", 0, spawnedAt, marks.startedAt + marks.loadedAt),
		...LANES.flatMap(([label, host], i) => [
			text("ink", 16, top + 39 + (i + 1) * LANE, label),
			...names.filter((name) => host.test(name.host)).map(({ from, to }) => bar("name", i + 1, from, to)),
			...connections
				.filter((line) => host.test(line.host))
				.flatMap(({ openedAt, tcpAt, helloAt, tlsAt, exchanges }) => [
					bar("tcp", i + 1, openedAt, tcpAt),
					bar("tls", i + 1, helloAt, tlsAt),
					...exchanges.flatMap(({ sentAt, arrivedAt, respondedAt, receivedAt }) => [
						bar("request", i + 1, sentAt, arrivedAt),
						bar("server", i + 1, arrivedAt, respondedAt),
						bar("response", i + 1, respondedAt, receivedAt),
					]),
				]),
		]),
		`<path class="end" d="M${x(ms)} ${top + 22}v${4 * LANE}"/>`,
		text("soft", x(ms) - 58, top + 36, "first item"),
	];
}

/** Round values from 0 to the end. */
function ticks(span) {
	const step = [50, 100, 200, 500, 1000].find((size) => span / size <= 10) ?? 2000;
	return Array.from({ length: Math.floor(span / step) + 1 }, (_, n) => n * step);
}
