import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./workflow-files.ts";

export interface Document {
	/** Its path from the root. */
	readonly path: string;
	readonly text: string;
}

/** The documents that are written by hand: those of the root, of `docs/`, of the examples and of the packages. */
export function documents(): Document[] {
	const folders = ["docs", "examples", "packages"].filter((folder) => existsSync(ROOT + folder));
	const paths = [
		...readdirSync(ROOT),
		...folders.flatMap((folder) =>
			readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
		),
	].map((path) => path.replaceAll("\\", "/"));
	const written = paths.filter(
		(path) => path.endsWith(".md") && !/^docs\/(api|reference)\/|\b(node_modules|dist)\//.test(path),
	);
	return written.map((path) => ({ path, text: readFileSync(ROOT + path, "utf8") }));
}

/** The links of a document to files, or headings of files, that do not exist. */
export function deadLinks({ path, text }: Document): string[] {
	const targets = [...withoutFences(text).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)/g)].map(
		([, target = ""]) => target,
	);
	return targets.filter((target) => {
		const [file = "", heading] = target.split("#");
		const found = file === "" ? path : join(dirname(path), file);
		if (!existsSync(ROOT + found)) return true;
		return heading !== undefined && !anchorsOf(readFileSync(ROOT + found, "utf8")).includes(heading);
	});
}

/** The paths that a document names as code, such as `src/index.ts` or `docs/*.md`, and that do not exist. */
export function deadPaths({ text }: Document): string[] {
	const spans = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
	return spans.filter((span) => isPath(span) && !exists(span));
}

/** The npm scripts that a document names. */
export function npmScripts({ text }: Document): string[] {
	const named = [...text.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)];
	return named.map(([, script, short]) => script ?? short ?? "");
}

// Not in the repository: what a build, an installation or a release makes.
const MADE = ["dist", "node_modules", "release", ".python-env"];

function isPath(span: string): boolean {
	const [first = "", ...rest] = span.split("/");
	if (!/^[\w.@*-][\w.@*/-]*$/.test(span) || MADE.includes(first)) return false;
	return rest.length > 0 ? existsSync(ROOT + first) : /^[\w.-]+\.(json|mjs|ya?ml|md|ts)$/.test(span);
}

function exists(path: string): boolean {
	const [folder = "", pattern] = /^(.*\/)([^/]*\*[^/]*)$/.exec(path)?.slice(1) ?? [path];
	if (!existsSync(ROOT + folder)) return false;
	const name = new RegExp(`^${pattern?.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
	return pattern === undefined || readdirSync(ROOT + folder).some((file) => name.test(file));
}

/** The names by which the headings of a document are linked. */
function anchorsOf(text: string): string[] {
	const headings = [...withoutFences(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
	const slugs = headings.map((heading) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, "")
			.replaceAll(" ", "-"),
	);
	const anchors = [...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = ""]) => id);
	return [...slugs, ...anchors];
}

function withoutFences(text: string): string {
	return text.replace(/^```.*?^```/gms, "");
}
