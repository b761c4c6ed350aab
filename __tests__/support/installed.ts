import { execFileSync } from "node:child_process";

/** Whether a program is in `PATH`. */
export function isInstalled(program: string): boolean {
	try {
		execFileSync(program, ["--version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
