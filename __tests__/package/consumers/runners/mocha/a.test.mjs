import { meet } from "../meet.cjs";
import { tenant } from "./tenant.mjs";

it("an app signs in", () => meet("a", "b", tenant)).timeout(60_000);
