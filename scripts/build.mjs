// Builds every package. TypeScript checks the sources and emits the declarations, which become one file for each entry. esbuild bundles
// each entry into one file, with shared code in separate files, because Node takes longer to find forty small modules than to read them.
// The same files are converted to CommonJS. Dependencies are not bundled, except for what is COPIED, and nothing is minified. Maps lead
// from all of them to the sources, which are published too. The old build stays in place until the new one is complete.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import remapping from "@jridgewell/remapping";
import { build } from "esbuild";
import {
	commandsOf,
	entriesOf,
	isCopied,
	manifestIn,
	moduleOnlyEntriesOf,
	ON_DEMAND,
	packages,
	root,
	sourceOf,
} from "./packages.mjs";
import { writeTypes } from "./published-types.mjs";

/** The modules with a variant for browsers: files of their own, chosen by the nearest package.json, the one of each format. */
const IMPORTS = {
	"#config-files": { browser: "./platform/config-files.browser.js", default: "./platform/config-files.js" },
	"#request-handler": { browser: "./platform/request-handler.browser.js", default: "./platform/request-handler.js" },
};

/** Leaves all packages as imports, except for those that are copied. An import of which nothing is used is dropped. */
const externalPackages = (manifest) => ({
	name: "external-packages",
	setup({ onResolve }) {
		onResolve({ filter: /^[^./]/ }, ({ importer, kind, path }) => {
			const isInCopy = /[\\/]node_modules[\\/]/.test(importer) && !isBuiltin(path);
			// What a copied package imports on demand is in parts of it that are not used.
			const isUnused = isInCopy && kind === "dynamic-import";
			if (kind === "entry-point" || (!isUnused && (isCopied(manifest, path) || isInCopy))) return undefined;
			return { path, external: true, sideEffects: false };
		});
	},
});

/** Packages that a copied one loads, and that the local tenant does not need: the database on disk of dynalite, a native module. */
const UNUSED = /^level$/;

/** Makes `require` in copied packages work in ES modules, and leaves out what is not needed. */
const copiedCommonJs = {
	name: "copied-commonjs",
	setup({ onLoad, onResolve }) {
		onResolve({ filter: /^[^./]/ }, ({ kind, path }) => {
			if (UNUSED.test(path)) return { path, namespace: "unused" };
			if (kind === "require-call" && isBuiltin(path)) return { path, namespace: "builtin" };
			return undefined;
		});
		onLoad({ filter: /./, namespace: "unused" }, () => ({ contents: "module.exports = {}" }));
		onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
			contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
		}));
	},
};

/**
 * Entries with a copy of what they share with others. Otherwise that code would be in a file of its own, which every program that
 * uses the others loads too.
 */
const ALONE = new Set(["src/stores.ts", "src/platform/config-files.ts"]);

const onDemand = {
	name: "on-demand",
	setup({ onResolve }) {
		onResolve({ filter: /^\.\/run\.ts$/ }, ({ kind }) =>
			kind === "dynamic-import" ? { path: "./run.js", external: true } : undefined,
		);
	},
};

/** The file with the licenses of what was copied. */
const NOTICES = "THIRD-PARTY-NOTICES.txt";

/** Maps without the sources, which the package contains. */
const MAPS = { sourcemap: "linked", sourcesContent: false };

/** How entries are bundled. */
const BUNDLES = {
	outbase: "src",
	bundle: true,
	splitting: true,
	conditions: ["module"],
	mainFields: ["module", "main"],
	platform: "neutral",
	format: "esm",
	target: "es2022",
	// Other packages stay imports, although tsconfig.json leads esbuild to their sources.
	tsconfigRaw: {},
	// Parts that the package does not export.
	alias: { "fauxqs/dist": join(root, "node_modules/fauxqs/dist") },
	chunkNames: "shared-[hash]",
	metafile: true,
	logLevel: "warning",
};

/** The pages that a package serves to browsers. */
const CONSOLE = "src/console";

