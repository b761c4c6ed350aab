#!/usr/bin/env node
import { run } from "./run.ts";

const interrupted = () =>
	new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});

void run(process.argv.slice(2), {
	print: (text) => console.log(text),
	complain: (text) => console.error(text),
	untilInterrupted: interrupted,
}).then((status) => {
	process.exitCode = status;
});
