import { lineChart } from "./line-chart.mjs";
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

/** A whole number with separators. */
const whole = (value) => Math.round(value).toLocaleString("en");

/** A list, one item a line. */
const list = (items) => items.map((item) => `- ${item}`).join("\n");

/** What holds for every section that runs whole processes. */
const SURROUNDINGS = [
	"Every program, and every process that measures, has a clean environment, without `NODE_OPTIONS`, `NODE_EXTRA_CA_CERTS`, `NODE_COMPILE_CACHE`, proxies and the like. So nothing is compiled before, and no certificates are loaded for nothing.",
	"Programs run in turn, each once before the first round, so that their files are in the file cache of the system. The time starts before the process is created, and ends when its first line arrives.",
	"The tenant runs in a process of its own, on the same machine.",
	"The floor is a bare script. It signs in by SRP with OpenSSL, sends the same requests with Node's own HTTP client, and prints. It handles no error, checks no setting, has no deadline, retries nothing and refreshes nothing. It takes `node:http` from `process.getBuiltinModule()`, because an `import` would load undici on Node 22 and later.",
	"`bundled` programs are bundled by `bench/bundle-recipe.mjs`, those of others too. `installed` programs load their packages from `node_modules`.",
];

/**
 * Whether contenders keep within their budget, and where the time goes if not.
 *
 * @param limits - The highest ratio to the floor, by the name of the contender.
 */
