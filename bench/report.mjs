import { barChart } from "./plot.mjs";

/** The one package of 2026-11-23, which held the local tenant and the command line, and needed five more packages for them. */
const BEFORE_THE_SPLIT = {
	name: "echostream-botocore, before the split",
	files: 353,
	tarballBytes: 247_082,
	unpackedBytes: 1_068_112,
	installedPackages: 26,
	installedBytes: 9_361_092,
};

const spread = ({ median, low, high }, digits) =>
	`${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

function table(head, rows) {
	const cells = [head, ...rows.map((row) => row.map(String))];
	const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
	const line = (row) =>
		`| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
	const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
	return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

const chapters = {
	firstCredentials({ rounds, delayMs, withoutDelay, withDelay }) {
		return [
			`Process start to first credentials (median, and the middle half, of ${rounds} whole processes in turn)`,
			table(
				["", "ratio to the floor", `at ${delayMs} ms a request`, "ms", `ms at ${delayMs}`, "peak MiB", "requests"],
				withoutDelay.map(({ name, ratio, ms, peakMiB, requests }, i) => [
					name,
					spread(ratio, 2),
					spread(withDelay[i].ratio, 2),
					ms.median.toFixed(0),
					withDelay[i].ms.median.toFixed(0),
					peakMiB.median.toFixed(1),
					requests,
				]),
			),
			"The Python original makes one more request, for the key set, which a variable spares it here.",
		];
	},
	loginArithmetic: (rows) => [
		"The arithmetic of one login",
		table(
			["", "ms"],
			rows.map(({ name, ms }) => [name, spread(ms, 2)]),
		),
	],
	readingCredentials: (rows) => [
		"Reading fresh credentials, `await` included",
		table(
			["", "µs", "over the bare promise"],
			rows.map(({ name, micros, overBare }) => [name, spread(micros, 3), overBare.toFixed(3)]),
		),
	],
	signedRequest: ({ requests, micros, ratio, noise }) => [
		`One signed request through session.client(), beside static credentials (${requests} each, in random order)`,
		table(
			["", "ratio", "µs"],
			[
				["session.client()", spread(ratio, 3), micros.session.median.toFixed(0)],
				["static credentials", "1", micros.static.median.toFixed(0)],
				["static credentials, a second client", spread(noise, 3), micros.staticAgain.median.toFixed(0)],
			],
		),
	],
	callersAtOnce: (rows) => [
		"Callers at once",
		table(
			["session", "callers", "requests", "different key sets", "ms"],
			rows.map(({ name, callers, requests, keySets, ms }) => [
				name,
				callers,
				requests || "none",
				keySets,
				ms.toFixed(0),
			]),
		),
	],
	hostileResponses: ({ responses, longestMs, limitMs, slowest }) => [
		"The event loop, while hostile responses are read",
		`Of ${responses} responses of up to 5 MB, made to keep a parser busy, the worst stopped the event loop for **${longestMs.toFixed(0)} ms** (median of its rounds). The limit is ${limitMs} ms. The slowest:`,
		table(
			["filled with", "service", "status", "kB", "ends in", "longest stop, ms"],
			slowest.map(({ filling, service, status, bytes, ending, longestMs: ms }) => [
				filling,
				service,
				status,
				Math.round(bytes / 1024),
				ending,
				ms.toFixed(1),
			]),
		),
	],
	growth: (cases) => [
		"How cost grows",
		table(
			["", "n", "ms", "µs each", "heap KiB", "KiB each", "requests to the tenant", "sockets"],
			cases.flatMap(({ name, rows }) =>
				rows.map(({ n, ms, heapKiB, requests, sockets }, i) => [
					i === 0 ? name : "",
					n,
					ms.toFixed(1),
					((ms * 1000) / n).toFixed(0),
					heapKiB.toFixed(0),
					(heapKiB / n).toFixed(1),
					requests,
					sockets,
				]),
			),
		),
	],
	refreshUnderLoad: (streams) => [
		"Requests while credentials and tokens roll over",
		table(
			["stream", "requests", "refreshes", "token renewals", "p50 ms", "p99 ms", "p99.9 ms", "p99.9 to steady"],
			streams.map(({ name, requests, refreshes, renewals, p50, p99, p999 }) => [
				name,
				requests,
				refreshes,
				renewals,
				...[p50, p99, p999, p999 / streams[0].p999].map((value) => value.toFixed(2)),
			]),
		),
	],
	packageSizes: (rows) => [
		"What is published, and what installing it brings",
		table(
			["", "files", "tarball kB", "unpacked kB", "installed packages", "installed MB"],
			[...rows, BEFORE_THE_SPLIT].map((row) => [
				row.name,
				row.files,
				(row.tarballBytes / 1000).toFixed(0),
				(row.unpackedBytes / 1000).toFixed(0),
				row.installedPackages,
				(row.installedBytes / 1e6).toFixed(1),
			]),
		),
	],
};

/** Formats all results in Markdown. */
export function markdown({ machine, dates = {}, ...results }) {
	const { node, cores, cpu, platform, packages } = machine;
	const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
	const parts = [`Node ${node}, ${cores} × ${cpu}, ${platform}; ${versions.join(", ")}.`];
	for (const [name, chapter] of Object.entries(chapters)) {
		if (results[name] === undefined) continue;
		const [title, ...blocks] = chapter(results[name]);
		parts.push(`## ${title}`, ...blocks, `Measured ${dates[name]} UTC.`);
	}
	return `${parts.join("\n\n")}\n`;
}

/** Draws the plot for the README. */
export function plot({ machine, dates, firstCredentials: { rounds, delayMs, withoutDelay, withDelay } }) {
	const isOurs = (name) => name.startsWith("ours");
	return barChart([
		{
			title: "Time from process start to first credentials",
			note: `As multiples of the floor, a bare script. Upper bar: no network delay; lower bar: ${delayMs} ms for each request.`,
			unit: "×",
			digits: 2,
			series: ["no network delay", `${delayMs} ms for each request`],
			rows: withoutDelay.map(({ name, ratio }, i) => ({
				name,
				ours: isOurs(name),
				values: [ratio.median, withDelay[i].ratio.median],
			})),
		},
		{
			title: "Peak memory of that process",
			note: `MiB, resident. Node ${machine.node}, median of ${rounds} processes in turn, ${dates.firstCredentials.slice(0, 10)}.`,
			unit: "",
			digits: 0,
			series: [""],
			rows: withoutDelay.map(({ name, peakMiB }) => ({ name, ours: isOurs(name), values: [peakMiB.median] })),
		},
	]);
}
