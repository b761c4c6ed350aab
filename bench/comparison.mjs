/** Each way to the first credentials: its title in the documents, and its names in the results. */
const WAYS = [
	["a bare script", "floor"],
	["**this library**", "ours"],
	["by hand, with `amazon-cognito-identity-js` and `fetch`", "amazon-cognito-identity-js"],
	["by hand, with the AWS SDK and Apollo", "by hand: SDK, Apollo"],
	["Amplify", "Amplify"],
	["Python original", "Python original"],
];

/** The table of docs/compared.md, from the results of the benchmark. */
export function comparisonTable({ machine, dates, firstCredentials, programSizes }) {
	const { delayMs, withoutDelay, withDelay } = firstCredentials;
	const named = (rows, name) => rows.find((row) => row.name === name);
	const median = (rows, name, value) => named(rows, name)?.[value].median;
	const number = (value, digits) => (value === undefined ? "" : value.toFixed(digits));
	const rows = WAYS.map(([title, name]) => {
		const ways = named(withoutDelay, name) === undefined ? [`${name}, bundled`, `${name}, installed`] : [name];
		const each = (value) => ways.map(value).join(" / ");
		const size = named(programSizes, name);
		return [
			title,
			named(withoutDelay, ways[0]).requests,
			each((way) => number(median(withoutDelay, way, "ratio"), 2)),
			each((way) => number(median(withDelay, way, "ratio"), 2)),
			each((way) => number(median(withoutDelay, way, "peakMiB"), 0)),
			size === undefined ? "" : `${number(size.bytes / 1000, 0)} (${number(size.gzipBytes / 1000, 0)})`,
			size === undefined ? "" : number(size.allBytes / 1000, 0),
			size === undefined ? "" : `${size.installedPackages}, ${number(size.installedBytes / 1e6, 1)} MB`,
		];
	});
	const head = [
		"bundled / installed",
		"requests",
		"time",
		`time, ${delayMs} ms per request`,
		"peak memory, MiB",
		"bundle loaded at the start, kB (gzip)",
		"whole bundle, kB",
		"installed packages",
	];
	const lines = [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((row) => `| ${row.join(" | ")} |`);
	const { node, cores, packages } = machine;
	const others = ["amazon-cognito-identity-js", "aws-amplify", "cognito-srp-helper", "@apollo/client"];
	const versions = others.map((name) => `${name} ${packages[name]}`).join(", ");
	return `${lines.join("\n")}\n\nMeasured ${dates.firstCredentials.slice(0, 10)} with Node ${node} on ${cores} cores, ${versions}.`;
}

/** The table in README.md. */
export function performanceTable({ firstCredentials: { delayMs, withoutDelay, withDelay } }) {
	const rows = [
		["the bare script", "floor"],
		["**this library, bundled**", "ours, bundled"],
		["**this library, installed**", "ours, installed"],
		["amazon-cognito-identity-js and fetch, bundled", "amazon-cognito-identity-js, bundled"],
		["Amplify, bundled", "Amplify, bundled"],
		[
			"the AWS SDK, cognito-srp-helper, Apollo and its auth link, combined by hand, bundled",
			"by hand: SDK, Apollo, bundled",
		],
		["the Python original, which sends one more request", "Python original"],
	].map(([title, name]) => {
		const [near, far] = [withoutDelay, withDelay].map((results) => results.find((row) => row.name === name));
		const figures = [
			near.ratio.median.toFixed(2),
			far.ratio.median.toFixed(2),
			`${near.peakMiB.median.toFixed(0)} MiB`,
		];
		return [title, ...figures.map((figure) => (name.startsWith("ours") ? `**${figure}**` : figure))];
	});
	const head = ["", "no network delay", `${delayMs} ms per request`, "peak memory"];
	const lines = [head, ["---", "--:", "--:", "--:"], ...rows].map((row) => `| ${row.join(" | ")} |`);
	return lines
		.join("\n")
		.replace(/^\| {2}\|/, "| |")
		.replace("| --- | --: | --: | --: |", "|---|--:|--:|--:|");
}
