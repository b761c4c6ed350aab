// Lets jest run the TypeScript sources as they are: esbuild strips the types, `npm run check` checks them.
import { transformSync } from "esbuild";

export default {
	process(source, path) {
		return transformSync(source, {
			format: "esm",
			loader: "ts",
			sourcefile: path,
			sourcemap: "inline",
			target: "node20",
		});
	},
};
