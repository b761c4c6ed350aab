import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { programOf, ROOT, settingsOf, workflows } from "./workflow-files.ts";

const all = workflows();
const jobs = all.flatMap(({ file, jobs }) => jobs.map((job) => ({ ...job, place: `${job.name} in ${file}` })));
const steps = jobs.flatMap(({ place, steps }) => steps.map((step) => ({ place, step })));
const isCheckout = (step: string) => step.includes("actions/checkout@");
const permissionsOf = ({ settings }: { settings: ReadonlyMap<string, string> }) =>
	Object.fromEntries(
		[...settingsOf(settings.get("permissions") ?? "", 6)].map(([scope, access]) => [scope, access.trim()]),
	);

test("the workflows are read completely: every job and every step", () => {
	const count = (pattern: RegExp) => all.flatMap(({ text }) => text.match(pattern) ?? []).length;
	expect(jobs).toHaveLength(count(/^ {4}runs-on:/gm));
	expect(steps).toHaveLength(count(/^ {6}- /gm));
});

describe.each(all)("workflow $file", ({ settings, text }) => {
	test("a workflow gives no permission to all of its jobs", () => {
		expect(settings.get("permissions")?.trim()).toBe("{}");
	});

	test("a workflow limits its simultaneous runs", () => {
		expect(settings.has("concurrency")).toBe(true);
	});

	test("a workflow names every action by its commit, with its version beside it", () => {
		const actions = text.match(/\buses:.*/g) ?? [];
		expect(actions.filter((action) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
	});

	test("a workflow names the same commit for the same action as the other workflows", () => {
		const everywhere = new Set(all.flatMap(({ text }) => text.match(/\buses:.*/g) ?? []));
		const names = [...everywhere].map((action) => action.replace(/@.*/, ""));
		expect(names).toEqual([...new Set(names)]);
	});
});

describe.each(jobs)("job $place", (job) => {
	test("a job has a time limit", () => {
		expect(Number(job.settings.get("timeout-minutes"))).toBeGreaterThan(0);
	});

	test("a job reads the repository and no more, unless it publishes", () => {
		const more = { publish: { "id-token": "write" }, "github-release": { contents: "write" } };
		expect(permissionsOf(job)).toEqual(
			Object.entries(more).find(([name]) => name === job.name)?.[1] ?? { contents: "read" },
		);
	});

	test("a job keeps no credentials in its checkout", () => {
		const checkouts = job.steps.filter(isCheckout);
		expect(checkouts.filter((step) => !/^ {10}persist-credentials: false$/m.test(step))).toEqual([]);
	});

	test("a job puts no expression into a program, where it would be run", () => {
		expect(job.steps.map(programOf).filter((program) => program.includes("${{"))).toEqual([]);
	});

	test("a job takes no cache, which another run could have poisoned", () => {
		const nodes = job.steps.filter((step) => step.includes("actions/setup-node@"));
		expect(
			nodes.filter((step) => !/^ {10}package-manager-cache: false$/m.test(step) || /^ {10}cache:/m.test(step)),
		).toEqual([]);
	});
});

describe.each(jobs.filter((job) => Object.values(permissionsOf(job)).includes("write")))(
	"job $place, which may write",
	({ settings, steps }) => {
		test("a job that may write has no checkout", () => {
			expect(steps.filter(isCheckout)).toEqual([]);
		});

		test("a job that may write installs nothing, and runs no code of the repository or its dependencies", () => {
			const runs = /\b(npx|npm (ci|install|i|exec|x|run|start|test|rebuild))\b|\.ci\/|\bscripts\/|\bnode [^-]/;
			expect(steps.map(programOf).filter((program) => runs.test(program.replace(/^ *#.*\n/gm, "")))).toEqual([]);
		});

		test("a job that may write uses the files of the job that packed, against the checksums of that job, when all tests have passed", () => {
			const program = steps.map(programOf).find((text) => text !== "");
			expect(program).toContain('sha256sum --check --strict <<<"$CHECKSUMS"');
			expect(steps.join("")).toMatch(/^ {10}CHECKSUMS: \$\{\{ needs\.pack\.outputs\.checksums \}\}$/m);
			expect(settings.get("needs")?.trim()).toMatch(/^\[pack, (test|publish)\]$/);
		});
	},
);

test("only one job may prove its identity to npm, in an environment whose reviewers approve it", () => {
	const publishing = jobs.filter((job) => "id-token" in permissionsOf(job));
	expect(publishing.map(({ place, settings }) => [place, settings.get("environment")?.trim()])).toEqual([
		["publish in release.yml", "npm"],
	]);
});

test("no workflow reads a secret", () => {
	expect(all.filter(({ text }) => /\bsecrets\./.test(text)).map(({ file }) => file)).toEqual([]);
});

describe("installing runs no script of a dependency", () => {
	const folders = [".github", ".ci", "scripts", "bench", "examples", "__tests__/package", "__tests__/lambda"];
	const files = folders.flatMap((folder) =>
		readdirSync(ROOT + folder, { recursive: true, encoding: "utf8", withFileTypes: true }).flatMap((entry) =>
			entry.isFile() ? `${entry.parentPath}/${entry.name}` : [],
		),
	);
	const texts = [...files.filter((file) => !file.endsWith(".md")), `${ROOT}package.json`].map((file) =>
		readFileSync(file, "utf8"),
	);
	const programs = texts.map((text) => text.replace(/^\s*(#|\/\/).*$/gm, ""));
	const commands = programs.flatMap(
		(text) => text.match(/\bnpm (ci|install|i)\b.*|\[\s*"(ci|install|i)",[^\]]*\]/g) ?? [],
	);

	test("every npm ci and npm install that a script, a workflow, a benchmark or a test runs ignores scripts", () => {
		expect(commands.filter((command) => !command.includes("--ignore-scripts"))).toEqual([]);
	});

	test("the search for installations finds those of scripts/, bench/ and __tests__/", () => {
		expect(commands.length).toBeGreaterThanOrEqual(4);
	});
});

describe("the updates of dependencies", () => {
	const text = readFileSync(`${ROOT}.github/dependabot.yml`, "utf8");
	const updates = text.split(/^ {2}- /m).slice(1);

	test("updates of dependencies are proposed for the npm packages, for the examples and for the actions", () => {
		const ecosystems = updates.map((update) => /^package-ecosystem: (.*)$/m.exec(update)?.[1]);
		expect(ecosystems).toEqual(["npm", "npm", "github-actions"]);
		expect(updates[1]).toContain("/examples/*");
	});

	test("updates of dependencies are weekly, in groups, and at least a week after the release", () => {
		for (const update of updates) {
			expect(update).toMatch(/^ {6}interval: weekly$/m);
			expect(update).toMatch(/^ {4}groups:$/m);
			expect(Number(/^ {4}cooldown:\n {6}default-days: (\d+)$/m.exec(update)?.[1])).toBeGreaterThanOrEqual(7);
		}
	});
});
