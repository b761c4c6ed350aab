import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PROGRAM } from "../support/program.ts";
import { type ProgramResult, ProgramRunner } from "../support/program-runner.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAMS = `${ROOT}examples/porting/`;
const BUILT = `${ROOT}node_modules/.cache/porting/`;
const { PATH = "", SystemRoot = "" } = process.env;
/** The environment variables of all programs. */
const COMMON = {
	PATH,
	SystemRoot,
	AWS_CONFIG_FILE: `${BUILT}no-config`,
	AWS_SHARED_CREDENTIALS_FILE: `${BUILT}no-credentials`,
	AWS_EC2_METADATA_DISABLED: "true",
	AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};
/** The Python with the original package, if there is one. */
export const PYTHON = [`${ROOT}.python-env/bin/python`, `${ROOT}.python-env/Scripts/python.exe`].find((path) =>
	existsSync(path),
);

/** The names of the programs in examples/porting, without ending. */
export function programs(): string[] {
	const files = readdirSync(PROGRAMS);
	return files.filter((file) => file.endsWith(".py")).map((file) => file.slice(0, -3));
}

/** Compiles the TypeScript programs, with the sources of the packages as they are now. */
export async function buildPrograms(): Promise<void> {
	await build({
		...PROGRAM,
		entryPoints: programs().map((name) => `${PROGRAMS}${name}.ts`),
		outdir: BUILT,
		outExtension: { ".js": ".mjs" },
		splitting: true,
		alias: {
			"echostream-botocore": `${ROOT}src/index.ts`,
			"echostream-boto3": `${ROOT}packages/boto3/src/index.ts`,
		},
	});
}

/** Whether there is a Python with the original package. */
export const hasPython = PYTHON !== undefined;

/** Runs the halves of programs, and reads what each prints: one JSON value a line. */
export class PortingPrograms implements Disposable {
	readonly #node = new ProgramRunner();
	readonly #python = new ProgramRunner(undefined, [
		String(PYTHON),
		fileURLToPath(new URL("python-runner.py", import.meta.url)),
	]);

	/** Runs the TypeScript half of a program. */
	readonly runTypeScript = async (name: string, environment: Record<string, string>): Promise<unknown[]> =>
		read(name, await this.#node.run(`${BUILT}${name}.mjs`, { ...COMMON, ...environment }));

	/** Runs the Python half of a program. */
	readonly runPython = async (name: string, environment: Record<string, string>): Promise<unknown[]> => {
		// Windows has no fork.
		if (process.platform === "win32") return runPython(name, environment);
		return read(name, await this.#python.run(`${PROGRAMS}${name}.py`, { ...COMMON, ...environment }));
	};

	[Symbol.dispose](): void {
		this.#node[Symbol.dispose]();
		this.#python[Symbol.dispose]();
	}
}

/** Runs a Python program in a process of its own. */
export async function runPython(name: string, environment: Record<string, string>): Promise<unknown[]> {
	const env = { ...COMMON, ...environment };
	const child = spawn(String(PYTHON), [`${PROGRAMS}${name}.py`], { env, stdio: ["ignore", "pipe", "pipe"] });
	const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
	return read(name, { code, stdout, stderr });
}

function read(name: string, { code, stdout, stderr }: ProgramResult): unknown[] {
	if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
	const lines = stdout.trim().split("\n");
	return lines.map((line) => JSON.parse(line));
}
