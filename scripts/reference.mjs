// Writes docs/reference from the doc comments with TypeDoc. --check fails if it is out of date. A broken link, or a link to a name
// that is not exported, fails both.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const REFERENCE = "docs/reference";
const isChecking = process.argv.includes("--check");
const fresh = isChecking ? mkdtempSync(join(tmpdir(), "reference-")) : `${REFERENCE}.${process.pid}.tmp`;
process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));

const typedoc = ["node_modules/typedoc/bin/typedoc", "--out", fresh, "--logLevel", "Warn"];
const { status } = spawnSync(process.execPath, typedoc, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

if (isChecking) {
	const [old, now] = [pages(REFERENCE), pages(fresh)];
	const differing = [...new Set([...old.keys(), ...now.keys()])].filter((page) => old.get(page) !== now.get(page));
	for (const page of differing) console.error(`Out of date: ${REFERENCE}/${page}`);
	if (differing.length > 0) {
		console.error("Run `npm run docs`, and commit what it writes.");
		process.exitCode = 1;
	}
} else {
	rmSync(REFERENCE, { recursive: true, force: true });
	renameSync(fresh, REFERENCE);
}

function pages(folder) {
	if (!existsSync(folder)) return new Map();
	const names = readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
	return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
