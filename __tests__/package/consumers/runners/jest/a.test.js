const { tenant } = require("echostream-local/jest");
const { meet } = require("../meet.cjs");

test("an app signs in", () => meet("a", "b", tenant), 60_000);
