import { lstatSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./contenders.mjs";

/** Installs a package.json in a new project in `folder`, and returns the number of packages and their size. */
export function installationSize(manifest, folder) {
	const project = mkdtempSync(join(folder, "project-"));
	writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, ...manifest }));
	npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--omit=peer"], project);
	const entries = readdirSync(join(project, "node_modules"), { recursive: true }).map(String);
	const stats = entries.map((path) => [path, lstatSync(join(project, "node_modules", path))]);
	const installedPackages = entries.filter((path) =>
		/(^|node_modules\/)(@[^/]+\/)?[^@./][^/]*\/package\.json$/.test(path.replaceAll("\\", "/")),
	);
	return {
		installedPackages: installedPackages.length,
		installedBytes: stats.reduce((sum, [, stat]) => sum + (stat.isFile() ? stat.size : 0), 0),
	};
}
