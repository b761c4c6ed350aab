import { stripVTControlCharacters } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";
import { ECHOSTREAM, type Workplace } from "./workplace.ts";

/** A program on a terminal of its own, at which a test types. */
export class PseudoTerminal {
	/** All that the terminal has received, with its control sequences. */
	received = "";
	/** Exit code of the program, as a shell reports it. */
	readonly status: Promise<number>;
	readonly #pty: IPty;
	/** Where the text begins that no {@link shows} has found yet. */
	#mark = 0;

	constructor(command: string, args: string[], { environment, home }: Workplace, variables: NodeJS.ProcessEnv = {}) {
		const env: NodeJS.ProcessEnv = { TERM: "xterm-256color", LANG: "C.UTF-8", ...environment, ...variables };
		for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
		this.#pty = spawn(command, args, { name: "xterm-256color", cols: 200, rows: 50, cwd: home, env });
		this.#pty.onData((data) => {
			this.received += data;
		});
		this.status = new Promise((resolve) => {
			this.#pty.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode));
		});
	}

	/** Starts `echostream`. */
	static echostream(args: readonly string[], workplace: Workplace, variables: NodeJS.ProcessEnv = {}): PseudoTerminal {
		return new PseudoTerminal(process.execPath, [ECHOSTREAM, ...args], workplace, variables);
	}

	/** What the terminal has received, without control sequences. */
	get screen(): string {
		return stripVTControlCharacters(this.received);
	}

	/** Waits until a text appears that was not there at the last call. */
	async shows(text: string): Promise<void> {
		for (let waited = 0; !this.screen.includes(text, this.#mark); waited++) {
			if (waited > 2_000) throw new Error(`The terminal does not show ${text}, but:\n${this.screen.slice(this.#mark)}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		this.#mark = this.screen.indexOf(text, this.#mark) + text.length;
	}

	/** Types a text, with the Enter key if `\r` is in it. */
	type(text: string): void {
		this.#pty.write(text);
	}

	/** Ends the program. */
	[Symbol.dispose](): void {
		try {
			this.#pty.kill("SIGKILL");
		} catch {
			// It has ended.
		}
	}
}
