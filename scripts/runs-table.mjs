/** The rows of the table, and what passes in each. */
const ROWS = {
	runtimes: "the portable suite",
	"package managers": "installing, and a sign-in",
	bundlers: "a bundled sign-in, without a warning",
	TypeScript: "a strict program, with `skipLibCheck` off",
	"test runners": "tests with a session and a local tenant",
	"AWS Lambda": "functions bundled for CDK, SAM and the Serverless Framework",
	libraries: "calls with a session's clients, or with the library as its logger",
	examples: "the programs in `examples/`",
};

/** The table of README.md, from docs/runs.json. */
export function runsTable(runs) {
	const dates = Object.values(runs).map(({ date }) => date);
	const rows = Object.entries(ROWS).flatMap(([kind, what]) => {
		const all = Object.values(runs).flatMap(({ passed }) => Object.entries(passed[kind] ?? {}));
		if (all.length === 0) return [];
		const tools = all.map(([name, versions]) => `${nameOf(name, kind)} ${versions.join(", ")}`.trim());
		return [`| ${kind} | ${tools.join("; ")} | ${what} |`];
	});
	return [`| ${dates.sort()[0]} | versions | what passed |`, "|---|---|---|", ...rows].join("\n");
}

/** The name of a tool, in code where Markdown would read it as a mention, and none where it is that of the row. */
function nameOf(name, kind) {
	return name === kind ? "" : name.replace(/^@.*/, "`$&`");
}
