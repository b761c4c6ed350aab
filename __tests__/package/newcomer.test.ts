import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { followReadme } from "../../scripts/newcomer.mjs";
import { packages } from "../../scripts/packages.mjs";
import { packedFolder } from "./consumer.ts";

test("the commands of the README lead from an empty folder to the first item in a local tenant", async () => {
	const tarballs = packages.map(({ manifest }) => join(packedFolder, `${manifest.name}.tgz`));
	const steps = await followReadme(tarballs, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" });
	expect(steps.map(({ command }) => command.split(" ")[0])).toEqual(["npm", "npx", "node"]);
	expect(steps.at(-1)?.printed).toBe("Wrote an item to the table db-local\n");
});
