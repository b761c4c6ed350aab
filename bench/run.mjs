// npm run bench: measures this package beside others, and writes bench/results.json, bench/results.md, docs/benchmark.svg,
// docs/first-item-timeline.svg, docs/fleet-curve.svg, and the tables of README.md and docs/compared.md.
//
//   --quick        few rounds, to test the benchmark itself
//   --python       create a Python environment with the original first, in bench/.python
//   --only a,b     these sections only; the others keep their previous results
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeTables } from "../scripts/tables.mjs";
import { pinned, prepareContenders } from "./contenders.mjs";
import { pythonWithOriginal } from "./original.mjs";
import { fleetCurve, markdown, plot } from "./report.mjs";
import { runSection } from "./section.mjs";
import { timeline } from "./timeline.mjs";

const { values } = parseArgs({
	options: { quick: { type: "boolean" }, python: { type: "boolean" }, only: { type: "string" } },
});
const quick = values.quick === true;

/** Module, export and options of each section. */
const sections = {
	firstCredentials: ["first-credentials.mjs", "measureFirstCredentials", { rounds: quick ? 3 : 25, delayMs: 40 }],
	firstItem: [
		"first-item.mjs",
		"measureFirstItem",
		{ rounds: quick ? 1 : 11, roundTripsMs: [0, 40, 100], timelineAtMs: 40 },
	],
	firstItemFromStore: [
		"first-item-from-store.mjs",
		"measureFirstItemFromStore",
		{ rounds: quick ? 1 : 25, roundTripsMs: [0, 40] },
	],
	commandLine: ["command-line.mjs", "measureCommandLine", { rounds: quick ? 2 : 40 }],
	lambda: ["lambda.mjs", "measureLambda", { rounds: quick ? 1 : 7, roundTripMs: 40, frozenMs: 300 }],
	loginArithmetic: ["login-arithmetic.mjs", "measureLoginArithmetic", { rounds: quick ? 5 : 40 }],
	readingCredentials: ["reading-credentials.mjs", "measureReadingCredentials", { rounds: quick ? 3 : 25 }],
	signedRequest: [
		"signed-request.mjs",
		"measureSignedRequest",
		{ rounds: quick ? 1 : 20, requests: quick ? 500 : 3000 },
	],
	callersAtOnce: ["callers-at-once.mjs", "measureCallersAtOnce", {}],
	hostileResponses: ["hostile-responses.mjs", "measureHostileResponses", { rounds: quick ? 1 : 5 }],
	growth: ["growth.mjs", "measureGrowth", { largest: quick ? 100 : 1000 }],
	signInAtScale: [
		"sign-in-at-scale.mjs",
		"measureSignInAtScale",
		{ sessions: quick ? 100 : 1000, rounds: quick ? 1 : 5 },
	],
	throttledLogins: [
		"throttled-logins.mjs",
		"measureThrottledLogins",
		{
			sizes: quick ? [1, 10] : [1, 10, 100, 400, 1000, 2000, 3000, 5000, 10000],
			onPaper: [100_000],
			requestsPerSecond: 120,
		},
	],
	refreshUnderLoad: [
		"refresh-under-load.mjs",
		"measureRefreshUnderLoad",
		quick ? { blocks: 2, blockSeconds: 3 } : { blocks: 10, blockSeconds: 6 },
	],
	packageSizes: ["package-sizes.mjs", "measurePackageSizes", {}],
	programSizes: ["program-sizes.mjs", "measureProgramSizes", {}],
};

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const wanted = values.only?.split(",") ?? Object.keys(sections);
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0) throw new Error(`No such section: ${unknown}. There are ${Object.keys(sections)}`);

const former = existsSync(path("results.json")) ? JSON.parse(readFileSync(path("results.json"), "utf8")) : {};
const results = { ...(values.only === undefined ? {} : former), machine: machine() };
const withContenders = ["firstCredentials", "firstItem", "firstItemFromStore", "lambda", "programSizes"];
const contenders = withContenders.some((name) => wanted.includes(name)) ? await prepare() : undefined;
for (const name of wanted) {
	console.error(`Measuring ${name} ...`);
	const [module, measure, options] = sections[name];
	results[name] = await runSection(module, measure, { ...options, ...contenders?.options });
	results.dates = { ...results.dates, [name]: new Date().toISOString().slice(0, 16) };
}
contenders?.remove();
writeFileSync(path("results.json"), `${JSON.stringify(results, rounded, "\t")}\n`);
writeFileSync(path("results.md"), markdown(results));
if (results.firstCredentials !== undefined && results.programSizes !== undefined)
	writeTables({ from: "bench/results.json" });
if (results.firstCredentials !== undefined) writeFileSync(path("../docs/benchmark.svg"), plot(results));
if (wanted.includes("firstItem"))
	writeFileSync(path("../docs/first-item-timeline.svg"), timeline(results.firstItem.timeline));
if (wanted.includes("throttledLogins"))
	writeFileSync(path("../docs/fleet-curve.svg"), fleetCurve(results.throttledLogins));
console.log(markdown(results));
const { longestMs = 0, limitMs = 0 } = (wanted.includes("hostileResponses") && results.hostileResponses) || {};
if (longestMs > limitMs) {
	console.error(`A response stopped the event loop for ${longestMs.toFixed(0)} ms: at most ${limitMs} ms are allowed`);
	process.exitCode = 1;
}

/** Installs and bundles the programs that sections compare. npm and pip need the variables that sections run without. */
async function prepare() {
	const python = pythonWithOriginal({ make: values.python === true });
	if (python === undefined) console.error("Without the Python original: no Python has it (npm run bench -- --python)");
	const { programs, folder, remove } = await prepareContenders();
	return { options: { programs, folder, python }, remove };
}

function machine() {
	const require = createRequire(import.meta.url);
	const version = (name) => JSON.parse(readFileSync(path(`../node_modules/${name}/package.json`), "utf8")).version;
	const compared = [
		"@aws-sdk/client-cognito-identity-provider",
		"@apollo/client",
		"aws-appsync-auth-link",
		"cognito-srp-helper",
		"amazon-cognito-identity-js",
		"@aws-sdk/client-dynamodb",
		"esbuild",
	];
	return {
		node: process.versions.node,
		platform: `${process.platform} ${process.arch}`,
		cpu: cpus()[0]?.model.trim() ?? "unknown processor",
		cores: availableParallelism(),
		packages: {
			"echostream-botocore": require("../package.json").version,
			...Object.fromEntries(compared.map((name) => [name, version(name)])),
			"aws-amplify": pinned("aws-amplify").split("@")[1],
		},
	};
}

function rounded(_, value) {
	return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
