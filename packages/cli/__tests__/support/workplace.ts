import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The built command. */
export const ECHOSTREAM = fileURLToPath(new URL("../../dist/cjs/main.js", import.meta.url));

/** How a program ended. */
export interface Ended {
	readonly status: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly printed: string;
	readonly errors: string;
}

/** A user's folders and environment, in which programs run. */
export class Workplace implements Disposable {
	/** The home folder. */
	readonly home = mkdtempSync(join(tmpdir(), "echostream-cli-"));
	/** The variables of every program. */
	readonly environment: NodeJS.ProcessEnv;

	constructor(variables: Readonly<Record<string, string>>) {
		this.environment = {
			PATH: process.env.PATH,
			HOME: this.home,
			AWS_CONFIG_FILE: join(this.home, "aws-config"),
			AWS_SHARED_CREDENTIALS_FILE: join(this.home, "aws-credentials"),
			AWS_EC2_METADATA_DISABLED: "true",
			AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
			AWS_PAGER: "",
			ECHOSTREAM_CACHE_DIR: join(this.home, "cache"),
			ECHOSTREAM_CONFIG_DIR: join(this.home, "config"),
			ECHOSTREAM_KEYRING: "off",
			...variables,
		};
	}

	/** Runs `echostream`, which must end by itself. */
	echostream(args: readonly string[], variables: NodeJS.ProcessEnv = {}, stdin = ""): Promise<Ended> {
		return this.run(process.execPath, [ECHOSTREAM, ...args], variables, stdin);
	}

	/** Runs a program. */
	async run(command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}, stdin = ""): Promise<Ended> {
		const child = this.start(command, args, variables);
		child.stdin.on("error", () => {}).end(stdin);
		const ended = new Promise<Pick<Ended, "status" | "signal">>((resolve, reject) => {
			child.on("error", reject);
			child.on("close", (status, signal) => resolve({ status, signal }));
		});
		const [printed, errors, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
		return { ...end, printed, errors };
	}

	/** Starts a program. */
	start(command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
		const environment = { ...this.environment, ...variables };
		for (const [name, value] of Object.entries(environment)) if (value === undefined) delete environment[name];
		return spawn(command, args, { env: environment, cwd: this.home, stdio: ["pipe", "pipe", "pipe"] });
	}

	/** Removes the folders. */
	[Symbol.dispose](): void {
		rmSync(this.home, { recursive: true, force: true });
	}
}
