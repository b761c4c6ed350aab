// npm run docs:runs: runs `npm run test:package`, `npm run test:browser` and `npm run matrix portable`, records with which versions of
// runtimes and tools they passed in docs/runs.json, and writes the table of README.md. Takes about a quarter of an hour. Arguments limit it:
// `npm run docs:runs -- test:package`. The others keep what they recorded before.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./packages.mjs";
import { writeTables } from "./tables.mjs";

const COMMANDS = { "test:package": [], "test:browser": [], matrix: ["portable"] };
const FILE = join(root, "docs/runs.json");

const requested = process.argv.slice(2);
const chosen = requested.length > 0 ? requested : Object.keys(COMMANDS);
const recorded = JSON.parse(readFileSync(FILE, "utf8"));
for (const command of chosen) {
	const folder = mkdtempSync(join(tmpdir(), "runs-"));
	const { status } = spawnSync("npm", ["run", command, ...COMMANDS[command]], {
		cwd: root,
		env: { ...process.env, RUNS_FOLDER: folder },
		shell: process.platform === "win32",
		stdio: "inherit",
	});
	if (status !== 0) process.exitCode = 1;
	recorded[command] = { date: new Date().toISOString().slice(0, 10), passed: read(folder) };
	rmSync(folder, { recursive: true });
}
writeFileSync(FILE, `${JSON.stringify(recorded, undefined, "\t")}\n`);
writeTables({ from: "docs/runs.json" });

/** What was recorded, each once, as `{ kind: { name: [version, ...] } }`. */
function read(folder) {
	const all = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
	const kinds = {};
	for (const { kind, name, version } of all.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))) {
		kinds[kind] ??= {};
		kinds[kind][name] = [...new Set([...(kinds[kind][name] ?? []), version])];
	}
	return kinds;
}

function compare(a, b) {
	return a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
}
