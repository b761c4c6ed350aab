export default { preset: "echostream-local/jest", maxWorkers: 2, testMatch: ["**/*.test.mjs"] };
