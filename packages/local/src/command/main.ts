#!/usr/bin/env node
import { run } from "./run.ts";

const untilInterrupted = () =>
	new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});

void run(process.argv.slice(2), {
	print: (text) => console.log(text),
	printError: (text) => console.error(text),
	untilInterrupted,
}).then((code) => {
	process.exitCode = code;
});
