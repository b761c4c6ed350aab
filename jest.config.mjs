import { availableParallelism } from "node:os";

// For every test process: the SDK would tell each of them that it wants Node 22 from January 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

// One thread of Node's pool does hashes and signatures in the order of their start, so that simulated time can wait for them.
process.env.UV_THREADPOOL_SIZE = "1";

// No test of the sources connects to a public server. Node 20 would parse all its root certificates at the start of each process, twice its own time.
if (process.argv.includes("sources")) delete process.env.NODE_EXTRA_CA_CERTS;

const project = {
	testEnvironment: "<rootDir>/scripts/jest-environment.mjs",
	roots: ["<rootDir>/__tests__", "<rootDir>/packages"],
	// The packages of this repository, and the modules that package.json chooses by platform, from their sources.
	moduleNameMapper: {
		"^#(config-files|request-handler)$": "<rootDir>/src/platform/$1.ts",
		"^echostream-botocore$": "<rootDir>/src/index.ts",
		"^echostream-botocore/apollo$": "<rootDir>/src/apollo.ts",
		"^echostream-botocore/stores$": "<rootDir>/src/stores.ts",
		"^echostream-boto3$": "<rootDir>/packages/boto3/src/index.ts",
		"^echostream-local$": "<rootDir>/packages/local/src/index.ts",
		// Parts that the package does not export.
		"^fauxqs/dist/(.*)$": "<rootDir>/node_modules/fauxqs/dist/$1",
	},
	modulePathIgnorePatterns: ["/package/consumers/", "/dist/"],
	extensionsToTreatAsEsm: [".ts"],
	transform: { "\\.ts$": "<rootDir>/scripts/jest-transform.mjs" },
};

export default {
	// More than there are processors, because a tenth of all time is spent waiting: for real servers, processes and pauses.
	maxWorkers: Math.ceil(availableParallelism() * 1.5),
	// A limit for what hangs. Slow machines are no failure. jest heeds it here only, and not in a project.
	testTimeout: 600_000,
	// A new process after some test files. What these leave behind, each an AsyncLocalStorage that every promise passes
	// through, makes a process three times as slow after a hundred files.
	workerIdleMemoryLimit: "350MB",
	coverageProvider: "v8",
	collectCoverageFrom: ["src/**/*.ts", "packages/*/src/**/*.ts"],
	projects: [
		{
			...project,
			displayName: "sources",
			testMatch: ["**/*.test.ts"],
			testPathIgnorePatterns: ["/browser/", "/interop/", "/package/", "/dist/"],
		},
		// Installs the packed package in projects of its own first.
		{
			...project,
			displayName: "package",
			testMatch: ["**/package/*.test.ts"],
			globalSetup: "<rootDir>/__tests__/package/install.mjs",
			globalTeardown: "<rootDir>/__tests__/package/uninstall.mjs",
		},
		// Runs tools of other languages: the AWS CLI, boto3 and a Go program.
		{
			...project,
			displayName: "interop",
			testMatch: ["**/interop/*.test.ts"],
			globalSetup: "<rootDir>/__tests__/interop/prepare.mjs",
			globalTeardown: "<rootDir>/__tests__/interop/clean.mjs",
		},
		// Needs Chromium.
		{
			...project,
			displayName: "browser",
			testMatch: ["**/browser/*.test.ts"],
		},
	],
};
