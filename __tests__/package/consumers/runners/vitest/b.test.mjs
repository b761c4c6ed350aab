import { tenant } from "echostream-local/vitest";
import { test } from "vitest";
import { meet } from "../meet.cjs";

test("an app signs in", () => meet("b", "a", tenant), 60_000);
