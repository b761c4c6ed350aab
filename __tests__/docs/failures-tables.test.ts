import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

test("the tables of docs/failures.md are those of the results in docs/failures.json", () => {
	const root = fileURLToPath(new URL("../../", import.meta.url));
	const { status, stderr } = spawnSync(process.execPath, ["scripts/failures.mjs", "--check"], {
		cwd: root,
		encoding: "utf8",
	});
	expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
