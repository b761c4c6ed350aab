import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LocalTenant } from "echostream-local";
import { PackageRegistry } from "./package-registry.mjs";
import { manifestIn, packages, root } from "./packages.mjs";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../__tests__/package/consumers/plain/", import.meta.url));
const { devDependencies } = manifestIn(root);
const client = `@aws-sdk/client-dynamodb@${devDependencies["@aws-sdk/client-dynamodb"]}`;

/** How each package manager, as npm has it, adds packages to a project and starts a program there. */
const MANAGERS = {
	npm: { command: ["npm"], add: ["install"], start: ["node"] },
	pnpm: { package: "pnpm@12.21.0", command: ["pnpm"], add: ["add"], start: ["node"] },
	"Yarn (PnP)": {
		package: "@yarnpkg/cli-dist@4.18.1",
		command: ["yarn"],
		add: ["add"],
		start: ["yarn", "node"],
		files: ({ url }) => ({
			".yarnrc.yml": JSON.stringify({
				enableGlobalCache: false,
				npmRegistryServer: url,
				unsafeHttpWhitelist: ["127.0.0.1"],
			}),
			// Without it, Yarn looks for a project in the folders above.
			"yarn.lock": "",
		}),
	},
	Bun: { package: "bun@1.4.5", command: ["bun"], add: ["add"], start: ["bun"] },
	Deno: {
		package: "deno@2.9.5",
		command: ["deno"],
		add: ["add", "--quiet", "--npm"],
		start: ["deno", "run", "--allow-all", "--quiet"],
	},
};

/**
 * Installs the tarballs with each package manager from a registry on this machine, and signs in with what was installed.
 *
 * @param packed - Folder with the tarball of each package, `NAME.tgz`.
 * @returns The name and the version of each package manager, and the error of those that failed.
 */
export async function tryPackageManagers(packed) {
	const registry = await PackageRegistry.start(packages.map(({ manifest }) => join(packed, `${manifest.name}.tgz`)));
	const tenant = await LocalTenant.start();
	const tryOne = async ([name, manager]) => {
		const folder = join(packed, `manager-${manager.command[0]}`);
		const execute = await prepare(folder, manager, registry, tenant);
		const version = /\d+\.\d+\.\d+/.exec(await execute([...manager.command, "--version"]))?.[0];
		try {
			await execute([...manager.command, ...manager.add, "echostream-botocore", client]);
			const printed = await execute([...manager.start, "main.mjs"]);
			if (!printed.includes(`ASIA ${tenant.table}`)) throw new Error(printed);
			return { name, version };
		} catch (error) {
			return { name, version, error: `${error.message}\n${error.stdout ?? ""}${error.stderr ?? ""}` };
		}
	};
	try {
		return await Promise.all(Object.entries(MANAGERS).map(tryOne));
	} finally {
		registry.stop();
		await tenant.stop();
	}
}

/** Creates the project of a package manager, and returns the function that runs a command there. */
async function prepare(cwd, manager, registry, tenant) {
	await mkdir(cwd);
	for (const file of ["main.mjs", "sign-in.mjs"]) await cp(join(program, file), join(cwd, file));
	await writeFile(join(cwd, "package.json"), '{ "name": "project", "private": true }\n');
	await writeFile(join(cwd, ".npmrc"), `registry=${registry.url}\n`);
	for (const [file, content] of Object.entries(manager.files?.(registry) ?? {}))
		await writeFile(join(cwd, file), content);
	const env = {
		...process.env,
		...tenant.environment({ app: "external-app" }),
		// Both keep packages by their version, which is the same for every tarball of a day.
		BUN_INSTALL_CACHE_DIR: join(cwd, ".bun"),
		DENO_DIR: join(cwd, ".deno"),
	};
	const npx = manager.package === undefined ? [] : ["npx", "--yes", "-p", manager.package, "--"];
	return async (command) => {
		const [file, ...args] = [...npx, ...command];
		return (await run(file, args, { cwd, env, maxBuffer: 2 ** 26 })).stdout;
	};
}
