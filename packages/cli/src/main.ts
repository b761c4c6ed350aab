#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import module from "node:module";
import { fastCredentials } from "./tools/fast-credentials.ts";

void start(process.argv.slice(2));

async function start(args: string[]): Promise<void> {
	const credentials = await fastCredentials(args);
	if (credentials !== undefined) {
		try {
			// console.log would load the streams of Node first, which takes longer than all of the rest.
			writeFileSync(1, `${credentials}\n`);
			return;
		} catch {
			// A pipe that is full or closed is left to the ordinary way.
		}
	}
	// Compiled code is kept between runs, from Node 22.1 on. It must be on before anything is loaded.
	(module as { enableCompileCache?: () => void }).enableCompileCache?.();
	const { runOnTerminal } = await import("./run.ts");
	process.exitCode = await runOnTerminal(args);
}
