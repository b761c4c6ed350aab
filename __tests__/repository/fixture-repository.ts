import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const SCRIPTS = fileURLToPath(new URL("../../scripts/release/", import.meta.url));

/** What a program printed, and its exit code. */
export interface Outcome {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program to its end, with this environment and nothing of ours but where programs are found. */
export async function run(
	command: string,
	args: readonly string[],
	options: { readonly cwd: string; readonly env?: Record<string, string> },
): Promise<Outcome> {
	const { PATH = "", Path = "", SystemRoot = "", HOME = "", npm_config_cache = "" } = process.env;
	const env = { PATH: PATH || Path, SystemRoot, HOME, npm_config_cache, ...options.env };
	const settings = { cwd: options.cwd, env, shell: command === "npm" && process.platform === "win32" };
	const child = execute(command, [...args], settings).then(
		(printed) => ({ code: 0, ...printed }),
		(error: Outcome) => error,
	);
	const { code, stderr, stdout } = await child;
	return { code, stderr, stdout };
}

type Manifest = Record<string, unknown>;

/**
 * A repository in a temporary folder that is ready for the release of `1.2.3`: the root package `alpha`, and in `packages/`
 * `beta`, which depends on `alpha`, `gamma`, which depends on both, and the private `omega`.
 */
export class FixtureRepository {
	readonly folder = mkdtempSync(join(tmpdir(), "repository-"));

	constructor() {
		const repository = { type: "git", url: "git+https://github.com/owner/name.git" };
		const common = { version: "1.2.3" };
		const packages: Record<string, Manifest> = {
			"": {
				name: "alpha",
				...common,
				repository,
				workspaces: ["packages/*"],
				scripts: { version: `node ${script("version.mjs")}` },
			},
			"packages/a-gamma": {
				name: "gamma",
				...common,
				dependencies: { beta: "1.2.3" },
				peerDependencies: { alpha: "^1.2.3" },
			},
			"packages/beta": { name: "beta", ...common, dependencies: { alpha: "~1.2.3" } },
			"packages/omega": { name: "omega", version: "0.0.0", private: true },
		};
		for (const [path, manifest] of Object.entries(packages)) {
			this.write(join(path, "package.json"), manifest);
			this.write(
				join(path, "CHANGELOG.md"),
				"# Changelog\n\n## 1.2.3 (2026-11-25)\n\n- A change.\n\n## 1.2.2 (2026-10-01)\n",
			);
		}
		this.write("SECURITY.md", "Write to security@example.com.\n");
		const links = Object.entries(packages).filter(([path]) => path !== "");
		this.write("package-lock.json", {
			name: "alpha",
			version: "1.2.3",
			lockfileVersion: 3,
			requires: true,
			packages: {
				...packages,
				...Object.fromEntries(
					links.map(([path, { name }]) => [`node_modules/${name}`, { resolved: path, link: true }]),
				),
			},
		});
	}

	[Symbol.dispose](): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** The text of one of its files. */
	read(path: string): string {
		return readFileSync(join(this.folder, path), "utf8");
	}

	/** Writes a file: a text as it is, anything else as JSON. */
	write(path: string, content: unknown): void {
		const file = join(this.folder, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, typeof content === "string" ? content : `${JSON.stringify(content, undefined, "\t")}\n`);
	}

	/** Changes the package.json in one of its folders. */
	change(path: string, changes: Manifest): void {
		const file = join(path, "package.json");
		this.write(file, { ...JSON.parse(this.read(file)), ...changes });
	}

	/** Runs one of this project's scripts for releases in it. */
	script(name: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
		return this.#node([script(name), ...args], env);
	}

	/** Packs its tarballs into `release/`, without what else a release has. */
	packTarballs(): Promise<Outcome> {
		const program = `(await import(process.argv[2])).packInto("release", process.cwd())`;
		return this.#node([
			"--input-type=module",
			"--eval",
			program,
			"--",
			"tarballs",
			String(pathToFileURL(script("pack.mjs"))),
		]);
	}

	#node(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
		// Nothing listens there: no script needs the registry.
		const offline = { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" };
		return run(process.execPath, args, { cwd: this.folder, env: { ...offline, ...env } });
	}
}

function script(name: string): string {
	return join(SCRIPTS, name);
}