function verdicts(contenders, floorName, limits) {
	const floor = contenders.find(({ name }) => name === floorName);
	return table(
		["", "budget, ratio to the floor", "measured", "verdict"],
		Object.entries(limits).map(([name, limit]) => {
			const { ratio, ms, loadedMs } = contenders.find((contender) => contender.name === name);
			const isWithin = Number(ratio.median.toFixed(2)) <= limit;
			return [
				name,
				limit.toFixed(2),
				ratio.median.toFixed(2),
				isWithin ? "within" : excess(ratio.median - limit, ms, loadedMs),
			];
		}),
	);

	function excess(ratio, ms, loadedMs) {
		const over = `over by ${ratio.toFixed(2)}, ${(ratio * floor.ms.median).toFixed(0)} ms`;
		if (loadedMs === undefined) return over;
		const beyond = ms.median - floor.ms.median;
		const loading = loadedMs.median - floor.loadedMs.median;
		return `${over}. Of ${beyond.toFixed(0)} ms beyond the floor, ${loading.toFixed(0)} are over before the first statement of the program: its files are loaded`;
	}
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
			verdicts(withoutDelay, "floor", { "ours, bundled": 1.25, "ours, installed": 1.5 }),
			`Over plain HTTP on the loopback interface, all requests to one port. No name is resolved. In the columns of ${delayMs} ms, the tenant waits for that time before it handles a request. Connections cost no delay.`,
			"What is over a budget is processor time. [The decisions](../docs/decisions.md#what-the-rest-of-a-start-is-spent-on) list what it is spent on.",
			"The Python original loads the GraphQL schema before its query. It makes one more request, for the key set, which a variable spares it here.",
		];
	},
	firstItem({ rounds, floor, delays }) {
		const at = (ms) => delays.find(({ roundTripMs }) => roundTripMs === ms);
		const [none, near, far] = [0, 40, 100].map(at);
		return [
			`Process start to first item over TLS (medians of ${rounds} whole processes in turn)`,
			table(
				[
					"",
					"ratio to the floor at 40 ms",
					...delays.map(({ roundTripMs }) => `ms at ${roundTripMs} ms`),
					"peak MiB",
					"requests",
					"round trips",
					"one after another, at 100 ms",
				],
				near.contenders.map(({ name, ratio, peakMiB, requests, all }, i) => [
					name,
					spread(ratio, 2),
					...[none, near, far].map(({ contenders }) => contenders[i].ms.median.toFixed(0)),
					peakMiB.median.toFixed(1),
					requests,
					all,
					far.contenders[i].sequential.toFixed(1),
				]),
			),
			verdicts(near.contenders, floor, {
				"ours, bundled": 1.15,
				"ours, installed": 1.25,
				"ours, bundled, client loaded meanwhile": 1.15,
				"ours, installed, client loaded meanwhile": 1.25,
			}),
			list([
				"What is over a budget is processor time: no more round trips follow one another than in the floor, or half of one more where the client is loaded meanwhile. Most of it is spent on the SDK's client. The rows with static keys show the time of that client alone, for one request and no sign-in.",
				"A program signs in and reads an item of DynamoDB. It knows its region and its table. Requests go to three hosts by the names that they have at AWS, and to port 443.",
				"A network between the programs and the tenant takes as long as a real one: half a round trip in each direction, and one round trip more for the first byte of a connection, as the handshake of TCP would have it. Bandwidth is not limited, and no packet is lost.",
				"A name is resolved in one round trip, once for each name and process. The certificate is verified: TLS 1.3, a chain of two with keys on P-256. No session is resumed in a new process.",
				"A script that every Node program preloads directs names and port 443 to this network, and makes it trust the benchmark's authority. Node's own root certificates are still parsed once, at the first use of TLS, as at AWS. Python programs have the same in `sitecustomize.py`.",
				'"client loaded meanwhile" starts `session.ready()`, and then imports the client of the SDK by `import()`. The other programs load it before.',
				'"floor, connected ahead" resolves the names and opens the sockets of all three hosts at once, at the start. "serial" connects to each host when its request is ready; ours does so with `connectAhead: false`.',
				`"Round trips" are names, handshakes of TCP, handshakes of TLS and requests. "One after another" is the time in which any of them was on its way, in round trips. The network measures both.`,
			]),
			"![The same in time, connected in turn and connected ahead](../docs/first-item-timeline.svg)",
		];
	},
	firstItemFromStore: ({ rounds, delays }) => [
		`Process start to first item over TLS, with valid credentials in a FileStore (medians of ${rounds} whole processes in turn)`,
		table(
			[
				"",
				...delays.map(({ roundTripMs }) => `ratio to static keys at ${roundTripMs} ms`),
				...delays.map(({ roundTripMs }) => `ms at ${roundTripMs} ms`),
				"peak MiB",
				"hosts connected to",
				"requests",
			],
			delays[0].contenders.map(({ name, hosts, peakMiB, requests }, i) => [
				name,
				...delays.map(({ contenders }) => spread(contenders[i].ratio, 2)),
				...delays.map(({ contenders }) => contenders[i].ms.median.toFixed(0)),
				peakMiB.median.toFixed(1),
				hosts,
				requests.join(", "),
			]),
		),
		list([
			"The ratio is to the SDK with static keys, bundled or installed like the program itself.",
			"An earlier process has left the credentials in the store. Their key is `storeKey`, so that nothing is derived from the password.",
			"The network is that of the first item over TLS.",
		]),
	],
	commandLine: ({ rounds, requests, rows }) => [
		`The command line: process start to end (medians of ${rounds} whole processes in turn)`,
		table(
			["", "ratio to Node", "ms"],
			rows.map(({ name, ratio, ms }) => [name, spread(ratio, 2), spread(ms, 0)]),
		),
		`A cached call sends nothing: all of the ${requests.toFixed(0)} requests in each round are those of \`--no-cache\`. aws-vault, if it is in PATH, reads its own encrypted file (\`export --no-session\`).`,
	],
	lambda: ({ rounds, roundTripMs, frozenMs, rows }) => [
		`A Lambda function: initialization and first invocations (medians of ${rounds} environments in turn)`,
		table(
			["", "at the top level", "initialization, ms", "first invocation, ms", "second, ms"],
			rows.map(({ kind, name, initMs, firstMs, secondMs }, i) => [
				rows[i - 1]?.kind === kind ? "" : kind,
				name,
				...[initMs, firstMs, secondMs].map(({ median }) => median.toFixed(0)),
			]),
		),
		`An environment of AWS Lambda is imitated by the Runtime API and a process that is stopped (\`SIGSTOP\`) whenever it has no event, here for ${frozenMs} ms. The handler reads an item of DynamoDB. The network is that of the first item over TLS, with a round trip of ${roundTripMs} ms.`,
	],
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
	signedRequest: ({ rounds, requests, micros, ratio, sharing, sharingToSession, noise }) => [
		`One signed request through session.client(), beside the same client with static credentials (${rounds} processes, ${requests} requests of each client in turns)`,
		table(
			["", "ratio", "µs"],
			[
				["session.client()", spread(ratio, 3), micros.session.median.toFixed(0)],
				["session.client(), with a FileStore", spread(sharing, 3), micros.sharing.median.toFixed(0)],
				["static credentials", "1", micros.static.median.toFixed(0)],
				["static credentials, a second client", spread(noise, 3), micros.staticAgain.median.toFixed(0)],
			],
		),
		`With a store, the ratio to the session without one is ${spread(sharingToSession, 3)}. The store is used when credentials are refreshed, and not in between.`,
		"All come from `session.client()`, so that they share connections and the class of the request handler. [The decisions](../docs/decisions.md#connections-are-opened-ahead-and-shared-by-the-process) have the ratio to clients that are created with `new`.",
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
			["", "n", "ms", "µs each", "heap KiB", "KiB each", "requests to the tenant", "open sockets"],
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
	signInAtScale: ({ sessions, rounds, ways }) => [
		`Sign-in at scale: one process, ${sessions} sessions at once (medians of ${rounds} processes)`,
		table(
			[
				"",
				"sign-ins a second",
				"requests a second",
				"CPU ms each",
				"sockets",
				"sockets at most",
				"heap KiB each",
				"resident KiB each",
			],
			ways.map(({ name, requests, ms, cpuMs, sockets, mostSockets, heapKiB, rssKiB }) => [
				name,
				((1000 * sessions) / ms.median).toFixed(0),
				((1000 * requests) / ms.median).toFixed(0),
				(cpuMs.median / sessions).toFixed(2),
				sockets.median,
				mostSockets.median,
				(heapKiB.median / sessions).toFixed(1),
				(rssKiB.median / sessions).toFixed(1),
			]),
		),
		"The tenant computes its half of every sign-in on the same machine, so the rates are those of both together. CPU time is that of the measured process alone. Each session has a user object of its own, so that 1,000 sessions are 1,000 sign-ins and 1,000 queries. One sign-in before that loads the code. Memory and sockets are measured after the last query, while all sessions are open.",
	],
	throttledLogins: ({ requestsPerSecond, rows }) => [
		`Processes of one user that sign in within a second, behind a quota of ${requestsPerSecond} requests a second (simulated time)`,
		table(
			[
				"processes",
				"without a store: fail",
				"the last one is signed in after, s",
				"logins",
				"requests",
				"with a store: fail",
				"the last one is signed in after, s",
				"logins",
				"requests",
			],
			rows.map(({ processes, isComputed = false, ...ways }) => [
				`${whole(processes)}${isComputed ? ", computed" : ""}`,
				...[ways.alone, ways.shared].flatMap(({ failed, lastSeconds, logins, requests }) => [
					failed === 0 ? "none" : `${whole(failed)} (${((100 * failed) / processes).toFixed(0)} %)`,
					lastSeconds.toFixed(1),
					whole(logins),
					whole(requests),
				]),
			]),
		),
		"![Requests, waits and failures against the number of processes, with and without a store](../docs/fleet-curve.svg)",
		list([
			"The quota is a token bucket that holds the requests of one second. A login has two requests, each of which takes 0.1 s, and `loginTimeoutMs` is 45 s: more than 2,800 logins cannot succeed in that time.",
			"The store is in memory, and each of its calls takes 2 ms. It is empty at the start. A process finds the tokens there, or waits for the one that signs in.",
			"The computed row has a formula. Without a store, the quota serves 120 × 47 requests until the last process gives up, which is enough for 2,820 logins at most. So the share that fails is a lower bound. Each process sends as many requests as in the largest simulation. With a store, every process waits as it does there.",
		]),
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
	programSizes: (rows) => [
		"What a program ships up to its first credentials",
		table(
			["", "bundle read at the start, kB", "gzip", "bundle in all", "files", "installed packages", "installed MB"],
			rows.map((row) => [
				row.name,
				...[row.bytes, row.gzipBytes, row.allBytes].map((bytes) => (bytes / 1000).toFixed(0)),
				row.allFiles,
				row.installedPackages,
				(row.installedBytes / 1e6).toFixed(1),
			]),
		),
		"The programs are those of the first section. The rest of a bundle is loaded on demand.",
	],
};

/** Formats all results in Markdown. */
export function markdown({ machine, dates = {}, ...results }) {
	const { node, cores, cpu, platform, packages } = machine;
	const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
	const parts = [
		`Node ${node}, ${cores} × ${cpu}, ${platform}; ${versions.join(", ")}.`,
		"Assumptions of the sections that start processes:",
		list(SURROUNDINGS),
	];
	for (const [name, chapter] of Object.entries(chapters)) {
		if (results[name] === undefined) continue;
		const [title, ...blocks] = chapter(results[name]);
		parts.push(`## ${title}`, ...blocks, `Measured ${dates[name]} UTC.`);
	}
	return `${parts.join("\n\n")}\n`;
}

/** Draws the plot for the README. */
export function plot({ machine, dates, firstCredentials, firstItem }) {
	const { rounds, delayMs, withoutDelay, withDelay } = firstCredentials;
	const isOurs = (name) => name.startsWith("ours");
	const at = (ms) => firstItem.delays.find(({ roundTripMs }) => roundTripMs === ms).contenders;
	const itemPanel = () => ({
		title: "Time from process start to first item of DynamoDB, over TLS",
		note: `Milliseconds. Upper bar: round trip of 40 ms; lower bar: 100 ms. Median of ${firstItem.rounds} processes in turn, ${dates.firstItem.slice(0, 10)}.`,
		unit: "",
		digits: 0,
		series: ["round trip of 40 ms", "round trip of 100 ms"],
		rows: at(40).map(({ name, ms }, i) => ({
			name,
			ours: isOurs(name),
			values: [ms.median, at(100)[i].ms.median],
		})),
	});
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
		...(firstItem === undefined ? [] : [itemPanel()]),
		{
			title: "Peak memory up to the first credentials",
			note: `MiB, resident. Node ${machine.node}, median of ${rounds} processes in turn, ${dates.firstCredentials.slice(0, 10)}.`,
			unit: "",
			digits: 0,
			series: [""],
			rows: withoutDelay.map(({ name, peakMiB }) => ({ name, ours: isOurs(name), values: [peakMiB.median] })),
		},
	]);
}

