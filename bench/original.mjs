import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AUTHORITY } from "./network.mjs";

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

/**
 * The environment variables that connect a Python program with the network of network.mjs. Its authority is trusted beside the usual
 * ones, in a file in `folder`.
 */
export function pythonNetwork(python, folder) {
	const usual = execFileSync(python, ["-c", "import certifi; print(certifi.where())"], { encoding: "utf8" }).trim();
	const bundle = join(folder, "authorities.pem");
	writeFileSync(bundle, readFileSync(usual, "utf8") + readFileSync(AUTHORITY, "utf8"));
	return {
		PYTHONPATH: fileURLToPath(new URL("contenders/python-network", import.meta.url)),
		AWS_CA_BUNDLE: bundle,
		REQUESTS_CA_BUNDLE: bundle,
		PYTHONDONTWRITEBYTECODE: "1",
	};
}
