// Runs programs one after the other, each when nothing keeps the process alive that the one before has started. The parent process
// sends each with its environment variables, and reads its output up to the line with which both streams end it.
import { pathToFileURL } from "node:url";

const countListeners = () => process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0);

let runs = 0;
let isEvaluated = true;
let listeners = 0;

process.on("message", async ({ file, env }) => {
	process.channel.unref();
	for (const name of Object.keys(process.env)) delete process.env[name];
	Object.assign(process.env, env);
	isEvaluated = false;
	listeners = countListeners();
	// A module is evaluated once for each URL.
	await import(`${pathToFileURL(file)}?${runs++}`);
	isEvaluated = true;
});

/** The exit code: as Node has it, 13 for a program with an `await` at its top level that never ends. */
const exitCode = () => process.exitCode ?? (isEvaluated ? 0 : 13);

process.on("beforeExit", () => {
	if (!process.connected) return;
	// A program that still listens to its process ends with it.
	if (countListeners() > listeners) {
		process.disconnect();
		process.once("exit", () => {
			process.exitCode = exitCode();
		});
		return;
	}
	const end = `\0${exitCode()}\n`;
	process.exitCode = undefined;
	process.channel.ref();
	process.stdout.write(end);
	process.stderr.write(end);
});
