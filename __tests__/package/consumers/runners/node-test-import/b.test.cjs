const { test } = require("node:test");
const { meet } = require("../meet.cjs");

test("an app signs in", () => meet("b", "a"));
