import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cleanEnvironment } from "./clean-environment.mjs";

/** A loader hook records the ES modules, and Node's cache the CommonJS modules. */
const observer = (list) => `
import { appendFileSync } from "node:fs";
import { createRequire, register } from "node:module";
const hook = ${JSON.stringify(`import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
	if (url.startsWith("file:")) appendFileSync(${JSON.stringify(list)}, url + "\\n");
	return next(url, context);
}`)};
register("data:text/javascript," + encodeURIComponent(hook));
const { cache } = createRequire(${JSON.stringify(list)});
process.on("exit", () => appendFileSync(${JSON.stringify(list)}, Object.keys(cache).map((path) => "file://" + path + "\\n").join("")));
`;

/** The files that Node loads to run `program`, an ES module in `folder`, without those of this script. */
export function loadedFiles(program, { folder, env = {} }) {
	const scratch = mkdtempSync(join(tmpdir(), "loaded-files-"));
	const list = join(scratch, "list");
	try {
		writeFileSync(list, "");
		writeFileSync(join(scratch, "observer.mjs"), observer(list));
		const observed = ["--import", pathToFileURL(join(scratch, "observer.mjs")).href];
		execFileSync(process.execPath, [...observed, "--input-type=module", "--eval", program], {
			cwd: folder,
			env: cleanEnvironment(env),
			stdio: ["ignore", "ignore", "inherit"],
		});
		return [...new Set(readFileSync(list, "utf8").trim().split("\n"))].filter((url) => url !== "");
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}
