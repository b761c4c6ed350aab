import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { FixtureRepository, type Outcome, run } from "./fixture-repository.ts";
import { programOf, ROOT, workflows } from "./workflow-files.ts";

interface Published {
	readonly version: string;
	readonly integrity: string;
	readonly tag: string;
	readonly access: string;
}

/** A registry on this machine: what npm needs of one to look a version up and to publish it. */
class Registry {
	readonly published = new Map<string, Published>();
	/** The packages whose publishing it rejects. */
	readonly rejected = new Set<string>();
	readonly #server = createServer(async (request, response) => {
		const name = decodeURIComponent(request.url?.slice(1) ?? "");
		const respond = (status: number, body: unknown) =>
			response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
		if (request.method === "PUT") {
			const { access, "dist-tags": tags, versions } = JSON.parse(await text(request));
			const [[tag = "", version = ""] = []] = Object.entries<string>(tags);
			if (this.rejected.has(name)) return respond(403, { error: "forbidden" });
			this.published.set(name, { version, integrity: versions[version].dist.integrity, tag, access });
			return respond(201, { ok: true });
		}
		const one = this.published.get(name);
		if (one === undefined) return respond(404, { error: "not found" });
		const { integrity, version } = one;
		return respond(200, {
			name,
			"dist-tags": { latest: version },
			versions: { [version]: { name, version, dist: { integrity, tarball: `${this.url}${name}.tgz` } } },
		});
	});

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
	}

	stop(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}

// npm as it is, but for what needs the real registry: its address, and the signature of the provenance. Its version is given,
// since this Node may come with an older one.
const NPM = `#!/usr/bin/env bash
if [ "$1" = --version ]; then echo "$NPM_VERSION"; exit; fi
arguments=()
for argument in "$@"; do
	case $argument in
		--registry=https://registry.npmjs.org/) arguments+=("--registry=$REGISTRY") ;;
		--provenance) ;;
		*) arguments+=("$argument") ;;
	esac
done
echo "npm $*" >>"$RUNNER_TEMP/commands"
PATH=$REAL_PATH exec npm "\${arguments[@]}"
`;

const job = workflows()
	.flatMap(({ jobs }) => jobs)
	.find(({ name }) => name === "publish");

/** The runner of the job that publishes, with the files of the job that packed. */
class Runner {
	readonly folder = mkdtempSync(join(tmpdir(), "runner-"));
	readonly #registry: Registry;
	readonly #checksums: string;

	/** @param name - Package that is released alone. */
	constructor(registry: Registry, release: string, name = "") {
		this.#registry = registry;
		cpSync(release, join(this.folder, "release"), { recursive: true });
		const checksums = readFileSync(join(release, "SHA256SUMS"), "utf8").trim().split("\n");
		this.#checksums = checksums.filter((line) => line.includes(`  ${name}`)).join("\n");
		mkdirSync(join(this.folder, "bin"));
		writeFileSync(join(this.folder, "bin/npm"), NPM);
		chmodSync(join(this.folder, "bin/npm"), 0o755);
		writeFileSync(join(this.folder, ".npmrc"), `${registry.url.slice("http:".length)}:_authToken=token\n`);
	}

	[Symbol.dispose](): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** The commands that npm was run with. */
	get commands(): string[] {
		return readFileSync(join(this.folder, "commands"), "utf8").trim().split("\n");
	}

	/** Runs the workflow's step as GitHub does. */
	publish({ npmVersion = "11.10.0" } = {}): Promise<Outcome> {
		const { PATH = "" } = process.env;
		const env = {
			CHECKSUMS: this.#checksums,
			NPM_CONFIG_USERCONFIG: join(this.folder, ".npmrc"),
			NPM_VERSION: npmVersion,
			PATH: `${join(this.folder, "bin")}:${PATH}`,
			REAL_PATH: PATH,
			REGISTRY: this.#registry.url,
			RUNNER_TEMP: this.folder,
			TMPDIR: this.folder,
		};
		const program = job?.steps.map(programOf).find((step) => step.includes("npm publish")) ?? "exit 99";
		return run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", program], { cwd: this.folder, env });
	}
}

