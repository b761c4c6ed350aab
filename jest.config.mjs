// For every test process: the SDK would tell each of them that it wants Node 22 from January 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

export default {
	testEnvironment: "node",
	roots: ["<rootDir>/__tests__"],
	testMatch: ["**/*.test.ts"],
	testPathIgnorePatterns: ["/browser/", "/package/"],
	modulePathIgnorePatterns: ["/package/consumers/"],
	extensionsToTreatAsEsm: [".ts"],
	transform: { "\\.ts$": "<rootDir>/scripts/jest-transform.mjs" },
	maxWorkers: "100%",
	// A limit for what hangs. Slow machines are no failure.
	testTimeout: 60_000,
	coverageProvider: "v8",
	collectCoverageFrom: ["src/**/*.ts"],
};
