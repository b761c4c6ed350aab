// Bundles main.mjs with the bundler that the first argument names, into the file that the second names.
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";

const [bundler, output] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const bundlers = {
	async esbuild() {
		const { build } = await import("esbuild");
		await build({ entryPoints: ["main.mjs"], bundle: true, platform: "node", format: "cjs", outfile: output });
	},
	async webpack() {
		const webpack = require("webpack");
		const compiler = webpack({
			entry: "./main.mjs",
			mode: "production",
			target: "node",
			optimization: { minimize: false },
			output: { path: resolve(dirname(output)), filename: basename(output) },
		});
		await new Promise((done, fail) => {
			compiler.run((error, stats) =>
				error || stats.hasErrors() || stats.hasWarnings() ? fail(error ?? new Error(stats.toString())) : done(),
			);
		});
	},
	async rollup() {
		const { rollup } = await import("rollup");
		const plugins = ["node-resolve", "commonjs", "json"].map((name) => require(`@rollup/plugin-${name}`));
		const [nodeResolve, commonjs, json] = plugins.map((plugin) => plugin.default ?? plugin);
		const bundle = await rollup({
			input: "main.mjs",
			plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(), json()],
			onwarn(warning) {
				const isOurs = /echostream-botocore/.test([warning.id, warning.exporter, warning.ids?.[0]].join());
				if (isOurs) throw new Error(`${warning.code}: ${warning.message.slice(0, 2000)}`);
			},
		});
		await bundle.write({ file: output, format: "cjs", inlineDynamicImports: true });
	},
	async rolldown() {
		const { rolldown } = await import("rolldown");
		const onwarn = ({ code, message }) => {
			throw new Error(`${code}: ${message}`);
		};
		const bundle = await rolldown({ input: "main.mjs", platform: "node", onwarn });
		await bundle.write({ file: output, format: "cjs", codeSplitting: false });
	},
	async vite() {
		const { build } = await import("vite");
		await build({
			logLevel: "error",
			build: {
				ssr: "main.mjs",
				outDir: dirname(output),
				emptyOutDir: false,
				rollupOptions: { output: { entryFileNames: basename(output) } },
			},
			ssr: { noExternal: true },
		});
	},
};
await bundlers[bundler]();