/** How the command of a package without entries is bundled: as CommonJS, which Node 20 loads in a third less time than ES modules. */
const COMMAND = {
	...BUNDLES,
	splitting: false,
	platform: "node",
	format: "cjs",
};

for (const { folder, manifest } of packages) await buildPackage(folder, manifest);

async function buildPackage(folder, manifest) {
	const output = join(folder, `dist.${process.pid}.tmp`);
	process.on("exit", () => rmSync(output, { recursive: true, force: true }));
	const plugins = [copiedCommonJs, externalPackages(manifest)];
	const imports = manifest.name === "echostream-botocore" ? IMPORTS : {};
	const variants = Object.values(imports).flatMap(Object.values);
	const entries = entriesOf(manifest).map(([, source]) => source);

	const declarations = join(output, "declarations");
	compile(folder, declarations);
	const commands = commandsOf(manifest);
	const isCommand = entries.length === 0;
	const sources = [...entries, ...variants.map(sourceOf)];
	const together = [...sources.filter((source) => !ALONE.has(source)), ...(isCommand ? [ON_DEMAND] : commands)];
	const alone = sources.filter((source) => ALONE.has(source));
	const copied = [];
	/** The names that each entry exports at run time. */
	const values = new Map();
	// The entries that are alone come first, so that the others import their types from them.
	for (const entryPoints of [...alone.map((entry) => [entry]), together]) {
		const { metafile } = await build({
			...BUNDLES,
			...(isCommand ? {} : MAPS),
			plugins,
			absWorkingDir: folder,
			entryPoints,
			outdir: join(output, "esm"),
		});
		for (const [file, { entryPoint, exports, inputs }] of Object.entries(metafile.outputs)) {
			copied.push(...addNotice(folder, file, inputs));
			if (entries.includes(entryPoint)) values.set(entryPoint, exports);
		}
	}
	// Those of a command are not final: as modules of Node, they would get the default exports of packages in another form.
	writeManifest(join(output, "esm"), { type: isCommand ? "commonjs" : "module", imports });
	if (copied.some((path) => !path.includes("@smithy"))) writeNotices(output, copied);
	if (isCommand) {
		const outdir = join(output, "cjs");
		await convertToCommonJs(output, [], {});
		rmSync(join(output, "esm"), { recursive: true });
		await build({ ...COMMAND, plugins: [onDemand, ...plugins], absWorkingDir: folder, entryPoints: commands, outdir });
		writeManifest(outdir, { type: "commonjs", imports });
	} else {
		await convertToCommonJs(output, [...commands, ...moduleOnlyEntriesOf(manifest)]);
		writeManifest(join(output, "cjs"), { type: "commonjs", imports });
		await writeTypes({
			declarations,
			entries: [...alone, ...together]
				.filter((source) => values.has(source))
				.map((source) => ({ source, values: values.get(source) })),
			optional: Object.keys(manifest.peerDependenciesMeta ?? {}),
			output: join(output, "esm"),
		});
		copyTypes(output);
	}
	rmSync(declarations, { recursive: true });
	if (existsSync(join(folder, CONSOLE))) await buildConsole(join(folder, CONSOLE), join(output, "console"));
	rmSync(join(folder, "dist"), { recursive: true, force: true });
	renameSync(output, join(folder, "dist"));
}

/** Names the packages of which a file contains a copy, as their license requires. Returns their folders. */
function addNotice(folder, file, inputs) {
	const used = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0);
	const folders = used.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
	const copied = [...new Set(folders)].map((path) => join(folder, path));
	if (copied.length === 0) return [];
	const names = copied.map(titleOf);
	const path = join(folder, file);
	writeFileSync(
		path,
		`/*! Contains parts of ${names.sort().join(", ")}. ${noticeOf(copied)} */\n${readFileSync(path, "utf8")}`,
	);
	if (existsSync(`${path}.map`)) adaptMap(`${path}.map`);
	return copied;
}

