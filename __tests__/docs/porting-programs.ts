import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PROGRAM } from "../support/program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAMS = `${ROOT}examples/porting/`;
const BUILT = `${ROOT}node_modules/.cache/porting/`;
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
		alias: {
			"echostream-botocore": `${ROOT}src/index.ts`,
			"echostream-boto3": `${ROOT}packages/boto3/src/index.ts`,
		},
	});
}

/** Whether there is a Python with the original package. */
export const hasPython = PYTHON !== undefined;

/** Runs the TypeScript half of a program, and reads what it prints: one JSON value a line. */
export function runTypeScript(name: string, environment: Record<string, string>): Promise<unknown[]> {
	return run(process.execPath, [`${BUILT}${name}.mjs`], environment);
}

/** Runs the Python half. */
export function runPython(name: string, environment: Record<string, string>): Promise<unknown[]> {
	return run(String(PYTHON), [`${PROGRAMS}${name}.py`], environment);
}

function run(command: string, args: string[], environment: Record<string, string>): Promise<unknown[]> {
	const { PATH = "", SystemRoot = "" } = process.env;
	const child = spawn(command, args, {
		env: {
			PATH,
			SystemRoot,
			AWS_CONFIG_FILE: `${BUILT}no-config`,
			AWS_SHARED_CREDENTIALS_FILE: `${BUILT}no-credentials`,
			AWS_EC2_METADATA_DISABLED: "true",
			AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
			...environment,
		},
		stdio: ["ignore", "pipe", "pipe"],
	});
	const printed: Buffer[] = [];
	const complained: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => complained.push(chunk));
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (status) => {
			if (status !== 0) reject(new Error(`${args[0]} ended with ${status}: ${Buffer.concat(complained)}`));
			else
				resolve(
					Buffer.concat(printed)
						.toString()
						.trim()
						.split("\n")
						.map((line) => JSON.parse(line)),
				);
		});
	});
}
