import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ROUTE_NAMES } from "../../src/control/control-api.ts";
import { LocalTenant } from "../../src/index.ts";
import { outputOf } from "../command/command-output.ts";

const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const README = text("../../README.md");
const REFERENCE = text("../../../../docs/local-control-api.md");
const GUIDE = text("../../../../docs/local-running.md");

/** The code after a comment in a document. */
function marked(document: string, mark: string): string {
	return new RegExp(`<!-- ${mark}: .*? -->\n\`\`\`\\w+\n(.*?)^\`\`\``, "ms").exec(document)?.[1] ?? "";
}

let tenant: LocalTenant;
let folder: string;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	folder = mkdtempSync(join(tmpdir(), "echostream-local-"));
});
afterAll(async () => {
	await tenant.stop();
	rmSync(folder, { recursive: true });
});

describe("the documents of the control API", () => {
	const [short, full] = [README, REFERENCE].map((document) => marked(document, "control").trim().split("\n"));

	test("the reference has commands for the control API, and the README has some of them", () => {
		expect(full?.length).toBeGreaterThan(10);
		expect(full).toEqual(expect.arrayContaining(short ?? []));
	});

	test.each(full ?? [])("the command %s succeeds", async (command) => {
		const url = tenant.url;
		const script = command.replace("curl ", "curl --silent --show-error --fail ").replace("http://127.0.0.1:4500", url);
		const output = await new Promise<string>((resolve, reject) => {
			execFile("sh", ["-c", script], (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
		});
		expect(JSON.parse(output)).not.toHaveProperty("error");
	});

	test("the reference lists every request, and no other", () => {
		const rows = [...REFERENCE.matchAll(/^\| `(GET|POST|PATCH|DELETE) ([^`?]+)/gm)].map(
			([, method, path]) => `${method} ${path}`,
		);
		expect(rows.sort()).toEqual([...ROUTE_NAMES, "GET /requests/stream"].sort());
	});
});

test("the command starts with the config file of the guide", async () => {
	const file = join(folder, "config.json");
	writeFileSync(file, marked(GUIDE, "config"));
	const { code, printed } = await outputOf(["--config", file]);
	expect([code, printed]).toEqual([0, expect.stringContaining("export PASSWORD='Shop-12345!'")]);
});

test("the README lists every option of the command", () => {
	const help = execFileSync(
		process.execPath,
		[new URL("../../dist/esm/command/main.js", import.meta.url).pathname, "--help"],
		{
			encoding: "utf8",
		},
	);
	const options = [...help.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option]) => option);
	const missing = options.filter(
		(option) => !["--help", "--host"].includes(option ?? "") && !README.includes(`\`${option}`),
	);
	expect(missing).toEqual([]);
});