/** Numbers of processes that the curve shows. The others would be too close together. */
const IN_CURVE = new Set([1, 10, 100, 1000, 3000, 10_000, 100_000]);

/** Draws the load of a fleet at Cognito, with and without a store, for the documents. */
export function fleetCurve({ requestsPerSecond, rows }) {
	const shown = rows.filter(({ processes }) => IN_CURVE.has(processes));
	const line = (name, way, isBelow, value, label) => {
		const values = shown.map((row) => value(row[way], row));
		return { name, isBelow, values, labels: values.map((one, i) => label(one, shown[i])) };
	};
	const panel = (title, value, label, isLogarithmic = false) => ({
		title,
		isLogarithmic,
		lines: [line("with a store", "shared", true, value, label), line("without a store", "alone", false, value, label)],
	});
	return lineChart({
		title: "Processes of one user that sign in within a second",
		note: `Quota of ${requestsPerSecond} requests a second, simulated time. Hollow points are computed. Processes that fail give up after 45 s.`,
		axis: "processes",
		xs: shown.map(({ processes }) => processes),
		computed: shown.filter(({ isComputed }) => isComputed).map(({ processes }) => processes),
		panels: [
			panel("Requests at Cognito", ({ requests }) => requests, whole, true),
			panel(
				"The last process is signed in after, seconds",
				({ lastSeconds }) => lastSeconds,
				(seconds) => seconds.toFixed(1),
			),
			panel(
				"Processes that fail, %",
				({ failed }, { processes }) => (100 * failed) / processes,
				(share, { isComputed }) => `${isComputed && share > 0 ? "≥ " : ""}${share.toFixed(0)}`,
			),
		],
	});
}
