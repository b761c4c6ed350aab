import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { root } from "../../scripts/packages.mjs";
import { record } from "../../scripts/record.mjs";
import { Consumer } from "./consumer.ts";

/** Releases of the AWS SDK that Lambda runtimes had, by their time. */
const RELEASES = {
	"June 2023": "362",
	"August 2024": "632",
	"April 2025": "787",
	"October 2025": "899",
	"February 2026": "995",
};
/** Whether a tool bundles the AWS SDK by default. */
const TOOLS = { cdk: false, sam: true, serverless: false, docs: true };
const FILES = ["cjs", "mjs"];

let tenant: LocalTenant;
let consumer: Consumer;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	consumer = new Consumer("lambda-runtimes", {
		...tenant.environment({ app: "external-app" }),
		AWS_REGION: tenant.region,
	});
	for (const tool of Object.keys(TOOLS)) {
		for (const extension of FILES) await consumer.node("bundle.mjs", tool, `bundled/${tool}.${extension}`);
	}
	await Promise.all(Object.values(RELEASES).map(createRuntime));
});
afterAll(() => tenant.stop());

/** A file in a folder whose programs find this release of the AWS SDK, and no other package. */
function inRuntime(release: string, file: string): string {
	return consumer.path(join("..", `lambda-runtime-${release}`, file));
}

async function createRuntime(release: string): Promise<void> {
	const clients = { "client-dynamodb": "dynamodb", "client-cognito-identity-provider": "cognito" };
	for (const [name, alias] of Object.entries(clients)) {
		const path = inRuntime(release, join("node_modules/@aws-sdk", name));
		await mkdir(dirname(path), { recursive: true });
		await symlink(consumer.path(join("node_modules", `${alias}-${release}`)), path, "junction");
	}
	for (const file of Object.keys(TOOLS).flatMap((tool) => FILES.map((extension) => `${tool}.${extension}`))) {
		await copyFile(consumer.path(join("bundled", file)), inRuntime(release, file));
	}
	await copyFile(consumer.path("invoke.mjs"), inRuntime(release, "invoke.mjs"));
	await writeFile(inRuntime(release, "config"), "[default]\nregion = us-east-1\n");
}

test.each(["cdk", "serverless"])(
	"a function bundled with the settings of %s imports no internal package of the AWS SDK",
	async (tool) => {
		for (const extension of FILES) {
			const bundle = await readFile(consumer.path(join("bundled", `${tool}.${extension}`)), "utf8");
			const imported = [...bundle.matchAll(/(?:from|require\(|import\(|import) ?"(@[^"]+)"/g)].map(([, name]) => name);
			const clients = ["@aws-sdk/client-cognito-identity-provider", "@aws-sdk/client-dynamodb"];
			expect([...new Set(imported)].sort()).toEqual(clients);
		}
	},
);

test("docs/lambda.md recommends the settings that are tested here, for each tool", async () => {
	const docs = await readFile(join(root, "docs/lambda.md"), "utf8");
	const section = docs.slice(docs.indexOf("### With CDK"), docs.indexOf("Node's compile cache"));
	const settings = [...section.matchAll(/```(?:typescript|yaml)\n(.*?)```/gs)].map(([, code = ""]) =>
		code.replace(/["'\s[\]]/g, ""),
	);
	expect(settings).toHaveLength(3);
	const banner = "import{createRequire}fromnode:module;constrequire=createRequire(import.meta.url);";
	for (const code of settings) {
		expect(code).toMatch(/mainFields:module,main/i);
		expect(code).toMatch(/minify:true/i);
		expect(code).toMatch(/format:(OutputFormat\.)?esm/i);
		expect(code).toContain(banner);
	}
});

describe.each(Object.entries(TOOLS))("a function bundled with the settings of %s", (tool, isWhole) => {
	describe.each(FILES)("as .%s", (extension) => {
		test.each(Object.entries(isWhole ? { "any month": "362" } : RELEASES))(
			`a function bundled with the settings of ${tool} as .${extension} signs in, with the AWS SDK that Lambda had in %s`,
			async (_, release) => {
				const file = inRuntime(release, `${tool}.${extension}`);
				expect(await consumer.node(inRuntime(release, "invoke.mjs"), file)).toBe(tenant.table);
				record("AWS Lambda", "AWS SDK", `3.${release}`);
			},
		);
	});
});

test.each(Object.entries(RELEASES))(
	"a bundled function reads the shared config file, with the AWS SDK that Lambda had in %s",
	async (_, release) => {
		const variables = { AWS_REGION: "", AWS_CONFIG_FILE: inRuntime(release, "config") };
		const program = new Consumer("lambda-runtimes", { ...tenant.environment({ app: "external-app" }), ...variables });
		for (const extension of FILES) {
			const file = inRuntime(release, `cdk.${extension}`);
			expect(await program.node(inRuntime(release, "invoke.mjs"), file)).toBe(tenant.table);
		}
	},
);