/** Leaves copied packages out of a map, because their sources are not published. Moves the rest down, below the notice. */
function adaptMap(path) {
	const nothing = { version: 3, mappings: "", names: [], sources: [] };
	const map = remapping(JSON.parse(readFileSync(path, "utf8")), (source) =>
		/node_modules|^[a-z]+:/.test(source) ? nothing : null,
	);
	writeFileSync(path, JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
}

/** Name, version and license of a package. */
function titleOf(path) {
	const { license, name, version } = manifestIn(path);
	return `${name} ${version} (${license.type ?? license})`;
}

function noticeOf(copied) {
	const areOfAmazon = copied.every((path) => path.includes("@smithy"));
	return areOfAmazon ? "Copyright Amazon.com, Inc. or its affiliates." : `Their licenses are in ${NOTICES}.`;
}

/** Writes the licenses of the packages of which files contain a copy. */
function writeNotices(output, copied) {
	const texts = [...new Set(copied)].sort().map((path) => {
		const { author } = manifestIn(path);
		const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
		const text = file === undefined ? `Copyright ${author.name}` : readFileSync(join(path, file), "utf8");
		return `${titleOf(path)}\n\n${text.trim()}\n`;
	});
	const heading = "This package contains copies of parts of the following packages.\n";
	writeFileSync(join(output, NOTICES), [heading, ...texts].join(`\n${"-".repeat(80)}\n\n`));
}

/** Converts the bundled ES modules, without these, to CommonJS: file by file, so that both formats share code in the same way. */
async function convertToCommonJs(output, without, maps = MAPS) {
	const files = readdirSync(join(output, "esm"), { encoding: "utf8", recursive: true });
	const modules = files.filter((file) => file.endsWith(".js") && !without.includes(sourceOf(file)));
	await build({
		absWorkingDir: output,
		entryPoints: modules.map((file) => join("esm", file)),
		outdir: "cjs",
		outbase: "esm",
		...maps,
		format: "cjs",
		// For the names of the exports, which Node's ES modules find in a comment.
		platform: "node",
		target: "es2022",
		// A module that needs its place uses `__filename` there.
		logOverride: { "empty-import-meta": "silent" },
		// Test runners for CommonJS, such as jest, have no `import()`.
		supported: { "dynamic-import": false },
		tsconfigRaw: {},
		logLevel: "warning",
	});
}

/** Bundles the pages of a package: its scripts into one file, and the others as they are. */
async function buildConsole(folder, outdir) {
	await build({
		absWorkingDir: folder,
		entryPoints: ["console.ts", "console.css", "index.html"],
		outdir,
		bundle: true,
		format: "esm",
		target: "es2022",
		loader: { ".html": "copy" },
		// The license of the library that lays out the network, which is copied.
		banner: { js: readFileSync(join(root, "node_modules/@dagrejs/dagre/dist/dagre.esm.js.LEGAL.txt"), "utf8") },
		tsconfigRaw: {},
		logLevel: "warning",
	});
}

/** Checks the sources, and writes the declarations of each. */
function compile(folder, outDir) {
	const tsc = join(root, "node_modules/@typescript/native/bin/tsc");
	const args = [
		"-p",
		join(folder, "tsconfig.build.json"),
		"--emitDeclarationOnly",
		"--declarationMap",
		"--outDir",
		outDir,
	];
	const { status } = spawnSync(process.execPath, [tsc, ...args], { stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}

/** Copies the types of the ES modules for CommonJS: the nearest package.json gives them their format. */
function copyTypes(output) {
	const files = readdirSync(join(output, "esm"), { encoding: "utf8", recursive: true });
	const types = files.filter((file) => /\.d\.ts(\.map)?$/.test(file));
	for (const file of types) cpSync(join(output, "esm", file), join(output, "cjs", file));
}

function writeManifest(folder, { type, imports }) {
	const own = Object.keys(imports).length === 0 ? {} : { imports };
	writeFileSync(join(folder, "package.json"), `${JSON.stringify({ type, sideEffects: false, ...own })}\n`);
}
