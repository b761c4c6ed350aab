module.exports = { preset: "echostream-local/jest", maxWorkers: 2 };
