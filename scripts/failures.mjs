// npm run docs:failures: runs the matrix of outages and 400 simulated days of them, writes the results to docs/failures.json, and
// the tables to docs/failures.md. --check only compares the tables with the results. --render only writes them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureTables } from "./failure-tables.mjs";

const root = new URL("../", import.meta.url);
const RESULTS = new URL("docs/failures.json", root);
const DOCUMENT = new URL("docs/failures.md", root);

/** Runs tests that write their results, and returns those by the name of the file, and the exit code. */
export function runOutageTests(pattern, variables = {}) {
	const folder = mkdtempSync(join(tmpdir(), "failures-"));
	const jest = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", "--expose-gc"];
	const argv = ["node_modules/jest/bin/jest.js", "--selectProjects", "sources", "--config", "jest.config.mjs", pattern];
	const env = { ...process.env, REPORT_FOLDER: folder, ...variables };
	const stdio = ["ignore", "ignore", "inherit"];
	const { status } = spawnSync(process.execPath, [...jest, ...argv], { cwd: fileURLToPath(root), env, stdio });
	const results = {};
	for (const name of readdirSync(folder)) {
		results[name.replace(/\.json$/, "")] = JSON.parse(readFileSync(join(folder, name), "utf8"));
	}
	rmSync(folder, { recursive: true });
	return { results, status: status ?? 1 };
}

/** Adds results to docs/failures.json, and writes the tables. */
export function writeResults({ matrix, soak }) {
	const before = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
	const results = {
		matrix: sorted({ ...before.matrix, ...matrix }),
		soak: sorted({ ...before.soak, ...soak }),
	};
	writeFileSync(RESULTS, `${JSON.stringify(results, undefined, "\t")}\n`);
	writeFileSync(DOCUMENT, rendered(results));
}

/** An object whose keys are in order, so that a file does not depend on which test ends first. */
function sorted(object) {
	return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The document with the tables of these results. */
function rendered(results) {
	let text = readFileSync(DOCUMENT, "utf8");
	for (const [name, table] of Object.entries(failureTables(results))) {
		const [start, end] = [`<!-- ${name}: written by \`npm run docs:failures\` -->`, `<!-- ${name}: end -->`];
		const [before, rest] = text.split(start);
		const after = rest?.split(end)[1];
		if (after === undefined) throw new Error(`docs/failures.md has no place for the table ${name}`);
		text = `${before}${start}\n\n${table}\n\n${end}${after}`;
	}
	return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	if (process.argv.includes("--check")) {
		const isCurrent = rendered(JSON.parse(readFileSync(RESULTS, "utf8"))) === readFileSync(DOCUMENT, "utf8");
		if (!isCurrent)
			console.error("Out of date: docs/failures.md. Run `npm run docs:failures`, and commit what it writes.");
		process.exitCode = isCurrent ? 0 : 1;
	} else if (process.argv.includes("--render")) {
		writeResults({});
	} else {
		const { results, status } = runOutageTests("sessions/(outages-of|soak)");
		const { soak, ...matrix } = results;
		writeResults({ matrix, soak: { simulated: soak } });
		if (status !== 0) console.error("Some tests failed. Run `npm test -- outages-of soak` to see which.");
		process.exitCode = status;
	}
}
