import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Records that something passed with a tool in this version, for the table of README.md. Does nothing unless `npm run docs:runs` runs,
 * which sets the folder.
 */
export function record(kind, name, version) {
	const { RUNS_FOLDER } = process.env;
	if (RUNS_FOLDER === undefined) return;
	writeFileSync(join(RUNS_FOLDER, `${randomUUID()}.json`), JSON.stringify({ kind, name, version }));
}
