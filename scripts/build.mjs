// Builds the package: TypeScript compiles the one source twice, to ES modules and to CommonJS, and a package.json in each
// output tells Node which is which. The old build stays in place until the new one is whole.
import { spawnSync } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";

const formats = {
	esm: { type: "module", options: ["--module", "nodenext", "--moduleResolution", "nodenext"] },
	cjs: { type: "commonjs", options: ["--module", "commonjs", "--moduleResolution", "bundler"] },
};
const tsc = "node_modules/@typescript/native/bin/tsc";
const output = `dist.${process.pid}.tmp`;

process.on("exit", () => rmSync(output, { recursive: true, force: true }));
for (const [format, { type, options }] of Object.entries(formats)) {
	const { status } = spawnSync(
		process.execPath,
		[tsc, "-p", "tsconfig.build.json", "--outDir", `${output}/${format}`, ...options],
		{ stdio: "inherit" },
	);
	if (status !== 0) process.exit(status ?? 1);
	writeFileSync(`${output}/${format}/package.json`, `${JSON.stringify({ type, sideEffects: false })}\n`);
}
rmSync("dist", { recursive: true, force: true });
renameSync(output, "dist");
