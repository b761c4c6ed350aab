#!/usr/bin/env node
import module from "node:module";
import { fastCredentials } from "./tools/fast-credentials.ts";

const args = process.argv.slice(2);
const credentials = await fastCredentials(args);
if (credentials !== undefined) {
	console.log(credentials);
} else {
	// Compiled code is kept between runs, from Node 22.1 on. It must be on before anything is loaded.
	(module as { enableCompileCache?: () => void }).enableCompileCache?.();
	const { runOnTerminal } = await import("./run.ts");
	process.exitCode = await runOnTerminal(args);
}
