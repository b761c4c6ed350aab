import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command that runs programs for Node. */
const NODE = [process.execPath, fileURLToPath(new URL("program-runner.mjs", import.meta.url))] as const;
/** With which a stream ends the output of a program. */
const END = /\0(-?\d+)\n$/;

/** How a program ended, and what it printed. */
export interface ProgramResult {
	/** The exit code, or a negative number after a signal. */
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/**
 * Runs programs that need a process, but none of their own: one after the other, so that they load the packages that they import once.
 * A program ends as in a process of its own, when nothing keeps the process alive. One that exits, fails or leaves a listener ends it.
 */
export class ProgramRunner implements Disposable {
	readonly #folder: string | undefined;
	readonly #command: readonly [string, ...string[]];
	readonly #idle: ChildProcess[] = [];
	readonly #all: ChildProcess[] = [];

	/**
	 * @param folder - Where the programs run. Default: the folder of the tests.
	 * @param command - Runs the programs that it is sent. Default: for programs of Node.
	 */
	constructor(folder?: string, command: readonly [string, ...string[]] = NODE) {
		this.#folder = folder;
		this.#command = command;
	}

	/** Runs a program to its end, with these environment variables and no others. A program that runs at the same time gets another process. */
	async run(file: string, env: Readonly<Record<string, string>>): Promise<ProgramResult> {
		const child = this.#idle.pop() ?? this.#start();
		child.send({ file, env });
		const result = await resultOf(child);
		if (child.connected) this.#idle.push(child);
		return result;
	}

	[Symbol.dispose](): void {
		for (const child of this.#all) child.kill();
	}

	#start(): ChildProcess {
		const [command, ...args] = this.#command;
		const child = spawn(command, args, { cwd: this.#folder, env: {}, stdio: ["ignore", "pipe", "pipe", "ipc"] });
		for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8");
		this.#all.push(child);
		return child;
	}
}

/** Reads the output of a program, up to its end or to that of its process. */
function resultOf(child: ChildProcess): Promise<ProgramResult> {
	let stdout = "";
	let stderr = "";
	return new Promise((resolve) => {
		const end = (code: number | null) => {
			for (const emitter of [child.stdout, child.stderr]) emitter?.removeAllListeners("data");
			child.off("close", end);
			resolve({ code: code ?? -1, stdout: stdout.replace(END, ""), stderr: stderr.replace(END, "") });
		};
		const endIfBothHave = () => {
			const [, code] = END.exec(stdout) ?? [];
			if (code !== undefined && END.test(stderr)) end(Number(code));
		};
		child.once("close", end);
		child.stdout?.on("data", (text: string) => {
			stdout += text;
			endIfBothHave();
		});
		child.stderr?.on("data", (text: string) => {
			stderr += text;
			endIfBothHave();
		});
	});
}