const integrityOf = (path: string) => `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`;

/** The READMEs of this repository, by the folder in the fixture that is as deep as their own. */
const readmes = {
	"": "README.md",
	"packages/beta": "packages/local/README.md",
	"packages/a-gamma": "packages/cli/README.md",
};
const names = { "": "alpha", "packages/beta": "beta", "packages/a-gamma": "gamma" };

let repository: FixtureRepository;
let packed: Outcome;
beforeAll(async () => {
	repository = new FixtureRepository();
	for (const [folder, readme] of Object.entries(readmes))
		repository.write(join(folder, "README.md"), readFileSync(ROOT + readme, "utf8"));
	const peers = { peerDependencies: { delta: "*" }, peerDependenciesMeta: { delta: { optional: true } } };
	repository.change("", { ...peers, devDependencies: { beta: "*", delta: "1.0.0", epsilon: "1.0.0", omega: "*" } });
	repository.change("packages/beta", { dependencies: { alpha: "~1.2.3", epsilon: "^1.0.0" } });
	const lock = JSON.parse(repository.read("package-lock.json"));
	lock.packages["node_modules/delta"] = { version: "1.0.0", dev: true };
	lock.packages["node_modules/epsilon"] = { version: "1.0.0" };
	repository.write("package-lock.json", lock);
	packed = await repository.script("pack.mjs");
});
afterAll(() => repository[Symbol.dispose]());

