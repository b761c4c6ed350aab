// The tests of the packed package: `npm run test:package`. They install it in projects of their own first.
import base from "./jest.config.mjs";

export default {
	...base,
	testMatch: ["**/package/*.test.ts"],
	testPathIgnorePatterns: ["/consumers/"],
	globalSetup: "<rootDir>/__tests__/package/install.mjs",
	globalTeardown: "<rootDir>/__tests__/package/uninstall.mjs",
	testTimeout: 120_000,
};
