// npm run newcomer: follows the section "Try it" of README.md in an empty folder, command by command, with the tarballs of what was built
// and an empty cache of npm. Prints the time of each step.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { PackageRegistry } from "./package-registry.mjs";
import { root } from "./packages.mjs";
import { packInto } from "./release/pack.mjs";

const shell = promisify(execFile);

/**
 * Follows the README with these tarballs. Returns each command with its seconds and what it printed.
 *
 * @param environment - Variables beside those of this process.
 */
export async function followReadme(tarballs, environment = {}) {
	const readme = readFileSync(join(root, "README.md"), "utf8");
	const [, section = ""] = /^## Try it\n(.*?)^## /ms.exec(readme) ?? [];
	const commands = [...section.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) => block.trim().split("\n"));
	const [, file] = /`(\w+\.mjs)`/.exec(section) ?? [];
	const [, program] = /^```ts\n(.*?)^```/ms.exec(readme) ?? [];
	const folder = mkdtempSync(join(tmpdir(), "newcomer-"));
	const registry = await PackageRegistry.start(tarballs);
	// npx asks a person whether to install the package.
	const env = { ...process.env, npm_config_registry: registry.url, npm_config_yes: "true", ...environment };
	const stop = new AbortController();
	const steps = [];
	try {
		writeFileSync(join(folder, file), program);
		for (const line of commands) {
			const command = line.replace(/#.*/, "").trim();
			const start = performance.now();
			const isTenant = command.startsWith("npx echostream-local");
			const printed = await (isTenant ? runTenant(command) : run(command));
			steps.push({ command, seconds: (performance.now() - start) / 1000, printed });
		}
		return steps;
	} finally {
		stop.abort();
		registry.stop();
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	async function run(command) {
		const [name, ...args] = command.split(" ");
		const { stderr, stdout } = await shell(name, args, { cwd: folder, env, shell: process.platform === "win32" });
		return stdout + stderr;
	}

	/** Starts the command of the tenant, and returns when it has written the variables. */
	async function runTenant(command) {
		const [name, ...args] = command.split(" ");
		const child = spawn(name, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
		stop.signal.addEventListener("abort", () => child.kill());
		let errors = "";
		child.stderr.on("data", (chunk) => {
			errors += chunk;
		});
		while (!existsSync(join(folder, ".env"))) {
			if (child.exitCode !== null) throw new Error(`${command}: ${errors}`);
			await setTimeout(50);
		}
		return errors;
	}
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const folder = mkdtempSync(join(tmpdir(), "packed-"));
	try {
		const tarballs = packInto(folder, root).map(({ tarball }) => join(folder, tarball));
		const steps = await followReadme(tarballs, { npm_config_cache: join(folder, "cache") });
		console.table(steps.map(({ command, seconds }) => ({ command, seconds: seconds.toFixed(1) })));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
