// Writes packages/cli/echostream.1, the manual page of the command line, from its commands: npm run docs:man. With --check it only
// fails when the page is out of date.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./packages.mjs";

/** An option of more commands than this is described once. */
const FEW = 4;

/** What the commands do not describe themselves. */
const VARIABLES = [
	[
		"APPSYNC_ENDPOINT, TENANT, APP, USER_POOL_ID, CLIENT_ID, USER_NAME",
		"the settings, unless a profile, a file or an option has them",
	],
	["PASSWORD, PASSWORD_COMMAND, PASSWORD_FILE", "the password, a command that prints it, or a file that contains it"],
	["ECHOSTREAM_PROFILE", "name of the profile"],
	["ECHOSTREAM_CONFIG_DIR, ECHOSTREAM_CACHE_DIR", "folders of the profiles and of the cache"],
	["ECHOSTREAM_KEYRING", "off, so that the keyring of the operating system is not used"],
	["NO_COLOR", "any value, for output without colors and spinners"],
];
const EXIT_CODES = [
	["0", "The command succeeded."],
	["1", "The command failed."],
	["2", "A command, option, argument or setting is missing or invalid."],
	["3", "The sign-in was rejected, or requires a person."],
	["4", "The user is not authorized, or the tenant or app was not found."],
	["5", "A server could not be reached, timed out or is overloaded. The same command may succeed later."],
	["126, 127", "The program of exec could not be run, or was not found."],
	["130", "The command was cancelled with Ctrl+C."],
];

const page = join(root, "packages/cli/echostream.1");
const text = manPage(await loadProgram());
if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, "utf8") !== text) {
	console.error("Out of date: packages/cli/echostream.1. Run `npm run docs:man`, and commit what it writes.");
	process.exitCode = 1;
}

/** The commands, and the lines that were printed since the last call. */
async function loadProgram() {
	// Beside its package.json, where its dependencies are found.
	const bundle = join(root, `packages/cli/man-page.${process.pid}.tmp.mjs`);
	process.on("exit", () => rmSync(bundle, { force: true }));
	await build({
		absWorkingDir: root,
		entryPoints: ["packages/cli/src/run.ts"],
		outfile: bundle,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
		target: "node20",
		tsconfigRaw: {},
		logLevel: "warning",
	});
	const { createProgram } = await import(pathToFileURL(bundle).href);
	const lines = [];
	const terminal = { print: (printed) => lines.push(...printed.split("\n")) };
	const program = createProgram({ terminal, run: () => () => {} });
	return { program, printed: () => lines.splice(0) };
}

function manPage({ program, printed }) {
	const help = program.createHelp();
	const commands = help.visibleCommands(program).filter((command) => command.name() !== "help");
	const options = commands.flatMap((command) => command.options);
	const isCommon = ({ description, flags }) =>
		options.filter((other) => other.flags === flags && other.description === description).length > FEW;
	const common = new Map(options.filter(isCommon).map((one) => [one.flags, one]));
	const summary = program.description().replace(/\.$/, "");
	return [
		'.TH ECHOSTREAM 1 "" "echostream-cli" "User Commands"',
		".SH NAME",
		`echostream \\- ${escaped(summary[0].toLowerCase() + summary.slice(1))}`,
		".SH SYNOPSIS",
		".B echostream",
		".I command",
		"[\\fIoptions\\fR]",
		".SH COMMANDS",
		...commands.flatMap((command) => describe(command, isCommon, printed)),
		".SH COMMON OPTIONS",
		...[...common.values()].flatMap(describeOption),
		".SH ENVIRONMENT",
		...VARIABLES.flatMap(([names, meaning]) => item(names, meaning)),
		".SH EXIT STATUS",
		...EXIT_CODES.flatMap(([code, meaning]) => item(code, meaning)),
		"",
	].join("\n");
}

function describe(command, isCommon, printed) {
	printed();
	command.outputHelp();
	const lines = printed();
	const examples = lines.slice(lines.indexOf("Examples:") + 1).map((line) => line.trim());
	const own = command.options.filter((option) => !isCommon(option));
	const hasCommon = command.options.some(isCommon);
	const usage = `echostream ${command.name()} ${command.usage().replace("[options]", "").trim()}`.trim();
	return [
		`.SS ${escaped(usage)}`,
		escaped(command.description()),
		...command.registeredArguments.flatMap((one) => item(one.name(), withChoices(one))),
		...own.flatMap(describeOption),
		...(hasCommon ? [".PP", "It takes the common options too."] : []),
		".PP",
		".nf",
		...examples.map(escaped),
		".fi",
	];
}

function describeOption(option) {
	return item(option.flags, withChoices(option));
}

function withChoices({ argChoices, defaultValue, defaultValueDescription, description }) {
	const byDefault = defaultValueDescription ?? (typeof defaultValue === "boolean" ? undefined : defaultValue);
	return [
		description,
		...(argChoices === undefined ? [] : [`: ${argChoices.join(", ")}`]),
		...(byDefault === undefined ? [] : [`. Default: ${byDefault}`]),
	].join("");
}

function item(term, meaning) {
	return [".TP", `.B ${escaped(term)}`, escaped(meaning)];
}

/** A line without characters that are commands of roff. */
function escaped(line) {
	return line.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
