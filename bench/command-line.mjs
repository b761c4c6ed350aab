import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./clean-environment.mjs";
import { summary } from "./statistics.mjs";

const COMMAND = fileURLToPath(new URL("../packages/cli/dist/cjs/main.js", import.meta.url));

/** Time of `echostream credentials` with and without cached credentials, beside Node itself and aws-vault, if that is in PATH. */
export async function measureCommandLine({ tenant, rounds }) {
	const home = mkdtempSync(join(tmpdir(), "echostream-command-line-"));
	const env = cleanEnvironment({
		...tenant.environment,
		HOME: home,
		ECHOSTREAM_CACHE_DIR: join(home, "cache"),
		ECHOSTREAM_CONFIG_DIR: join(home, "config"),
		ECHOSTREAM_KEYRING: "off",
	});
	const credentials = [process.execPath, COMMAND, "credentials"];
	const programs = [
		{ name: "node, an empty program", command: [process.execPath, "-e", "0"] },
		{ name: "echostream credentials, cached", command: credentials },
		{ name: "echostream credentials --no-cache", command: [...credentials, "--no-cache"] },
		{ name: "echostream --help", command: [process.execPath, COMMAND, "--help"] },
		...vault(home, env),
	];
	const runs = programs.map(() => []);
	try {
		await timeOf(credentials, env);
		const mark = (await tenant.operations()).length;
		for (let round = -1; round < rounds; round++) {
			for (const [i, { command, env: own }] of programs.entries()) {
				const ms = await timeOf(command, { ...env, ...own });
				if (round >= 0) runs[i].push(ms);
			}
		}
		const requests = (await tenant.operations(mark)).length / (rounds + 1);
		const rows = programs.map(({ name }, i) => ({
			name,
			ms: summary(runs[i]),
			ratio: summary(runs[i].map((ms, round) => ms / runs[0][round])),
		}));
		return { rounds, requests, rows };
	} finally {
		rmSync(home, { recursive: true, force: true });
	}
}

/** aws-vault with credentials of its encrypted file, which it prints for credential_process. */
function vault(home, environment) {
	if (spawnSync("aws-vault", ["--version"], { stdio: "ignore" }).status !== 0) return [];
	const config = join(home, "vault-config");
	writeFileSync(config, "[profile peer]\nregion = us-east-1\n");
	const env = {
		AWS_CONFIG_FILE: config,
		AWS_VAULT_BACKEND: "file",
		AWS_VAULT_FILE_DIR: join(home, "vault"),
		AWS_VAULT_FILE_PASSPHRASE: "passphrase",
	};
	const added = spawnSync("aws-vault", ["add", "--env", "peer"], {
		env: { ...environment, ...env, AWS_ACCESS_KEY_ID: "AKIAEXAMPLEEXAMPLE", AWS_SECRET_ACCESS_KEY: "example" },
	});
	if (added.status !== 0) throw new Error(`aws-vault add failed: ${added.stderr}`);
	return [
		{
			name: "aws-vault export, cached",
			command: ["aws-vault", "export", "--format=json", "--no-session", "peer"],
			env,
		},
	];
}

/** The time from the start of a process to its end, milliseconds. */
function timeOf([program, ...args], env) {
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
		let errors = "";
		child.stderr.on("data", (data) => {
			errors += data;
		});
		child.on("error", reject);
		child.on("close", (code) => {
			if (code === 0) resolve(performance.now() - start);
			else reject(new Error(`${program} ${args} failed (${code}): ${errors}`));
		});
	});
}
