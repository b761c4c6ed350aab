export default {
	testEnvironment: "node",
	roots: ["<rootDir>/__tests__"],
	testMatch: ["**/*.test.ts"],
	extensionsToTreatAsEsm: [".ts"],
	transform: { "\\.ts$": "<rootDir>/scripts/jest-transform.mjs" },
	coverageProvider: "v8",
	collectCoverageFrom: ["src/**/*.ts"],
};
