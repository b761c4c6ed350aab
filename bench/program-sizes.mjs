import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/packages.mjs";
import { bundleSize } from "./bundle-size.mjs";
import { npm, pinned } from "./contenders.mjs";
import { installationSize } from "./installation-size.mjs";

/** The program of each way to the first credentials, and the packages that it imports. */
const WAYS = {
	"amazon-cognito-identity-js": ["amazon-cognito-identity-js.mjs", ["amazon-cognito-identity-js"]],
	Amplify: ["amplify.mjs", ["aws-amplify"]],
	"by hand: SDK, Apollo": [
		"by-hand.mjs",
		[
			"@apollo/client",
			"@aws-sdk/client-cognito-identity-provider",
			"aws-appsync-auth-link",
			"cognito-srp-helper",
			"graphql",
			"rxjs",
		],
	],
};

/** Measures what each way to the first credentials brings: its bundle, and the packages that are installed for it. */
export async function measureProgramSizes({ programs }) {
	const folder = mkdtempSync(join(tmpdir(), "program-sizes-"));
	try {
		const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
		const [{ filename }] = JSON.parse(npm(args, root));
		const rows = [await sizeOf("ours", "ours.mjs", { "echostream-botocore": `file:../${filename}` })];
		for (const [name, [file, packages]] of Object.entries(WAYS)) {
			const dependencies = packages.map((one) => [one, pinned(one).slice(one.length + 1)]);
			rows.push(await sizeOf(name, file, Object.fromEntries(dependencies)));
		}
		return rows;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}

	async function sizeOf(name, file, dependencies) {
		return { name, ...(await bundleSize(programs[file])), ...installationSize({ dependencies }, folder) };
	}
}