describe("release:pack", () => {
	test("release:pack writes the tarballs in the order of their dependencies, a bill of materials of each, and the checksums", () => {
		expect(packed).toMatchObject({ code: 0 });
		const sums = repository.read("release/SHA256SUMS").trim().split("\n");
		expect(sums.map((line) => line.split("  ")[1])).toEqual([
			"alpha-1.2.3.tgz",
			"beta-1.2.3.tgz",
			"gamma-1.2.3.tgz",
			"alpha-1.2.3.cdx.json",
			"beta-1.2.3.cdx.json",
			"gamma-1.2.3.cdx.json",
		]);
		for (const line of sums) {
			const [sum, file = ""] = line.split("  ");
			const content = readFileSync(join(repository.folder, "release", file));
			expect(createHash("sha256").update(content).digest("hex")).toBe(sum);
		}
	});

	test("release:pack lists in a bill of materials the packages of an installation, and no development dependency", () => {
		const bom = (name: string) => JSON.parse(repository.read(`release/${name}-1.2.3.cdx.json`));
		expect(bom("alpha")).toMatchObject({
			bomFormat: "CycloneDX",
			metadata: { component: { name: "alpha", version: "1.2.3" } },
			components: [],
		});
		const listed: { readonly purl: string }[] = bom("gamma").components;
		expect(listed.map(({ purl }) => purl).sort()).toEqual([
			"pkg:npm/alpha@1.2.3",
			"pkg:npm/beta@1.2.3",
			"pkg:npm/epsilon@1.0.0",
		]);
		expect(JSON.stringify(listed)).not.toContain("file:");
	});

	const contentOf = async (name: string, file: string, from = repository) => {
		const cwd = join(from.folder, "release");
		return (await run("tar", ["-xzOf", `${name}-1.2.3.tgz`, `package/${file}`], { cwd })).stdout;
	};
	const targets = (text: string) => [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);

	test.each(Object.entries(names))(
		"every link and picture of the README in %j is absolute, of the version, and leads to a file that exists",
		async (folder, name) => {
			const links = targets(await contentOf(name, "README.md"));
			const page = "https://github.com/owner/name/blob/v1.2.3/";
			const raw = "https://raw.githubusercontent.com/owner/name/v1.2.3/";
			const ours = links.filter((link) => link.startsWith(page) || link.startsWith(raw));
			const relative = targets(repository.read(join(folder, "README.md"))).filter((link) => !/^(#|https:)/.test(link));
			expect(ours).toHaveLength(relative.length);
			expect(links.filter((link) => !/^(#|https:)/.test(link))).toEqual([]);
			const files = ours.map((link) =>
				link
					.replace(page, "")
					.replace(raw, "")
					.replace(/[?#].*/, ""),
			);
			expect(files.filter((file) => !existsSync(ROOT + file))).toEqual([]);
		},
	);

	test.each(["", "packages/boto3/", "packages/cli/", "packages/local/"])(
		"%sREADME.md has only links that become absolute: none with a title, none by reference, no HTML",
		(folder) => {
			const text = readFileSync(`${ROOT}${folder}README.md`, "utf8").replace(/^```.*?^```/gms, "");
			expect(text).not.toMatch(/^ *\[[^\]]+\]: |<(a|img|source)\b|\]\([^)\s]+\s/m);
		},
	);

	test("pictures are served as pictures, and examples of Markdown stay as they are", async () => {
		const text =
			"![a](docs/a.svg) ![b](./b.png) [c](docs/c.md#d) [e](#e) [f](https://example.com)\n```md\n[a](b.md)\n```\n[g](g.md)\n";
		using other = new FixtureRepository();
		other.change("", { workspaces: [] });
		other.write("README.md", text);
		await other.packTarballs();
		const raw = "https://raw.githubusercontent.com/owner/name/v1.2.3";
		const page = "https://github.com/owner/name/blob/v1.2.3";
		expect(await contentOf("alpha", "README.md", other)).toBe(
			`![a](${raw}/docs/a.svg?sanitize=true) ![b](${raw}/b.png) [c](${page}/docs/c.md#d) [e](#e) [f](https://example.com)\n` +
				`\`\`\`md\n[a](b.md)\n\`\`\`\n[g](${page}/g.md)\n`,
		);
	});

	test("every package.json names the repository with the package's folder, where to report bugs, and a homepage", async () => {
		const manifest = async (name: string) => JSON.parse(await contentOf(name, "package.json"));
		const bugs = { url: "https://github.com/owner/name/issues" };
		const git = { type: "git", url: "git+https://github.com/owner/name.git" };
		expect(await manifest("alpha")).toMatchObject({ bugs, homepage: "https://github.com/owner/name#readme" });
		expect((await manifest("alpha")).repository).toEqual(git);
		expect(await manifest("gamma")).toMatchObject({
			bugs,
			homepage: "https://github.com/owner/name/tree/v1.2.3/packages/a-gamma#readme",
			repository: { ...git, directory: "packages/a-gamma" },
			dependencies: { beta: "1.2.3" },
		});
	});

	test("without a repository, what is packed has the files as they are", async () => {
		using other = new FixtureRepository();
		other.change("", { workspaces: [], repository: undefined });
		other.write("README.md", "[a](CHANGELOG.md)\n");
		expect(await other.script("pack.mjs")).toMatchObject({ code: 0 });
		expect(await contentOf("alpha", "README.md", other)).toBe("[a](CHANGELOG.md)\n");
		expect(await contentOf("alpha", "package.json", other)).toBe(other.read("package.json"));
	});
});

test("the job that publishes runs on Linux, where its program is tested", () => {
	expect(job?.settings.get("runs-on")?.trim()).toBe("ubuntu-latest");
});

const onLinux = process.platform === "linux" ? describe : () => {};
onLinux("the job that publishes", () => {
	let registry: Registry;
	const release = () => join(repository.folder, "release");
	const integrity = (name: string) => integrityOf(join(release(), `${name}-1.2.3.tgz`));

	beforeEach(async () => {
		registry = new Registry();
		await registry.start();
	});
	afterEach(() => registry.stop());

	describe("for a release with no package that is published", () => {
		let runner: Runner;
		let first: Registry;
		let outcome: Outcome;
		beforeAll(async () => {
			first = new Registry();
			await first.start();
			runner = new Runner(first, release());
			outcome = await runner.publish();
		});
		afterAll(() => {
			runner[Symbol.dispose]();
			first.stop();
		});

		test("the publish job publishes the tarballs that were packed, each after those that it depends on", () => {
			expect(outcome).toMatchObject({ code: 0 });
			const version = { version: "1.2.3", tag: "latest", access: "public" };
			expect([...first.published]).toEqual([
				["alpha", { ...version, integrity: integrity("alpha") }],
				["beta", { ...version, integrity: integrity("beta") }],
				["gamma", { ...version, integrity: integrity("gamma") }],
			]);
		});

		test("the publish job publishes with provenance, without scripts, and to npm's registry", () => {
			const publishing = runner.commands.filter((command) => command.startsWith("npm publish"));
			const options = "--provenance --ignore-scripts --access=public --registry=https://registry.npmjs.org/";
			expect(publishing).toEqual(
				["alpha", "beta", "gamma"].map((name) => `npm publish ${runner.folder}/release/${name}-1.2.3.tgz ${options}`),
			);
		});
	});

	test("the publish job publishes what is missing when it runs again, and prints what it skips", async () => {
		using runner = new Runner(registry, release());
		registry.rejected.add("beta");
		expect((await runner.publish()).code).not.toBe(0);
		expect([...registry.published.keys()]).toEqual(["alpha"]);

		registry.rejected.clear();
		const { code, stdout } = await runner.publish();
		expect(code).toBe(0);
		expect(stdout).toContain("alpha@1.2.3 is already published: skipped.\n");
		expect([...registry.published.keys()]).toEqual(["alpha", "beta", "gamma"]);
	});

	test("the publish job stops when a version is already published with other contents", async () => {
		using runner = new Runner(registry, release(), "alpha");
		const integrity = `sha512-${Buffer.alloc(64).toString("base64")}`;
		registry.published.set("alpha", { version: "1.2.3", integrity, tag: "latest", access: "public" });
		const { code, stdout } = await runner.publish();
		expect(code).toBe(1);
		expect(stdout).toContain("::error::alpha@1.2.3 is already published with other contents.");
		expect([...registry.published.keys()]).toEqual(["alpha"]);
	});

	test("the publish job publishes the next version where an earlier one is published", async () => {
		using runner = new Runner(registry, release(), "alpha");
		registry.published.set("alpha", { version: "1.2.2", integrity: "sha512-x", tag: "latest", access: "public" });
		expect((await runner.publish({ npmVersion: "11.5.1" })).code).toBe(0);
		expect(registry.published.get("alpha")?.version).toBe("1.2.3");
	});

	test("the publish job publishes nothing when a tarball is not the one that was packed", async () => {
		using runner = new Runner(registry, release());
		writeFileSync(join(runner.folder, "release/beta-1.2.3.tgz"), "other contents");
		const { code, stdout } = await runner.publish();
		expect(code).toBe(1);
		expect(stdout).toContain("beta-1.2.3.tgz: FAILED");
		expect(registry.published.size).toBe(0);
	});

	test("the publish job takes no settings from the files that it downloads", async () => {
		using runner = new Runner(registry, release(), "alpha");
		writeFileSync(join(runner.folder, "release/.npmrc"), "dry-run=true\n");
		expect((await runner.publish()).code).toBe(0);
		expect(registry.published.size).toBe(1);
	});

	test.each([["10.9.2"], ["11.5.0"], ["9.99.0"]])(
		"the publish job publishes nothing with npm %s, which has no trusted publishing",
		async (npmVersion) => {
			using runner = new Runner(registry, release());
			const { code, stdout } = await runner.publish({ npmVersion });
			expect(code).toBe(1);
			expect(stdout).toContain(`::error::npm ${npmVersion} is too old for trusted publishing, which needs npm 11.5.1.`);
			expect(registry.published.size).toBe(0);
		},
	);

	test("the publish job gives a pre-release the tag next, not latest", async () => {
		using prerelease = new FixtureRepository();
		prerelease.change("", { version: "2.0.0-beta.1", workspaces: [] });
		await prerelease.packTarballs();
		const tarball = readFileSync(join(prerelease.folder, "release/alpha-2.0.0-beta.1.tgz"));
		const sum = createHash("sha256").update(tarball).digest("hex");
		prerelease.write("release/SHA256SUMS", `${sum}  alpha-2.0.0-beta.1.tgz\n`);
		using runner = new Runner(registry, join(prerelease.folder, "release"));
		expect(await runner.publish()).toMatchObject({ code: 0 });
		expect([...registry.published]).toMatchObject([["alpha", { version: "2.0.0-beta.1", tag: "next" }]]);
	});
});
