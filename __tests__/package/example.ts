import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { record } from "../../scripts/record.mjs";
import { packedFolder } from "./consumer.ts";

const COMMANDS = join(packedFolder, "examples/node_modules/.bin");
/** What a developer's shell has. Nothing of this reports to the author of a framework. */
const SHELL = {
	PATH: [COMMANDS, dirname(process.execPath), process.env.PATH].join(delimiter),
	HOME: packedFolder,
	SystemRoot: process.env.SystemRoot ?? "",
	AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
	CDK_DISABLE_CLI_TELEMETRY: "true",
	NEXT_TELEMETRY_DISABLED: "1",
	NO_COLOR: "1",
};

type Environment = Readonly<Record<string, string>>;

/** An example in a copy that has installed the packed package, with the commands of its package.json. */
export class Example {
	readonly #scripts: Readonly<Record<string, string>>;
	/** Its folder. */
	readonly folder: string;

	constructor(name: string) {
		this.folder = join(packedFolder, "examples", name);
		this.#scripts = JSON.parse(readFileSync(join(this.folder, "package.json"), "utf8")).scripts;
	}

	/** Records that it passed with this package of it, for the table of README.md. */
	recordPassed(name: string): void {
		const installed = join(packedFolder, "examples/node_modules", name, "package.json");
		record("examples", name, JSON.parse(readFileSync(installed, "utf8")).version);
	}

	/** Runs a script, or a command with its arguments, to its end. Returns what it printed. A failure has it in its message. */
	async run(command: string, environment: Environment = {}): Promise<string> {
		const options = { cwd: this.folder, env: { ...SHELL, ...environment }, shell: true, maxBuffer: 2 ** 24 };
		try {
			const { stderr, stdout } = await promisify(execFile)(this.#scripts[command] ?? command, options);
			return stdout + stderr;
		} catch (error) {
			const { stderr, stdout } = error as { stderr: string; stdout: string };
			throw new Error(`${command} in ${this.folder}\n${stdout}\n${stderr}`);
		}
	}

	/** Starts a script that runs until it is stopped, with more arguments, and waits until it has printed this. */
	async start(
		script: string,
		ready: RegExp,
		environment: Environment,
		more: readonly string[] = [],
	): Promise<RunningExample> {
		const [command = "", ...args] = this.#scripts[script]?.split(" ") ?? [];
		const child = spawn(command, [...args, ...more], { cwd: this.folder, env: { ...SHELL, ...environment } });
		const running = new RunningExample(child);
		while (!ready.test(running.output)) {
			if (running.hasEnded) throw new Error(`${script} in ${this.folder} ended: ${running.output}`);
			await pause(20);
		}
		return running;
	}
}

/** The process of an example. */
export class RunningExample implements AsyncDisposable {
	readonly #child: ChildProcess;
	#output = "";

	constructor(child: ChildProcess) {
		this.#child = child;
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on("data", (chunk) => {
				this.#output += chunk;
			});
		}
	}

	/** What it has printed. */
	get output(): string {
		return this.#output;
	}

	/** Whether it has ended. */
	get hasEnded(): boolean {
		return this.#child.exitCode !== null || this.#child.signalCode !== null;
	}

	/** Sends SIGTERM, as a supervisor does, and waits for the end. Returns the exit code, or the signal that ended it. */
	async stop(): Promise<number | string> {
		const ended = once(this.#child, "exit");
		this.#child.kill("SIGTERM");
		const [code, signal] = await ended;
		return code ?? signal;
	}

	/** Stops it unless it has ended. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.hasEnded) await this.stop();
	}
}
