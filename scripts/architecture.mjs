// Checks the direction of imports, and their picture in CONTRIBUTING.md. Fails if a file imports from a folder that is not
// allowed or a package that is not a dependency, if imports form a cycle, or if the picture is out of date. --write updates the
// picture.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { isCopied, manifestIn, root } from "./packages.mjs";

/**
 * Allowed imports of the files in each folder, besides their own folder. A name without a slash is a folder with all its subfolders.
 * Files outside folders are listed by name.
 */
const LIBRARY = {
	source: "src",
	rooms: {
		index: ["sessions", "appsync", "credentials", "cognito", "stores", "platform", "errors"],
		apollo: ["sessions", "appsync", "platform", "errors"],
		sessions: ["appsync", "credentials", "cognito", "stores", "platform", "errors", "version"],
		appsync: ["platform", "errors", "printable", "version"],
		credentials: ["platform", "errors"],
		cognito: ["cognito/tokens", "cognito/login", "cognito/api", "stores", "platform", "errors", "version"],
		"cognito/tokens": ["cognito/login", "cognito/api", "stores", "platform", "errors"],
		"cognito/login": ["cognito/api", "platform", "errors", "printable"],
		"cognito/api": ["platform", "errors", "printable", "version"],
		stores: ["platform", "errors"],
		platform: ["errors", "printable", "version"],
		errors: ["printable"],
		printable: [],
		version: [],
	},
};
const LOCAL = {
	source: "packages/local/src",
	rooms: {
		index: [
			"local-tenant",
			"manual-clock",
			"running-clock",
			"tenant-directory",
			"network",
			"messages",
			"appsync",
			"aws",
			"data",
			"http",
			"user-pool",
		],
		command: ["local-tenant", "http", "shape"],
		console: ["control", "http"],
		testing: ["local-tenant"],
		"local-tenant": [
			"manual-clock",
			"running-clock",
			"tenant-directory",
			"control",
			"network",
			"messages",
			"appsync",
			"aws",
			"data",
			"http",
			"user-pool",
			"json",
		],
		control: ["aws", "data", "user-pool", "tenant-directory", "http", "json", "shape"],
		appsync: ["aws", "network", "http", "json"],
		aws: ["data", "user-pool", "network", "http", "json", "base32", "constant-time"],
		messages: ["network"],
		network: ["data"],
		"user-pool": ["data", "http", "json", "base32", "constant-time"],
		http: ["json", "shape"],
		"tenant-directory": ["network"],
		"manual-clock": [],
		"running-clock": [],
		shape: ["json"],
		data: ["json"],
		base32: [],
		"constant-time": [],
		json: [],
	},
};
const CLI = {
	source: "packages/cli/src",
	rooms: {
		main: ["run", "tools"],
		run: ["commands", "completion", "failure", "terminal", "version"],
		version: [],
		commands: ["completion", "tools", "tenant", "doctor", "port", "parity", "terminal"],
		completion: ["settings", "terminal"],
		doctor: ["access", "settings", "tools", "prompts", "exit-code", "printable-json", "terminal"],
		tools: ["access", "files", "settings", "prompts", "exit-code", "printable-json", "terminal", "until-stopped"],
		tenant: [
			"access",
			"aws-failure",
			"input",
			"invalid-input",
			"exit-code",
			"printable-json",
			"terminal",
			"until-stopped",
		],
		"until-stopped": [],
		input: ["invalid-input", "terminal"],
		"invalid-input": ["exit-code"],
		access: ["files", "settings", "prompts", "terminal"],
		failure: ["aws-failure", "exit-code"],
		"aws-failure": ["exit-code"],
		settings: ["files", "invalid-input"],
		files: [],
		port: ["printable-json", "terminal"],
		parity: ["exit-code", "printable-json", "terminal"],
		prompts: ["exit-code", "terminal"],
		terminal: [],
		"exit-code": [],
		"printable-json": [],
	},
};

const BOTO3 = {
	source: "packages/boto3/src",
	rooms: {
		index: [
			...[
				"session",
				"session-events",
				"botocore-session",
				"client",
				"client-meta",
				"resource-meta",
				"dynamodb",
				"s3",
				"sqs",
			],
			...["operations", "errors", "method-names"],
		],
		session: [
			...[
				"botocore-session",
				"session-events",
				"client",
				"client-config",
				"dynamodb",
				"s3",
				"sqs",
				"operations",
				"errors",
			],
			...["options", "strict"],
		],
		"session-events": ["botocore-session", "service-event", "strict"],
		"botocore-session": ["operations"],
		"service-event": [],
		client: ["client-meta", "s3", "operations", "errors", "strict"],
		"client-config": ["method-names"],
		"client-meta": ["strict"],
		"resource-meta": ["strict"],
		dynamodb: ["resource-meta", "operations", "errors", "options", "strict", "optional-package", "pause"],
		s3: ["resource-meta", "operations", "errors", "options", "strict", "optional-package"],
		sqs: ["resource-meta", "errors", "options", "strict"],
		operations: ["errors", "options", "strict", "method-names", "optional-package", "pause"],
		"optional-package": ["errors"],
		options: [],
		errors: ["strict"],
		strict: ["method-names"],
		"method-names": [],
		pause: [],
	},
};

