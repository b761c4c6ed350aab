import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { build } from "esbuild";
import { Workplace } from "../../packages/cli/__tests__/support/workplace.ts";
import { ROOT } from "../repository/workflow-files.ts";
import { TOOLS } from "./tools.ts";

const { node } = TOOLS;
const TSC = join(ROOT, "node_modules/@typescript/native/bin/tsc");
const OPTIONS = [
	"--ignoreConfig",
	"--noEmit",
	"--strict",
	"--skipLibCheck",
	"--target",
	"es2023",
	"--module",
	"preserve",
];

if (node !== undefined) {
	/** A project that finds the clients of `node` and, in the root of this repository, the library. */
	const project = mkdtempSync(join(node, "guide-"));
	let tenant: LocalTenant;
	let workplace: Workplace;
	beforeAll(async () => {
		tenant = await LocalTenant.start();
		workplace = new Workplace(tenant.environment({ app: "external-app" }));
		mkdirSync(join(project, "src"));
		writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
		writeFileSync(join(project, "src/amplify.ts"), snippetWith("generateClient"));
		writeFileSync(join(project, "codegen.ts"), snippetWith("CodegenConfig"));
		writeFileSync(join(project, "src/generated.ts"), snippetWith('from "./gql"'));
	});
	afterAll(async () => {
		workplace[Symbol.dispose]();
		await tenant.stop();
		rmSync(project, { recursive: true });
	});

	/** The snippet of the guide that contains this text. */
	function snippetWith(text: string): string {
		const guide = readFileSync(join(ROOT, "docs/graphql.md"), "utf8");
		const snippets = [...guide.matchAll(/^```typescript\n(.*?)^```/gms)].map(([, code = ""]) => code);
		const found = snippets.filter((code) => code.includes(text));
		expect(found).toHaveLength(1);
		return found.join();
	}

	/** Runs a program of Node in the project with the variables of the tenant, and returns what it prints. */
	async function run(...args: readonly string[]): Promise<string> {
		const options = { cwd: project, env: workplace.environment };
		const { stderr, stdout } = await promisify(execFile)(process.execPath, args, options);
		return stderr + stdout;
	}

	/** Checks the types of a file, bundles and runs it, and returns what it prints. */
	async function outputOf(file: string): Promise<string> {
		expect(await run(TSC, ...OPTIONS, file)).toBe("");
		const outfile = join(project, file.replace(/\.ts$/, ".mjs"));
		const entryPoints = [join(project, file)];
		await build({ entryPoints, outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
		return run(outfile);
	}

	test("generateClient of Amplify queries the API with the access token of a session", async () => {
		expect(await outputOf("src/amplify.ts")).toBe("{ data: { GetVersion: 'local' } }\n");
		expect(tenant.requestLog.operations().slice(0, 2)).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);
	});

	test("GraphQL Code Generator reads the schema with the access token of a session, and session.query sends its documents", async () => {
		await run(join(String(node), "node_modules/@graphql-codegen/cli/esm/bin.js"), "--config", "codegen.ts");
		expect(await outputOf("src/generated.ts")).toBe("external-app\n");
	});
}
