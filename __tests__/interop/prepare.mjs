// Prepares the clients of other projects that the tests run against a local tenant, in .interop. A client whose tool is not on this machine,
// or whose packages cannot be downloaded, is left out and named: "Not run: …".
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../scripts/packages.mjs";
import { installConsumers } from "../package/install.mjs";

const sources = join(root, "__tests__/interop/tools");
const folder = join(root, ".interop");
const isWindows = process.platform === "win32";
const exec = promisify(execFile);

/** How each client is prepared. Each returns what `tools.ts` has of it. */
const CLIENTS = {
	"the AWS CLI and boto3": ["python", () => environment("tools.txt", [isWindows ? "python" : "python3"])],
	"boto3 1.26": ["oldBoto3", () => environment("old.txt", [isWindows ? "python" : "python3"])],
	"the Python original, pycognito and echostream-node": [
		"original",
		async () => environment("original.txt", await pythonsSince(3, 12)),
	],
	"the clients in Go": ["go", go],
	"the client in Java": ["java", java],
	"Amplify, amazon-cognito-identity-js and GraphQL Code Generator": ["node", node],
};

export default async function prepare() {
	await mkdir(folder, { recursive: true });
	const packed = await installConsumers(["cli"]);
	process.env.PACKED_FOLDER = packed;
	process.env.ECHOSTREAM = join(packed, "cli/node_modules/.bin/echostream");
	const tools = {};
	const prepareOne = async ([title, [name, prepareTool]]) => {
		try {
			tools[name] = await prepareTool();
		} catch (error) {
			if (!(error instanceof Unavailable)) throw error;
			console.error(`Not run: ${title}: ${error.message}`);
		}
	};
	await Promise.all(Object.entries(CLIENTS).map(prepareOne));
	process.env.INTEROP_TOOLS = JSON.stringify(tools);
}

/** A tool is not on this machine, or a registry cannot be reached. */
class Unavailable extends Error {}

/** Creates a Python environment with these packages, and returns the folder of its commands. */
async function environment(requirements, pythons) {
	const python = await firstOf(pythons, ["--version"], "a suitable Python was not found");
	const into = join(folder, requirements.replace(".txt", ""));
	const commands = join(into, isWindows ? "Scripts" : "bin");
	await once(into, [join(sources, "python", requirements)], async () => {
		await run(python, ["-m", "venv", into]);
		await download(join(commands, "pip"), [
			...["install", "--quiet", "--disable-pip-version-check"],
			...["-r", join(sources, "python", requirements)],
		]);
	});
	return commands;
}

/** The Pythons of at least this version: in PATH, and those of pyenv. */
async function pythonsSince(major, minor) {
	const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
	const names = await readdir(versions).catch(() => []);
	const all = ["python3", "python", ...names.map((name) => join(versions, name, "bin/python3"))];
	const check = `import sys; sys.exit(sys.version_info < (${major}, ${minor}))`;
	const suits = await Promise.all(all.map((python) => succeeds(python, ["-c", check])));
	const found = all.filter((_, index) => suits[index]);
	if (found.length === 0) throw new Unavailable(`Python ${major}.${minor} or later was not found`);
	return found;
}

/** Builds the programs in Go, and returns the folder that holds them. */
async function go() {
	await firstOf(["go"], ["version"], "go was not found in PATH");
	const cwd = join(sources, "go");
	const into = join(folder, "go");
	await mkdir(into, { recursive: true });
	await download("go", ["mod", "download"], { cwd });
	await run("go", ["build", "-o", into, "./..."], { cwd });
	return into;
}

/** Compiles the program in Java, and returns its class path. */
async function java() {
	await firstOf(["javac"], ["--version"], "javac was not found in PATH");
	await firstOf(["mvn"], ["--version"], "mvn was not found in PATH");
	const cwd = join(sources, "java");
	const into = join(folder, "java");
	const list = join(into, "classpath");
	const files = (await readdir(cwd)).map((name) => join(cwd, name));
	await once(into, files, async () => {
		await mkdir(into, { recursive: true });
		await download("mvn", ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${list}`], { cwd });
		const classPath = await readFile(list, "utf8");
		await run("javac", ["-d", into, "-cp", classPath, ...files.filter((file) => file.endsWith(".java"))]);
	});
	return `${into}${delimiter}${await readFile(list, "utf8")}`;
}

/** Installs the clients from npm, and returns the folder of the programs that use them. */
async function node() {
	const into = join(folder, "node");
	await cp(join(sources, "node"), into, { recursive: true });
	await once(into, [join(into, "package.json")], () =>
		download("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], {
			cwd: into,
			shell: isWindows,
		}),
	);
	return into;
}

/** Does the work unless it was done for the same files before. */
async function once(into, files, work) {
	const hash = createHash("sha256");
	for (const file of files) hash.update(await readFile(file));
	const stamp = `${into}.stamp`;
	const wanted = hash.digest("hex");
	if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return;
	await rm(stamp, { force: true });
	await work();
	await writeFile(stamp, wanted);
}

async function firstOf(commands, args, reason) {
	for (const command of commands) if (await succeeds(command, args)) return command;
	throw new Unavailable(reason);
}

function succeeds(command, args) {
	return exec(command, args).then(
		() => true,
		() => false,
	);
}

async function run(command, args, options = {}) {
	await exec(command, args, { cwd: root, maxBuffer: 2 ** 26, ...options });
}

/** Runs a step that needs a registry. */
async function download(command, args, options) {
	await run(command, args, options).catch((error) => {
		const [reason] = `${error.stderr || error.stdout || error.message}`.trim().split("\n").slice(-1);
		throw new Unavailable(`${command} ${args[0]} failed: ${reason}`);
	});
}
