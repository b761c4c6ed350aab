// Builds the package: TypeScript compiles the one source twice, to ES modules and to CommonJS, and a package.json in each
// output tells Node which is which.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";

const formats = {
	esm: { type: "module", options: ["--module", "nodenext", "--moduleResolution", "nodenext"] },
	cjs: { type: "commonjs", options: ["--module", "commonjs", "--moduleResolution", "bundler"] },
};

rmSync("dist", { recursive: true, force: true });
for (const [format, { type, options }] of Object.entries(formats)) {
	const { status } = spawnSync(
		process.execPath,
		["node_modules/@typescript/native/bin/tsc", "-p", "tsconfig.build.json", "--outDir", `dist/${format}`, ...options],
		{ stdio: "inherit" },
	);
	if (status !== 0) process.exit(status ?? 1);
	mkdirSync(`dist/${format}`, { recursive: true });
	writeFileSync(`dist/${format}/package.json`, `${JSON.stringify({ type, sideEffects: false })}\n`);
}
writeFileSync("dist/.built", "");
