import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where `install.mjs` has packed and installed the package. */
export const packedFolder = String(process.env.PACKED_FOLDER);

/** A project that has installed the packed package, as its users do. */
export class Consumer {
	readonly #folder: string;
	readonly #environment: Record<string, string>;

	/** @param environment - What its programs find in their environment besides what is in ours. */
	constructor(name: string, environment: Record<string, string> = {}) {
		this.#folder = join(packedFolder, name);
		this.#environment = environment;
	}

	/** The path of one of its files. */
	path(file: string): string {
		return join(this.#folder, file);
	}

	/** The version of a package that is installed there. */
	version(name: string): string {
		return JSON.parse(readFileSync(this.path(`node_modules/${name}/package.json`), "utf8")).version;
	}

	/** Runs Node, and returns what was printed. A failure has it in its message. */
	async node(...args: readonly string[]): Promise<string> {
		const {
			FORCE_COLOR: _,
			JEST_WORKER_ID: _jest,
			NODE_ENV: _test,
			NODE_OPTIONS: _modules,
			...inherited
		} = process.env;
		const env = { ...inherited, NO_COLOR: "1", ...this.#environment };
		try {
			const { stderr, stdout } = await run(process.execPath, args, { cwd: this.#folder, env, maxBuffer: 2 ** 24 });
			return (stdout + stderr).trim();
		} catch (error) {
			const { stderr, stdout } = error as { stderr: string; stdout: string };
			throw new Error(`node ${args.join(" ")}\n${stdout}\n${stderr}`);
		}
	}
}
