// Checks the words of the sources and the documents: `npm run words`. Prints each word that has a standard term, with that term,
// and fails if there is one. Arguments limit it to files and folders. --summary prints the number of findings per file.
//
// Checked are prose (documents, comments, test titles, messages) and names (identifiers of sources and examples). A name is
// reported once per file.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { root } from "./packages.mjs";

/** What makes a word that is for people legitimate. */
const PERSON = /\b(person|people|somebody|human|user types|prompt)/i;
/** What makes an "answer" that of a person to a challenge. */
const CHALLENGE =
	/[Cc]hallenge|CHALLENGE|[Uu]nanswered|[Aa]nswerTimeout|ANSWER_TIMEOUT|\bANSWER\b|\bMFA|OTP\b|one-time|\b[Pp]erson\b|[Ww]rong ?[Aa]nswer/;

/**
 * The words to avoid, each with what to write instead. A space in a pattern matches line breaks too.
 *
 * - `prose`, `name`: the word in prose, and in an identifier.
 * - `unless`: the word is legitimate if the name of the file, the paragraph or the lines around match one of these.
 * - `only`: the files that the entry is for. Default: all.
 */
const WORDS = [
	{ write: "response", prose: /\banswer(s|ed|ing)?\b/i, name: /answer/i, unless: [CHALLENGE] },
	{
		write: "request, query, require",
		prose: /(?<!\b(we|please) )\bask(s|ed|ing)?\b(?! (you|us)\b)/i,
		name: /^(ask|asks|asked|asking|asker)([A-Z]|$)/,
		unless: [PERSON, CHALLENGE, /password/i],
	},
	{
		write: "request, query",
		prose: /\bquestions?\b/i,
		unless: [PERSON, CHALLENGE, /\b(issue|discussion)s?\b/i],
	},
	{
		write: "in the background",
		prose:
			/(?<!\b(leaves?|leaving|left|lags?|falls?|fell|far)( \w+)? )\bbehind\b(?= ?($|[^\w\s*_`"'[(<{$]|(while|and|or|as|when|until|but|is|are|at|for) ))/i,
		name: /behind/i,
	},
	{ write: "report, return, notify", prose: /\b(tells|told)\b/i, name: /^(tells?|told)([A-Z]|$)/ },
	{ write: "report, return", prose: /\b(says|said)\b/i, name: /^(says?|said)([A-Z]|$)/ },
	{
		write: "rejected (credentials, tokens), denied (permission), refused (a TCP connection only)",
		prose: /\brefus(es?|ed|ing|als?)\b/i,
		name: /refus(e|al|ing)/i,
		unless: [/\bconnections?\b|ECONNREFUSED|\bTCP\b/i],
	},
	{ write: "reject", prose: /\b(do|does|did|will|would) not take (the|this|that|these|a|an|its|it|any|them|his)\b/i },
	{ write: "reject", prose: /\btakes?( \w+){0,5} no more\b|\btaken no more\b/i },
	{ write: "unavailable, could not be refreshed", prose: /\bto be had\b|\bcan(not| not)? be had\b/i },
	{ write: "timed out", prose: /\b(come|came|comes) within\b/i },
	{ write: "timed out, expired", prose: /\btoo late\b/i },
	{
		write: "transient",
		prose:
			/\bpassing (reason|failure|error|trouble|problem)s?\b|\b(failures?|errors?|problems?|troubles?|what) (that )?pass(es)?( by itself| by themselves)?\b(?! (the|a|an|on|to|through|in|it)\b)/i,
		name: /^PASSING|^passes$/,
	},
	{ write: "at most, up to, a number with its unit", prose: /\bso (many|often)\b/i },
	{ write: "maximum", name: /^MOST_/ },
	{
		write: "caller-provided, owned by the caller",
		prose: /\bgiver'?s?\b|\bstays (yours|its|his|theirs|the caller's)\b/i,
	},
	{
		write: "resolve (options)",
		prose: /\bsettl(e|es|ed|ing) (the )?(options?|settings)\b/i,
		name: /^settle\w*(Options|Settings)$/,
	},
	{ write: "random, jittered", prose: /\bby chance\b|\bchance (pauses?|waits?|delays?)\b/i },
	{ write: "sign in", prose: /\blog(s|ged)? in\b/i, name: /^log(s|ged)?In([A-Z]|$)/ },
	{ write: "sign-in", prose: /(?<![\w/-])logins?(?![\w/-])/i, only: /\.md$/ },
	{
		write: "credentials",
		prose: /\b(AWS|old|dead|session's) keys\b|\bkeys (in hand|of now|that (live|work|are out))\b/i,
	},
	{ write: "the local clock", prose: /\b(this|the|a) machine's (own )?(date|clock)\b|\bmachine whose date\b/i },
	{ write: "request log", prose: /\bledgers?\b/i, name: /ledger/i },
	{ write: "outage", prose: /\bhiccups?\b/i },
	{ write: "asleep, sleep", prose: /\bin standby\b/i },
	{ write: "denied", prose: /\b(does|do|did) not let (this|the|that) (user|app|caller)\b/i },
];

/** What is reported and must stay: an entry needs a reason. */
const EXCEPTIONS = [
	{ file: /^examples\/porting\/04-/, word: /^refused$/, reason: "the Python program prints it too" },
	{ file: /^examples\/porting\/12-/, word: /^answer$/, reason: "the Python program prints it too" },
];

const FOLDERS = ["src", "packages", "docs", "examples", "scripts", "bench", "__tests__"];
const GENERATED = /^docs\/(reference|api)\/|^bench\/results\.md$|^__tests__\/vectors\/|^scripts\/words\.mjs$/;
const CODE = new Set([".ts", ".mts", ".cts", ".mjs", ".cjs", ".js"]);
const READ = new Set([...CODE, ".py", ".md", ".html"]);

const isSummary = process.argv.includes("--summary");
const findings = filesFor(process.argv.slice(2).filter((argument) => !argument.startsWith("--"))).flatMap(checkFile);
if (isSummary) printSummary();
else for (const { file, line, word, write } of findings) console.log(`${file}:${line}: "${word}": write ${write}`);
console.log(`${findings.length} findings`);
if (findings.length > 0) process.exitCode = 1;

/** The files to check, relative to the root: those that are named, in any folder, or all that git knows. */
function filesFor(paths) {
	const named = paths.map((path) => relative(root, resolve(path)).replaceAll("\\", "/"));
	const outside = named.filter((path) => path.startsWith("../"));
	const git = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
		cwd: root,
		encoding: "utf8",
	});
	const known = git.split("\n").filter((file) => {
		const isOurs = FOLDERS.includes(file.split("/")[0]) || /^[^/]+\.md$/.test(file);
		return isOurs && READ.has(extname(file)) && !GENERATED.test(file) && existsSync(join(root, file));
	});
	const wanted = (file) =>
		named.length === 0 || named.some((path) => file === path || file.startsWith(`${path}/`) || path === "");
	return [...outside, ...known.filter(wanted)];
}

function checkFile(file) {
	const source = readFileSync(resolve(root, file), "utf8");
	const lines = source.split("\n");
	const entries = WORDS.filter(({ only }) => only === undefined || only.test(file));
	const found = regionsOf(file, source).flatMap(({ kind, text, lineAt }) =>
		entries
			.filter((entry) => entry[kind] !== undefined)
			.flatMap((entry) =>
				[...text.matchAll(patternOf(entry[kind]))].map((match) => {
					const line = lineAt(match.index);
					const around = lines.slice(Math.max(0, line - 4), line + 3).join("\n");
					const word = kind === "name" ? text : match[0];
					return {
						file,
						kind,
						line,
						word,
						write: entry.write,
						isFine: (entry.unless ?? []).some((fine) => fine.test(`${file}\n${text}\n${around}`)),
					};
				}),
			),
	);
	// A name that is legitimate at one place of a file is so everywhere in it.
	const fineNames = new Set(found.filter(({ kind, isFine }) => kind === "name" && isFine).map(({ word }) => word));
	const seen = new Set();
	return found
		.sort((a, b) => a.line - b.line)
		.filter(({ kind, word, write, isFine }) => {
			if (isFine || EXCEPTIONS.some((exception) => exception.file.test(file) && exception.word.test(word)))
				return false;
			if (kind !== "name") return true;
			const isNew = !fineNames.has(word) && !seen.has(`${word} ${write}`);
			seen.add(`${word} ${write}`);
			return isNew;
		});
}

function patternOf({ source, flags }) {
	return new RegExp(source, `${flags}g`);
}

/** The parts of a file that are checked, each as one line of text, with the line of the file at an index. */
function regionsOf(file, source) {
	switch (extname(file)) {
		case ".md":
			return documentRegions(source);
		case ".html":
			return paragraphs(source.replace(/<[^>]*>/g, blank), 1);
		case ".py":
			return pythonRegions(source, 1);
		default:
			return codeRegions(source, 1, file.startsWith("__tests__/") || file.includes("/__tests__/"));
	}
}

/** Prose, fenced code and inline code of a Markdown document. */
function documentRegions(source) {
	const regions = [];
	const prose = source.replace(/^[ \t]*```(\w*)\n(.*?)^[ \t]*```/gms, (fence, language, code, index) => {
		const line = lineOf(source, index) + 1;
		if (["ts", "js"].includes(language)) regions.push(...codeRegions(code, line, false));
		if (["python", "sh"].includes(language)) regions.push(...pythonRegions(code, line));
		return blank(fence);
	});
	const text = prose
		.replace(/(`+)(.+?)\1/g, (span, _, code, index) => {
			for (const [name] of code.matchAll(/[A-Za-z_]\w*/g)) regions.push(nameRegion(name, lineOf(prose, index)));
			return `\`${"x".repeat(span.length - 2)}\``;
		})
		.replace(/\]\([^)\s]*\)/g, (target) => `]${blank(target.slice(1))}`)
		.replace(/https?:\S+/g, blank);
	return [...regions, ...paragraphs(text, 1)];
}

