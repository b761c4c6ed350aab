import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle-recipe.mjs";

const sources = fileURLToPath(new URL("contenders/", import.meta.url));
const root = resolve(sources, "../..");

/** Programs that use this package, or only the SDK. They run where both are installed from the registry and from the tarball. */
const OURS = [
	"ours.mjs",
	"ours-item.mjs",
	"ours-item-meanwhile.mjs",
	"static-item.mjs",
	"store-item.mjs",
	"handler.mjs",
];
/** Programs of others. They run in this repository, where what they need is installed. */
const OTHERS = ["by-hand.mjs", "by-hand-item.mjs", "amazon-cognito-identity-js.mjs"];

/** Runs npm in a folder, and returns what it prints. */
export const npm = (args, cwd) =>
	execFileSync("npm", args, {
		cwd,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "pipe"],
		shell: process.platform === "win32",
	});

/**
 * Installs the package from its tarball, with the SDK's client for DynamoDB, into a folder outside the repository, and bundles every
 * program there, all by the same recipe. Returns the folder of the programs, and of the bundles.
 */
export async function prepareContenders() {
	const folder = mkdtempSync(join(tmpdir(), "echostream-botocore-bench-"));
	const bundled = join(folder, "bundled");
	try {
		const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root));
		const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
		const dynamodb = `@aws-sdk/client-dynamodb@${devDependencies["@aws-sdk/client-dynamodb"]}`;
		writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
		npm(
			["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", `./${filename}`, dynamodb],
			folder,
		);
		for (const file of [...OURS, "announce.mjs"]) copyFileSync(join(sources, file), join(folder, file));
		for (const file of OURS) await bundle(join(folder, file), join(bundled, file.replace(".mjs", "")));
		for (const file of OTHERS) await bundle(join(sources, file), join(bundled, file.replace(".mjs", "")));
	} catch (error) {
		rmSync(folder, { recursive: true, force: true });
		throw error;
	}
	const program = (file) => join(OURS.includes(file) ? folder : sources, file);
	return {
		programs: {
			...Object.fromEntries([...OURS, ...OTHERS, "floor.mjs", "original.py"].map((file) => [file, program(file)])),
			...Object.fromEntries(
				[...OURS, ...OTHERS].map((file) => [`bundled ${file}`, join(bundled, file.replace(".mjs", ""), file)]),
			),
		},
		folder,
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}
