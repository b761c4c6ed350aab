#!/usr/bin/env node
import { run } from "./run.ts";
import { untilStopped } from "./until-stopped.ts";

// Nobody reads what is printed any more, as after `| head`. The tenant runs on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

void run(process.argv.slice(2), {
	print: (text) => console.log(text),
	printError: (text) => console.error(text),
	hasColors: process.stderr.isTTY === true && process.stderr.hasColors(),
	untilInterrupted: untilStopped,
}).then((code) => {
	process.exitCode = code;
});
