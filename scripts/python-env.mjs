// Creates .python-env, a Python environment with the original echostream-botocore, so that __tests__/porting.test.ts can run
// the Python half of examples/porting too: npm run python [python3]
import { spawnSync } from "node:child_process";

const python = process.argv[2] ?? (process.platform === "win32" ? "python" : "python3");
const pip = process.platform === "win32" ? ".python-env/Scripts/pip" : ".python-env/bin/pip";

for (const [command, ...args] of [
	[python, "-m", "venv", ".python-env"],
	// The original declares Python 3.12 and also runs on 3.10.
	[pip, "install", "--quiet", "--ignore-requires-python", "-r", "examples/porting/requirements.txt"],
]) {
	const { status } = spawnSync(command, args, { stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}
