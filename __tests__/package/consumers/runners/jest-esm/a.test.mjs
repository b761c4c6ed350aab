import { test } from "@jest/globals";
import { tenant } from "echostream-local/jest";
import { meet } from "../meet.cjs";

test("an app signs in", () => meet("a", "b", tenant), 60_000);
