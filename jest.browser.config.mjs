// The tests in a real browser: `npm run test:browser`. They need Chromium, which `npm test` does not.
import base from "./jest.config.mjs";

export default {
	...base,
	testMatch: ["**/browser/*.test.ts"],
	testPathIgnorePatterns: [],
	testTimeout: 60_000,
};
