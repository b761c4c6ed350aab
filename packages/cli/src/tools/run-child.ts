import { constants } from "node:os";
import spawn from "cross-spawn";
import { EXIT } from "../exit-code.ts";

const isWindows = process.platform === "win32";
/** Signals that a terminal sends to every process in the foreground, this one's child among them. */
const OF_TERMINALS: readonly NodeJS.Signals[] = isWindows ? ["SIGINT"] : ["SIGINT", "SIGQUIT"];
/** Signals that only this process receives. */
const OF_PROCESSES: readonly NodeJS.Signals[] = isWindows
	? ["SIGTERM", "SIGHUP"]
	: ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/**
 * Runs a program on this terminal, and passes signals on. A signal that the terminal sends to both is not passed on, because
 * programs such as terraform end at once at a second one.
 *
 * @returns Its exit code, or as a shell reports it 128 plus the number of the signal that ended it.
 * @throws Error with a `code` if the program could not be started.
 */
export async function runChild(
	command: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): Promise<number> {
	// It finds programs such as npm on Windows, which are batch files.
	const child = spawn(command, args, { stdio: "inherit", env: environment });
	// One of its streams may be redirected.
	const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
	const passed = hasTerminal ? OF_PROCESSES : [...OF_PROCESSES, ...OF_TERMINALS];
	const pass = (signal: NodeJS.Signals) => {
		if (passed.includes(signal)) child.kill(signal);
	};
	const heard = [...OF_PROCESSES, ...OF_TERMINALS];
	for (const signal of heard) process.on(signal, pass);
	try {
		return await new Promise<number>((resolve, reject) => {
			child.on("error", reject);
			child.on("close", (code, signal) => {
				resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
			});
		});
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const exitCode = code === "ENOENT" ? EXIT.notFound : EXIT.notExecutable;
		const reason =
			code === "ENOENT" ? "it was not found in PATH" : code === "EACCES" ? "it is not executable" : String(code);
		throw Object.assign(new Error(`${command} could not be run: ${reason}.`), { exitCode });
	} finally {
		for (const signal of heard) process.removeListener(signal, pass);
	}
}
