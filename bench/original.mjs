import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".python", import.meta.url));
const own = `${folder}${process.platform === "win32" ? "/Scripts/python.exe" : "/bin/python"}`;

/**
 * Returns a Python with the original package: `$ECHOSTREAM_PYTHON`, else the one in `bench/.python`, created first with `make`.
 * The original declares a newer Python than it requires.
 */
export function pythonWithOriginal({ make }) {
	const python = process.env.ECHOSTREAM_PYTHON ?? own;
	try {
		if (make && python === own && !existsSync(own)) {
			execFileSync("python3", ["-m", "venv", folder]);
			execFileSync(own, ["-m", "pip", "install", "--quiet", "--ignore-requires-python", "echostream-botocore"]);
		}
		execFileSync(python, ["-c", "import echostream_botocore"], { stdio: "pipe" });
		return python;
	} catch {
		return undefined;
	}
}
