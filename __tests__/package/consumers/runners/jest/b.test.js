const { tenant } = require("echostream-local/jest");
const { meet } = require("../meet.cjs");

test("an app signs in", () => meet("b", "a", tenant), 60_000);
