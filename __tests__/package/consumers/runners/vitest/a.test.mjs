import { tenant } from "echostream-local/vitest";
import { test } from "vitest";
import { meet } from "../meet.cjs";

test("an app signs in", () => meet("a", "b", tenant), 60_000);
