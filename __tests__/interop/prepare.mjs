// Prepares the tools of other languages that the tests run against the packed command: the AWS CLI and boto3 in a Python environment, and
// a Go program, both in .interop. What is not on this machine is left out, and named.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/packages.mjs";
import { installConsumers } from "../package/install.mjs";

const tools = join(root, "__tests__/interop/tools");
const folder = join(root, ".interop");
const isWindows = process.platform === "win32";

export default async function prepare() {
	const packed = await installConsumers(["cli"]);
	process.env.PACKED_FOLDER = packed;
	process.env.ECHOSTREAM = join(packed, "cli/node_modules/.bin/echostream");
	mkdirSync(folder, { recursive: true });
	const python = join(folder, isWindows ? "python/Scripts" : "python/bin");
	if (isThere(isWindows ? "python" : "python3")) {
		run(isWindows ? "python" : "python3", ["-m", "venv", join(folder, "python")]);
		run(join(python, "pip"), [
			"install",
			"--quiet",
			"--disable-pip-version-check",
			"-r",
			join(tools, "requirements.txt"),
		]);
		process.env.INTEROP_PYTHON = python;
	}
	if (isThere("go", "version")) {
		run("go", ["build", "-o", join(folder, "list"), "."], tools);
		process.env.INTEROP_GO = join(folder, "list");
	}
}

function isThere(command, argument = "--version") {
	const isFound = spawnSync(command, [argument], { stdio: "ignore" }).status === 0;
	if (!isFound) console.error(`Not run: the tests with ${command}, which is not in PATH`);
	return isFound;
}

function run(command, args, cwd = root) {
	const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
	if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
}
