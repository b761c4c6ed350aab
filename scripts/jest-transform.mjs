// Runs the TypeScript sources in jest: esbuild removes the types, which `npm run check` checks.
import { transformSync } from "esbuild";

export default {
	process(source, path) {
		return transformSync(source, {
			format: "esm",
			loader: "ts",
			sourcefile: path,
			sourcemap: "inline",
			target: "node20.19",
		});
	},
};