/** Comments and docstrings of Python, and comments of a shell. */
function pythonRegions(source, firstLine) {
	const regions = [];
	const rest = source.replace(/^[ \t]*"""(.*?)"""/gms, (docstring, text, index) => {
		regions.push(...paragraphs(text, firstLine - 1 + lineOf(source, index)));
		return blank(docstring);
	});
	return [
		...regions,
		...paragraphs(
			rest.replace(/^([^#\n]*)(?:#(.*))?$/gm, (_, code, comment = "") => blank(code) + comment),
			firstLine,
		),
	];
}

/** Comments, messages and names of JavaScript and TypeScript; of tests, comments and titles. */
function codeRegions(source, firstLine, isTest) {
	const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
	const regions = [];
	const comments = new Map();
	const lineAt = (position) => firstLine + file.getLineAndCharacterOfPosition(position).line;
	const visit = (node) => {
		for (const comment of ts.getLeadingCommentRanges(source, node.pos) ?? []) comments.set(comment.pos, comment);
		for (const comment of ts.getTrailingCommentRanges(source, node.end) ?? []) comments.set(comment.pos, comment);
		if (isTest ? isTitle(node) : isMessage(node)) {
			regions.push(...paragraphs(node.getText(file).slice(1, -1), lineAt(node.getStart(file))));
		} else if (!isTest && (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))) {
			regions.push(nameRegion(node.text.replace(/^#/, ""), lineAt(node.getStart(file))));
		}
		for (const child of node.getChildren(file)) visit(child);
	};
	visit(file);
	let text = blank(source);
	for (const { pos, end } of comments.values()) {
		const words = source
			.slice(pos, end)
			.replace(/^\/\*+|\*+\/$|^\/\/|^[ \t]*\*(?!\/)/gm, blank)
			.replace(/`[^`\n]*`/g, (code) => `\`${"x".repeat(code.length - 2)}\``);
		text = text.slice(0, pos) + words + text.slice(end);
	}
	return [...regions, ...paragraphs(text, firstLine)];
}

function isTitle(node) {
	if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return false;
	const call = node.parent;
	return (
		ts.isCallExpression(call) && call.arguments[0] === node && /^(test|it|describe)\b/.test(call.expression.getText())
	);
}

/** Whether a string is a text for people: one word alone is a name of something. */
function isMessage(node) {
	const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
	return isText && !ts.isTypeNode(node.parent) && /\w \w/.test(node.getText());
}

function nameRegion(name, line) {
	return { kind: "name", text: name, lineAt: () => line };
}

/** The paragraphs, list items and table rows of a text, each joined to one line. */
function paragraphs(source, firstLine) {
	const regions = [];
	let parts = [];
	const finish = () => {
		if (parts.length > 0) regions.push(joined(parts));
		parts = [];
	};
	for (const [number, text] of source.split("\n").entries()) {
		const words = text.trim();
		if (words === "" || /^([-*|#]|\d+\.) ?/.test(words)) finish();
		if (words !== "") parts.push({ words, line: firstLine + number });
	}
	finish();
	return regions;
}

function joined(parts) {
	let text = "";
	const starts = parts.map(({ words, line }) => {
		const start = text.length;
		text += `${words} `;
		return { start, line };
	});
	return {
		kind: "prose",
		text: text.trimEnd(),
		lineAt: (index) => starts.findLast(({ start }) => start <= index).line,
	};
}

/** As much white space: the lines stay where they are. */
function blank(text) {
	return text.replace(/[^\n]/g, " ");
}

function lineOf(source, index) {
	return source.slice(0, index).split("\n").length;
}

function printSummary() {
	const counts = (keyOf) => {
		const sums = new Map();
		for (const { file } of findings) sums.set(keyOf(file), (sums.get(keyOf(file)) ?? 0) + 1);
		return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
	};
	for (const [file, count] of counts((file) => file)) console.log(`${String(count).padStart(5)}  ${file}`);
	console.log("");
	for (const [folder, count] of counts((file) => (file.includes("/") ? `${file.split("/")[0]}/` : file))) {
		console.log(`${String(count).padStart(5)}  ${folder}`);
	}
}
