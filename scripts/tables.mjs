// Writes the tables of README.md and docs/compared.md that come from recorded results: npm run docs:tables. With --check it only fails
// when one is out of date. `npm run bench` records bench/results.json, and `npm run docs:runs` docs/runs.json.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { comparisonTable, performanceTable } from "../bench/comparison.mjs";
import { root } from "./packages.mjs";
import { runsTable } from "./runs-table.mjs";

const TABLES = [
	{ document: "README.md", name: "performance", from: "bench/results.json", write: performanceTable },
	{ document: "README.md", name: "runs", from: "docs/runs.json", write: runsTable },
	{ document: "docs/compared.md", name: "comparison", from: "bench/results.json", write: comparisonTable },
];

/** Writes every table, or only those that come from one file of results. Returns the documents that were out of date. */
export function writeTables({ from, isCheck = false } = {}) {
	const chosen = TABLES.filter((one) => from === undefined || one.from === from);
	return chosen.flatMap(({ document, name, from: results, write }) => {
		const file = join(root, document);
		const text = readFileSync(file, "utf8");
		const [start, end] = [`<!-- ${name}: written by \`npm run docs:tables\` -->`, `<!-- ${name}: end -->`];
		const [before, rest] = text.split(start);
		const after = rest?.split(end)[1];
		if (after === undefined) throw new Error(`${document} has no place for the table ${name}`);
		const written = `${before}${start}\n\n${write(JSON.parse(readFileSync(join(root, results), "utf8")))}\n\n${end}${after}`;
		if (written === text) return [];
		if (!isCheck) writeFileSync(file, written);
		return [document];
	});
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const isCheck = process.argv.includes("--check");
	const changed = writeTables({ isCheck });
	for (const document of isCheck ? changed : []) {
		console.error(`Out of date: ${document}. Run \`npm run docs:tables\`, and commit what it writes.`);
		process.exitCode = 1;
	}
}
