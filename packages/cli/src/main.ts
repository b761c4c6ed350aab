#!/usr/bin/env node
import module from "node:module";

// Compiled code is kept between runs, from Node 22.1 on. It must be on before anything is loaded.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

const args = process.argv.slice(2);
const { fastCredentials } = await import("./tools/fast-credentials.ts");
const credentials = await fastCredentials(args);
if (credentials !== undefined) {
	console.log(credentials);
} else {
	const [{ run }, { processTerminal }] = await Promise.all([import("./run.ts"), import("./terminal.ts")]);
	process.exitCode = await run(args, processTerminal);
}
