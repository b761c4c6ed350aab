import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const SCRIPT = fileURLToPath(new URL("../../scripts/words.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "words-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the check on these files, and returns what it reports of each. */
function check(files: Record<string, string>, ...flags: string[]) {
	const paths = Object.keys(files).map((name) => join(folder, name));
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...flags, ...paths], { encoding: "utf8" });
	const findings: Record<string, string[]> = {};
	for (const [, name = "", line, word] of stdout.matchAll(/^(?:.*[\\/])?(.*?):(\d+): "(.+)": write /gm)) {
		findings[name] = [...(findings[name] ?? []), `${line} ${word}`];
	}
	return { status, stdout, findings };
}

const LEGITIMATE = [
	"A function answers the challenge SMS_MFA.",
	"The connection was refused (ECONNREFUSED).",
	"The gateway behind the proxy logs every request in JSON.",
	"The program is behind a firewall and left others behind.",
	"A function may ask a person for a code.",
	"We ask you to report a vulnerability in private.",
	"Open an issue if you have a question.",
	"Promise.allSettled waits until every promise has settled.",
	"The login is in src/cognito/login/login.ts.",
	"So much for that. The test passes, and the data passes through the proxy.",
	"The table has the keys pk and sk, and the key set has public keys.",
	"It does not take long, and is not too slow.",
];

const AVOIDED = {
	"The answer of the server is empty.": "answer",
	"The session asks the API.": "asks",
	"That is one question for the server.": "question",
	"A refresh runs behind, and nobody waits.": "behind",
	"The server tells the time.": "tells",
	"The message says why.": "says",
	"The token was refused.": "refused",
	"Cognito does not take this token.": "does not take this",
	"Cognito takes its token no more.": "takes its token no more",
	"Credentials are not to be had.": "to be had",
	"It did not come within a second.": "come within",
	"It came too late.": "too late",
	"It failed for a passing reason.": "passing reason",
	"It tries so many times.": "so many",
	"A handler stays yours.": "stays yours",
	"It waits by chance.": "by chance",
	"The user logs in.": "logs in",
	"Log in first.": "Log in",
	"The user is logged in.": "logged in",
	"The AWS keys expire.": "AWS keys",
	"The machine's date is wrong.": "The machine's date",
	"The ledger has it.": "ledger",
	"A hiccup fails nothing.": "hiccup",
};

describe("npm run words", () => {
	test("npm run words accepts every legitimate use, in documents and in comments", () => {
		const document = LEGITIMATE.filter((sentence) => !/login/.test(sentence)).join("\n\n");
		const comments = LEGITIMATE.map((sentence) => `// ${sentence}\n\n`).join("");
		const files = { "legitimate.md": document, "legitimate.ts": comments };
		const { status, findings } = check(files);
		expect({ status, findings }).toEqual({ status: 0, findings: {} });
	});

	test("npm run words reports every word to avoid, with its line", () => {
		const document = Object.keys(AVOIDED)
			.map((sentence) => `${sentence}\n\n\n\n\n`)
			.join("");
		const expected = Object.values(AVOIDED).map((word, index) => `${index * 5 + 1} ${word}`);
		const { status, findings } = check({ "avoided.md": document });
		expect({ status, findings }).toEqual({ status: 1, findings: { "avoided.md": expected } });
	});

	describe("in several files", () => {
		let findings: Record<string, string[]>;
		beforeAll(() => {
			({ findings } = check({
				"wrapped.ts": "export {};\n/**\n * New credentials are not to be\n * had.\n */\nconst a = 1;\n",
				"names.ts": "const ledger = 1;\nconsole.log(ledger);\n\n\n\n\nexport type ChallengeAnswer = typeof ledger;\n",
				"strings.ts": 'throw new Error("It was told so");\nconst type = "told";\n',
				"code.md": "See `tenant.ledger`.\n\n\n\n\n```ts\nconst told = 1;\n```\n",
			}));
		});

		test("npm run words finds a phrase that continues on the next line", () => {
			expect(findings["wrapped.ts"]).toEqual(["3 to be had"]);
		});

		test("npm run words reports a name once per file, and accepts names of a challenge", () => {
			expect(findings["names.ts"]).toEqual(["1 ledger"]);
		});

		test("npm run words checks messages in sources, but not strings of one word", () => {
			expect(findings["strings.ts"]).toEqual(["1 told"]);
		});

		test("npm run words checks the names in inline code and in the code of a document", () => {
			expect(findings["code.md"]).toEqual(["1 ledger", "7 told"]);
		});
	});

	test("npm run words --summary counts the findings per file", () => {
		const { status, stdout } = check({ "summary.md": "The ledger tells.\n" }, "--summary");
		expect(status).toBe(1);
		expect(stdout).toMatch(/^ {4}2 {2}.*summary\.md$/m);
	});
});
