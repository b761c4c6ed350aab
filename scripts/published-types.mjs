// The published types of a package: one file for each entry, with a map to the sources. Entries share their types: what one entry has
// declared, the later ones import from it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/**
 * Writes the types of these entries, `NAME.d.ts`, into a folder.
 *
 * @param declarations - The folder in which TypeScript has written the declaration of each source.
 * @param entries - The source of each entry, and the names that it exports at run time. An entry comes after those from which it imports.
 * @param optional - The packages that a program may lack. Their types are then `any`.
 */
export async function writeTypes({ declarations, entries, optional, output }) {
	/** The entry that declares what a declaration file has. */
	const owners = new Map();
	for (const { source, values } of entries) {
		const name = source.replace(/^src\/(.*)\.ts$/, "$1");
		const bundle = await rollup({
			input: join(declarations, `${name}.d.ts`),
			external: /^[^./]/,
			plugins: [importedFrom(owners, name), dts({ compilerOptions: { noEmit: true, types: [] } })],
			onwarn({ message }) {
				throw new Error(message);
			},
		});
		const file = join(output, `${name}.d.ts`);
		const { output: chunks } = await bundle.generate({ file, format: "es", sourcemap: true });
		const [{ code, map, moduleIds }] = chunks;
		for (const id of moduleIds) owners.set(id, name);
		mkdirSync(dirname(file), { recursive: true });
		writePublished(file, { code: withTypeModifiers(code, values), map: mapToSources(map, file), optional });
	}
}

/** Imports from the entry that declares a module, instead of declaring it once more. */
const importedFrom = (owners, name) => ({
	name: "imported-from",
	resolveId(source, importer) {
		if (importer === undefined || !source.startsWith(".")) return undefined;
		const owner = owners.get(resolve(dirname(importer), source.replace(/\.ts$/, ".d.ts")));
		if (owner === undefined) return undefined;
		const path = relative(dirname(name), owner).replaceAll("\\", "/");
		return { id: `${path.startsWith(".") ? "" : "./"}${path}.js`, external: true };
	},
});

/** Marks the exports that do not exist at run time as types, also classes. */
function withTypeModifiers(code, values) {
	return code.replace(/^export (?:type )?\{ (.*) \}/gm, (_, names) => {
		const marked = names.split(", ").map((name) => (values.includes(name.split(" ").at(-1)) ? name : `type ${name}`));
		return `export { ${marked.join(", ")} }`;
	});
}

/**
 * Leads a map of declarations on to the sources. Rollup maps the start of each line, and TypeScript each name in it, so that every name
 * is mapped. Combined in the usual way, only those names would be that both map.
 */
function mapToSources({ mappings, sources }, file) {
	const declarations = sources.map((source) => {
		const path = resolve(dirname(file), `${source}.map`);
		const { mappings, sources } = JSON.parse(readFileSync(path, "utf8"));
		return { lines: decode(mappings), sources: sources.map((name) => resolve(dirname(path), name)) };
	});
	const all = [...new Set(declarations.flatMap(({ sources }) => sources))];
	const lines = decode(mappings).map((segments) => {
		const mapped = segments.filter((segment) => segment.length > 1);
		return mapped.flatMap(([column, source, line, sourceColumn], index) => {
			const end = mapped[index + 1]?.[3] ?? Number.POSITIVE_INFINITY;
			const names = declarations[source].lines[line] ?? [];
			return names
				.filter(([at]) => at >= sourceColumn && at < end)
				.map(([at, origin, ...position]) => [
					column + at - sourceColumn,
					all.indexOf(declarations[source].sources[origin]),
					...position,
				]);
		});
	});
	const relativeSources = all.map((source) => relative(dirname(file), source).replaceAll("\\", "/"));
	return { version: 3, file: basename(file), sources: relativeSources, names: [], mappings: encode(lines) };
}

/** Writes a file with its map. The types of a package that a program lacks are `any` there, instead of an error. */
function writePublished(file, { code, map, optional }) {
	const isOptional = (line) => optional.some((name) => line.startsWith("import ") && line.endsWith(` from '${name}';`));
	const added = code.split("\n").filter(isOptional).length;
	const lines = code
		.split("\n")
		.flatMap((line) => (isOptional(line) ? ["// @ts-ignore: an optional package", line] : line));
	writeFileSync(file, lines.join("\n"));
	// The imports come first, so that all that is mapped moves down by as many lines.
	writeFileSync(`${file}.map`, JSON.stringify({ ...map, mappings: ";".repeat(added) + map.mappings }));
}
