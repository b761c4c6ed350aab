// npm run bench: measures this package beside others, and writes bench/results.json, bench/results.md and
// docs/benchmark.svg.
//
//   --quick        few rounds, to test the benchmark itself
//   --python       create a Python environment with the original first, in bench/.python
//   --only a,b     these sections only; the others keep their previous results
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdown, plot } from "./report.mjs";
import { runSection } from "./section.mjs";

const { values } = parseArgs({
	options: { quick: { type: "boolean" }, python: { type: "boolean" }, only: { type: "string" } },
});
const quick = values.quick === true;

const sections = {
	firstCredentials: [
		"first-credentials.mjs",
		"measureFirstCredentials",
		{ rounds: quick ? 3 : 25, delayMs: 40, python: values.python === true },
	],
	loginArithmetic: ["login-arithmetic.mjs", "measureLoginArithmetic", { rounds: quick ? 5 : 40 }],
	readingCredentials: ["reading-credentials.mjs", "measureReadingCredentials", { rounds: quick ? 3 : 25 }],
	signedRequest: ["signed-request.mjs", "measureSignedRequest", { requests: quick ? 500 : 6000 }],
	callersAtOnce: ["callers-at-once.mjs", "measureCallersAtOnce", {}],
	hostileResponses: ["hostile-responses.mjs", "measureHostileResponses", { rounds: quick ? 1 : 5 }],
	growth: ["growth.mjs", "measureGrowth", { largest: quick ? 100 : 1000 }],
	refreshUnderLoad: [
		"refresh-under-load.mjs",
		"measureRefreshUnderLoad",
		quick ? { blocks: 2, blockSeconds: 3 } : { blocks: 10, blockSeconds: 6 },
	],
	packageSizes: ["package-sizes.mjs", "measurePackageSizes", {}],
};

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const wanted = values.only?.split(",") ?? Object.keys(sections);
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0) throw new Error(`No such section: ${unknown}. There are ${Object.keys(sections)}`);

const former = existsSync(path("results.json")) ? JSON.parse(readFileSync(path("results.json"), "utf8")) : {};
const results = { ...(values.only === undefined ? {} : former), machine: machine() };
for (const name of wanted) {
	console.error(`Measuring ${name} ...`);
	results[name] = await runSection(...sections[name]);
	results.dates = { ...results.dates, [name]: new Date().toISOString().slice(0, 16) };
}
writeFileSync(path("results.json"), `${JSON.stringify(results, rounded, "\t")}\n`);
writeFileSync(path("results.md"), markdown(results));
if (results.firstCredentials !== undefined) writeFileSync(path("../docs/benchmark.svg"), plot(results));
console.log(markdown(results));
const { longestMs = 0, limitMs = 0 } = (wanted.includes("hostileResponses") && results.hostileResponses) || {};
if (longestMs > limitMs) {
	console.error(`A response stopped the event loop for ${longestMs.toFixed(0)} ms: at most ${limitMs} ms are allowed`);
	process.exitCode = 1;
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
		},
	};
}

function rounded(_, value) {
	return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