const START = "<!-- imports: drawn by `npm run architecture` -->";
const END = "<!-- imports: end -->";

process.chdir(root);
const problems = [];
const library = arrowsOf(LIBRARY);
for (const { source, rooms } of [LIBRARY, LOCAL, CLI, BOTO3]) {
	for (const { from, to, rooms: pair } of arrowsOf({ source, rooms })) {
		const [room, target] = pair;
		if (room === undefined || target === undefined)
			problems.push(`${from}: belongs to no folder that scripts/architecture.mjs knows`);
		else if (!mayImport(rooms, room, target)) problems.push(`${from} imports ${to}: ${room} must not know ${target}`);
	}
}
for (const { source } of [LIBRARY, LOCAL, CLI, BOTO3]) problems.push(...circlesIn(source), ...foreignPackages(source));

const contributing = readFileSync("CONTRIBUTING.md", "utf8");
const [before, rest] = contributing.split(START);
const [old, after] = (rest ?? "").split(END);
const picture = `\n\n${drawn(library)}\n\n`;
if (process.argv.includes("--write")) writeFileSync("CONTRIBUTING.md", `${before}${START}${picture}${END}${after}`);
else if (old !== picture) problems.push("The picture in CONTRIBUTING.md is out of date: run `npm run architecture`");

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** Whether the files of a folder may import those of another one. */
function mayImport(rooms, room, target) {
	const allowed = rooms[room].includes(target) || rooms[room].includes(target.split("/")[0]);
	const isOutside = room.split("/")[0] !== target.split("/")[0];
	return room === target || (isOutside ? allowed : rooms[room].includes(target));
}

/** Every import of one file of this package by another. */
function arrowsOf({ source, rooms }) {
	return filesIn(source).flatMap((file) =>
		importsOf(file).map((target) => ({ from: file, to: target, rooms: [roomOf(file), roomOf(target)] })),
	);

	function roomOf(file) {
		const path = file.slice(source.length + 1).replace(/\.ts$/, "");
		const parts = path.split("/");
		const names = parts.map((_, index) => parts.slice(0, index + 1).join("/")).reverse();
		return names.find((name) => name in rooms);
	}
}

function filesIn(source) {
	const names = readdirSync(source, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
	return names.filter((name) => name.endsWith(".ts")).map((name) => join(source, name));
}

function importsOf(file) {
	const specifiers = [...readFileSync(file, "utf8").matchAll(/(?:from|import) ?\(?"(\.[^"]+)"/g)].map(
		([, path]) => path,
	);
	const paths = specifiers.map((path) => normalize(join(dirname(file), path)));
	return paths.filter((path) => existsSync(path) && !path.startsWith("node_modules/"));
}

/** Imports of packages that are no dependency of the package: they resolve here, but not where it is installed. */
function foreignPackages(source) {
	const manifest = manifestIn(join(source, ".."));
	const { dependencies, optionalDependencies, peerDependencies } = manifest;
	const isAllowed = (name) =>
		/^node:/.test(name) ||
		isCopied(manifest, `${name}/`) ||
		name in { ...dependencies, ...optionalDependencies, ...peerDependencies };
	return filesIn(source).flatMap((file) =>
		[
			...readFileSync(file, "utf8").matchAll(
				/^(?:import |[\w}].* from |\t.*\bimport\()"((?:@[^/"]+\/)?[^./#"][^/"]*)/gm,
			),
		]
			.filter(([, name]) => !isAllowed(name))
			.map(([, name]) => `${file} imports ${name}, which is not a dependency of its package`),
	);
}

function circlesIn(source) {
	const circles = [];
	const done = new Set();
	const visit = (file, path) => {
		if (path.includes(file))
			circles.push(`A circle of imports: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
		if (done.has(file) || path.includes(file)) return;
		for (const target of importsOf(file)) visit(target, [...path, file]);
		done.add(file);
	};
	for (const file of filesIn(source)) visit(file, []);
	return circles;
}

/** Draws the folders as boxes and the imports between them as arrows with the number of imports. */
function drawn(arrows) {
	const count = (values) => values.reduce((sums, value) => sums.set(value, (sums.get(value) ?? 0) + 1), new Map());
	const files = count(filesIn(LIBRARY.source).map((file) => boxOf(file.slice("src/".length).replace(/\.ts$/, ""))));
	const lines = count(
		arrows
			.map(({ rooms }) => rooms.map(boxOf))
			.filter(([from, to]) => from !== to)
			.map((pair) => pair.join(" ")),
	);
	const boxes = [...files].map(([box, number]) => `\t${box}["${box}${number > 1 ? `/ (${number} files)` : ".ts"}"]`);
	const joined = [...lines].map(([pair, number]) => `\t${pair.replace(" ", ` -->|${number}| `)}`);
	return ["```mermaid", "flowchart TD", ...boxes.sort(), ...joined.sort(), "```"].join("\n");
}

function boxOf(room) {
	return room.split("/")[0];
}
