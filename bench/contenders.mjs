import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
/** Amplify brings a hundred packages, so it is installed in a folder of its own. */
const AMPLIFY = "amplify.mjs";
const FILES = [...OURS, ...OTHERS, AMPLIFY];

/** The exact version of a package of others, with its name: as this repository installs it, or the tests of other clients. */
export function pinned(name) {
	const manifests = ["package.json", "__tests__/interop/tools/node/package.json"];
	const ranges = manifests.map((path) => JSON.parse(readFileSync(join(root, path), "utf8")));
	return `${name}@${ranges.map((one) => one.devDependencies?.[name] ?? one.dependencies[name]).find(Boolean)}`;
}

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
	const sourceOf = (file) => {
		if (file === AMPLIFY) return join(folder, "amplify", file);
		return join(OURS.includes(file) ? folder : sources, file);
	};
	try {
		const [{ filename }] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root));
		install(folder, [`./${filename}`, pinned("@aws-sdk/client-dynamodb")], OURS);
		install(join(folder, "amplify"), [pinned("aws-amplify")], [AMPLIFY]);
		for (const file of FILES) await bundle(sourceOf(file), join(bundled, file.replace(".mjs", "")));
	} catch (error) {
		rmSync(folder, { recursive: true, force: true });
		throw error;
	}
	return {
		programs: {
			...Object.fromEntries([...FILES, "floor.mjs", "original.py"].map((file) => [file, sourceOf(file)])),
			...Object.fromEntries(FILES.map((file) => [`bundled ${file}`, join(bundled, file.replace(".mjs", ""), file)])),
		},
		folder,
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** Installs packages in a folder, and copies programs that use them into it. */
function install(folder, packages, files) {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
	npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", ...packages], folder);
	for (const file of [...files, "announce.mjs"]) copyFileSync(join(sources, file), join(folder, file));
}
