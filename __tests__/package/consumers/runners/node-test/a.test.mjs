import { test } from "node:test";
import { tenant } from "echostream-local/node-test";
import { meet } from "../meet.cjs";

test("an app signs in", () => meet("a", "b", tenant));
