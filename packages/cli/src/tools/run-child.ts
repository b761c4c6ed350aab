import { spawn } from "node:child_process";
import { constants } from "node:os";
import { EXIT } from "../exit-code.ts";

/** Signals that a terminal sends to every process in the foreground, this one's child among them. */
const OF_TERMINALS = ["SIGINT", "SIGQUIT"] as const;
/** Signals that only this process receives. */
const OF_PROCESSES = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

/** How a program ended. */
export interface ChildEnd {
	/** Its exit code, or as a shell reports it 128 plus the number of its signal. */
	readonly exitCode: number;
	/** The signal that ended it. */
	readonly signal: NodeJS.Signals | undefined;
}

/**
 * Runs a program on this terminal, and passes signals on. A signal that the terminal sends to both is not passed on, because
 * programs such as terraform end at once at a second one.
 *
 * @throws Error with a `code` if the program could not be started.
 */
export async function runChild(
	command: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): Promise<ChildEnd> {
	const child = spawn(command, args, { stdio: "inherit", env: environment });
	const pass = (signal: NodeJS.Signals) => child.kill(signal);
	// One of its streams may be redirected.
	const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
	const listeners: [NodeJS.Signals, () => void][] = [
		...OF_TERMINALS.map((signal) => [signal, () => hasTerminal || pass(signal)] as [NodeJS.Signals, () => void]),
		...OF_PROCESSES.map((signal) => [signal, () => pass(signal)] as [NodeJS.Signals, () => void]),
	];
	for (const [signal, listener] of listeners) process.on(signal, listener);
	try {
		return await new Promise<ChildEnd>((resolve, reject) => {
			child.on("error", reject);
			child.on("close", (code, signal) => {
				const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
				resolve({ exitCode, signal: signal ?? undefined });
			});
		});
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const exitCode = code === "ENOENT" ? EXIT.notFound : EXIT.notExecutable;
		const reason =
			code === "ENOENT" ? "it was not found in PATH" : code === "EACCES" ? "it is not executable" : String(code);
		throw Object.assign(new Error(`${command} could not be run: ${reason}.`), { exitCode });
	} finally {
		for (const [signal, listener] of listeners) process.removeListener(signal, listener);
	}
}
