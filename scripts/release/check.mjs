// Checks that this commit may be released under a tag: npm run release:check -- v1.2.3, by default $GITHUB_REF_NAME. Prints the
// version's section of CHANGELOG.md, which becomes the release notes. Otherwise lists what is missing, and exits with 1.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { KINDS, manifestIn, packagesIn } from "../packages.mjs";
import { addressOf } from "./published.mjs";

const root = process.cwd();
const packages = packagesIn(root);
const manifest = manifestIn(root);
const { version } = manifest;
const tag = process.argv[2] ?? process.env.GITHUB_REF_NAME;

const problems = [
	...tagProblems(),
	...contactProblems(),
	...repositoryProblems(),
	...packages.flatMap(packageProblems),
];
if (problems.length > 0) {
	console.error(`Version ${version} cannot be released:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
	process.exit(1);
}
console.log(sectionOf(readFileSync("CHANGELOG.md", "utf8"))?.text);

function tagProblems() {
	if (tag === `v${version}`) return [];
	const found = tag ? `The tag is ${tag}` : "The tag is missing";
	return [`${found}, but package.json has version ${version}. Tag the commit that \`npm version\` makes: v${version}.`];
}

function contactProblems() {
	const isBlank = readIfThere(join(root, "SECURITY.md"))?.includes("CONTACT-NOT-SET") ?? true;
	return isBlank ? ["SECURITY.md has no contact. Replace CONTACT-NOT-SET by an address that somebody reads."] : [];
}

/** The root package names the repository for all of them: see published.mjs. */
function repositoryProblems() {
	const address = addressOf(manifest);
	const { repository } = manifest;
	const remedy = "Run: npm pkg set repository=git+https://github.com/OWNER/NAME.git";
	const use = "The links of each README on npm, and npm's provenance, need it.";
	if (!repository) return [`package.json has no repository. ${use} ${remedy}`];
	if (address === undefined) {
		const found = JSON.stringify(repository);
		return [
			`package.json has the repository ${found}, which is not an https address of a repository on GitHub. ${use} ${remedy}`,
		];
	}
	const running = process.env.GITHUB_REPOSITORY;
	if (!running || address.endsWith(`.com/${running}`)) return [];
	return [`package.json has the repository ${address}, but the release runs in ${running}. ${remedy}`];
}

function packageProblems({ folder, manifest }) {
	const path = (file) => relative(root, join(folder, file)).replaceAll("\\", "/");
	return [
		...versionProblems(path("package.json"), manifest),
		...changelogProblems(path("CHANGELOG.md"), readIfThere(join(folder, "CHANGELOG.md"))),
	];
}

function versionProblems(path, manifest) {
	const ranges = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
	const names = packages.map((one) => one.manifest.name);
	const isOther = (range) => range !== "*" && range.replace(/^[~^]/, "") !== version;
	const others = ranges.filter(([name, range]) => names.includes(name) && isOther(range));
	const remedy = "`npm version` sets it in every package.";
	return [
		...(manifest.version === version ? [] : [`${path} has version ${manifest.version}, not ${version}. ${remedy}`]),
		...others.map(([name, range]) => `${path} depends on ${name} ${range}, not ${version}. ${remedy}`),
	];
}

function changelogProblems(path, changelog) {
	if (changelog === undefined) return [`${path} is missing.`];
	const section = sectionOf(changelog);
	const wanted = `Head it "## ${version} (YYYY-MM-DD)", with the date of the release.`;
	if (section === undefined) return [`${path} has no section for ${version}. ${wanted}`];
	return isDate(section.date) ? [] : [`${path} has no valid date for ${version}, but "${section.date}". ${wanted}`];
}

/** The section of a changelog for the version: the date in parentheses after it, and the text. */
function sectionOf(changelog) {
	const sections = changelog.split(/^## /m).slice(1);
	const section = sections.find((text) => text.startsWith(`${version} `) || text.startsWith(`${version}\n`));
	if (section === undefined) return undefined;
	const [heading, ...lines] = section.split("\n");
	return { date: /\((.*)\)/.exec(heading)?.[1] ?? "", text: lines.join("\n").trim() };
}

function isDate(text) {
	const date = new Date(`${text}T00:00:00Z`);
	return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function readIfThere(path) {
	return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
