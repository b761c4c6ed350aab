// Writes the tables of the porting guide from packages/cli/src/port/rows.json, which `echostream port` reads too:
// npm run docs:porting. With --check it only fails when a document is out of date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";

const { tables } = JSON.parse(readFileSync(join(root, "packages/cli/src/port/rows.json"), "utf8"));
const isCheck = process.argv.includes("--check");
const folders = ["docs", "docs/porting"];
const documents = folders.flatMap((folder) =>
	readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".md") ? `${folder}/${name}` : [])),
);

const placed = new Set();
for (const document of documents) {
	const text = readFileSync(join(root, document), "utf8");
	const written = text.replace(
		/(?<=^<!-- table: (?!end -->)([^>\n]+) -->\n).*?(?=^<!-- table: end -->$)/gms,
		(_, id) => {
			const table = tables.find((one) => one.id === id);
			if (table?.document !== document) fail(`${document}: ${id} is not a table of this document in rows.json`);
			placed.add(id);
			return markdownOf(table);
		},
	);
	if (isCheck && written !== text) fail(`${document} is out of date: npm run docs:porting`);
	if (written !== text) writeFileSync(join(root, document), written);
}
for (const { id, document } of tables) if (!placed.has(id)) fail(`${document} has no place for the table ${id}`);

function markdownOf({ columns, rows }) {
	const lines = [
		[...columns, "verdict"],
		Array(columns.length + 1).fill("---"),
		...rows.map(({ cells, verdict }) => [...cells, verdict]),
	];
	return lines
		.map((cells) => `${cells.some((cell) => cell !== "---") ? `| ${cells.join(" | ")} |` : `|${cells.join("|")}|`}\n`)
		.join("");
}

function fail(message) {
	console.error(message);
	process.exit(1);
}
