import { describe, expect, test } from "@jest/globals";
import { FixtureRepository, run } from "./fixture-repository.ts";

describe("release check", () => {
	test("the release check passes for a tag that is the version, and prints the version's section of the changelog", async () => {
		using repository = new FixtureRepository();
		const env = { GITHUB_REPOSITORY: "owner/name" };
		expect(await repository.script("check.mjs", ["v1.2.3"], env)).toEqual({
			code: 0,
			stdout: "- A change.\n",
			stderr: "",
		});
	});

	test("the release check passes for a package that has another one of the repository as a peer in any version", async () => {
		using repository = new FixtureRepository();
		repository.change("packages/beta", { peerDependencies: { gamma: "*" } });
		expect(await repository.script("check.mjs", ["v1.2.3"])).toMatchObject({ code: 0, stderr: "" });
	});

	test("the release check takes the tag from GITHUB_REF_NAME where none is given", async () => {
		using repository = new FixtureRepository();
		expect((await repository.script("check.mjs", [], { GITHUB_REF_NAME: "v1.2.3" })).code).toBe(0);
		expect((await repository.script("check.mjs", [], { GITHUB_REF_NAME: "v1.2.4" })).code).toBe(1);
	});

	test.each<[string, (repository: FixtureRepository) => void, RegExp]>([
		[
			"there is no repository",
			(it) => it.change("", { repository: undefined }),
			/- package\.json has no repository\. .* Run: npm pkg set repository=git\+https:\/\/github\.com\/OWNER\/NAME\.git$/m,
		],
		["the repository is blank", (it) => it.change("", { repository: "" }), /- package\.json has no repository/],
		[
			"the repository is not on GitHub",
			(it) => it.change("", { repository: { url: "git+https://example.com/owner/name.git" } }),
			/has the repository \{"url":"git\+https:\/\/example\.com\/owner\/name\.git"\}, which is not an https address of a repository on GitHub\. .* Run: npm/,
		],
		[
			"the repository is an SSH address",
			(it) => it.change("", { repository: "git@github.com:owner/name.git" }),
			/has the repository "git@github\.com:owner\/name\.git", which is not an https address of a repository on GitHub\. .* Run: npm/,
		],
		[
			"the repository is another than the one that the release runs in",
			(it) => it.change("", { repository: { url: "git+https://github.com/owner/another-name.git" } }),
			/owner\/another-name, but the release runs in owner\/name/,
		],
		[
			"a package has another version",
			(it) => it.change("packages/beta", { version: "1.2.2" }),
			/beta\/package\.json has version 1\.2\.2, not 1\.2\.3/,
		],
		[
			"a package depends on another version of a package of the repository",
			(it) => it.change("packages/beta", { dependencies: { alpha: "^1.2.2" } }),
			/beta\/package\.json depends on alpha \^1\.2\.2, not 1\.2\.3/,
		],
		[
			"a changelog is missing the version",
			(it) => it.write("CHANGELOG.md", "## 1.2.30 (2026-11-25)\n"),
			/CHANGELOG\.md has no section for 1\.2\.3/,
		],
		[
			"the version has no date",
			(it) => it.write("CHANGELOG.md", "## 1.2.3 (not released yet)\n"),
			/no valid date for 1\.2\.3, but "not released yet"/,
		],
		[
			"the date is not in the calendar",
			(it) => it.write("packages/beta/CHANGELOG.md", "## 1.2.3 (2026-02-30)\n"),
			/no valid date for 1\.2\.3, but "2026-02-30"/,
		],
		[
			"SECURITY.md has no contact",
			(it) => it.write("SECURITY.md", "Write to CONTACT-NOT-SET.\n"),
			/SECURITY\.md has no contact/,
		],
	])("the release check fails with one line that names the reason when %s", async (_, breakIt, line) => {
		using repository = new FixtureRepository();
		breakIt(repository);
		const { code, stderr, stdout } = await repository.script("check.mjs", ["v1.2.3"], {
			GITHUB_REPOSITORY: "owner/name",
		});
		expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
		expect(stderr).toMatch(line);
		expect(stderr.match(/^- /gm)).toHaveLength(1);
	});

	test.each([[undefined], ["git@github.com:owner/name.git"], [{ type: "git", url: "git@github.com:owner/name.git" }]])(
		"the command that the release check prints sets the repository, where it was %j",
		async (before) => {
			using repository = new FixtureRepository();
			repository.change("", { repository: before });
			const { stderr } = await repository.script("check.mjs", ["v1.2.3"]);
			const command = /Run: npm (pkg set .*)$/m.exec(stderr)?.[1] ?? "";
			const args = command.replace("OWNER/NAME", "owner/name").split(" ");
			expect(await run("npm", args, { cwd: repository.folder })).toMatchObject({ code: 0 });
			expect(await repository.script("check.mjs", ["v1.2.3"])).toMatchObject({ code: 0, stderr: "" });
		},
	);

	test.each([["v1.2.4"], ["1.2.3"], ["v1.2.3-beta.1"]])(
		"the release check fails for the tag %s of version 1.2.3",
		async (tag) => {
			using repository = new FixtureRepository();
			const { code, stderr } = await repository.script("check.mjs", [tag]);
			expect(code).toBe(1);
			expect(stderr).toContain(`The tag is ${tag}, but package.json has version 1.2.3.`);
		},
	);

	test("the release check lists everything that is missing at once", async () => {
		using repository = new FixtureRepository();
		repository.change("", { repository: undefined });
		repository.write("CHANGELOG.md", "");
		const { stderr } = await repository.script("check.mjs");
		expect(stderr.match(/^- .*/gm)).toEqual([
			expect.stringContaining("The tag is missing"),
			expect.stringContaining("no repository"),
			expect.stringContaining("no section for 1.2.3"),
		]);
	});
});

test("npm version gives every package and every range between them the same version, in one commit with its tag", async () => {
	using repository = new FixtureRepository();
	const { folder } = repository;
	const author = {
		GIT_AUTHOR_NAME: "a",
		GIT_AUTHOR_EMAIL: "a@example.com",
		GIT_COMMITTER_NAME: "a",
		GIT_COMMITTER_EMAIL: "a@example.com",
	};
	const git = (...args: string[]) => run("git", args, { cwd: folder, env: author });
	await git("init", "--quiet");
	await git("add", ".");
	await git("commit", "--quiet", "--message", "before");

	expect(await run("npm", ["version", "minor"], { cwd: folder, env: author })).toMatchObject({ code: 0 });

	const manifest = (path: string) => JSON.parse(repository.read(`${path}/package.json`));
	expect(manifest(".")).toMatchObject({ version: "1.3.0" });
	expect(manifest("packages/beta")).toMatchObject({ version: "1.3.0", dependencies: { alpha: "~1.3.0" } });
	expect(manifest("packages/a-gamma")).toMatchObject({
		version: "1.3.0",
		dependencies: { beta: "1.3.0" },
		peerDependencies: { alpha: "^1.3.0" },
	});
	const { packages } = JSON.parse(repository.read("package-lock.json"));
	expect([packages[""].version, packages["packages/beta"].version, packages["packages/beta"].dependencies]).toEqual([
		"1.3.0",
		"1.3.0",
		{ alpha: "~1.3.0" },
	]);
	expect((await git("status", "--porcelain")).stdout).toBe("");
	expect((await git("describe", "--exact-match")).stdout).toBe("v1.3.0\n");
});
