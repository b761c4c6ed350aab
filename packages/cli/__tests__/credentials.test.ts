import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { type Output, outputIn } from "./support/output-of.ts";
import { ECHOSTREAM, type Ended, Workplace } from "./support/workplace.ts";
import { workplacePerTest } from "./support/workplace-per-test.ts";

const SIGN_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

const here = workplacePerTest();

/** Variables of a process whose local clock is ahead. */
function ahead(seconds: number): NodeJS.ProcessEnv {
	const script = `const now = Date.now; Date.now = () => now() + ${1000 * seconds};`;
	return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

/** Signs in, and leaves what the command caches, in this process. */
async function signedIn(): Promise<Output> {
	const output = await outputIn(here.workplace, ["credentials"]);
	expect([output.status, output.errors]).toEqual([0, ""]);
	return output;
}

/** The access key id of printed credentials. Their expiry by the local clock may differ by a moment, since its offset is measured. */
function keyOf({ errors, printed, status }: Output | Ended): string {
	expect([status, errors]).toEqual([0, ""]);
	return JSON.parse(printed).AccessKeyId;
}

/** All files below a folder. */
function filesIn(folder: string): string[] {
	const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
	return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** All folders below a folder, and itself. */
function foldersIn(folder: string): string[] {
	const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
	return [folder, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}

describe("echostream credentials", () => {
	test("the second call returns the same credentials, and sends nothing", async () => {
		const first = await here.workplace.echostream(["credentials"]);
		expect([first.status, first.errors, here.tenant.requestLog.operations()]).toEqual([0, "", SIGN_IN]);
		const second = await here.workplace.echostream(["credentials"]);
		expect(second).toEqual(first);
		expect(here.tenant.requestLog.length).toBe(3);
	});

	test("a cached call loads no session, no AWS SDK and no parser of arguments", async () => {
		await signedIn();
		const loader = `export async function resolve(name, context, next) {
			const found = await next(name, context);
			process.stderr.write("loads " + found.url + "\\n");
			return found;
		}`;
		// What is loaded by require() passes no loader.
		const required = `import { createRequire } from "node:module";
			process.on("exit", () => process.stderr.write(Object.keys(createRequire("/").cache).map((path) => "requires " + path + "\\n").join("")));`;
		const [loaderUrl, requiredUrl] = [loader, required].map(
			(text) => `data:text/javascript,${encodeURIComponent(text)}`,
		);
		const options = [`--experimental-loader=${loaderUrl}`, `--import=${requiredUrl}`, ECHOSTREAM, "credentials"];
		const { status, errors } = await here.workplace.run(process.execPath, options);
		expect(status).toBe(0);
		const loaded = [...errors.matchAll(/^loads (.*)$/gm)].map(([, url = ""]) => url);
		expect(loaded.filter((url) => url.startsWith("file:"))).toEqual([pathToFileURL(ECHOSTREAM).href]);
		expect([...errors.matchAll(/^requires (.*)$/gm)].map(([, path]) => path)).toEqual([ECHOSTREAM]);
	});

	test("--no-cache signs in, and writes nothing", async () => {
		for (let run = 0; run < 2; run++)
			expect((await here.workplace.echostream(["credentials", "--no-cache"])).status).toBe(0);
		expect(here.tenant.requestLog.count("InitiateAuth")).toBe(2);
		expect([existsSync(join(here.workplace.home, "cache")), existsSync(join(here.workplace.home, "config"))]).toEqual([
			false,
			false,
		]);
	});

	test("50 processes without a cache cause one sign-in", async () => {
		const all = await Promise.all(Array.from({ length: 50 }, () => here.workplace.echostream(["credentials"])));
		expect(new Set(all.map(({ errors, status }) => `${status} ${errors}`))).toEqual(new Set(["0 "]));
		expect(new Set(all.map(({ printed }) => JSON.parse(printed).AccessKeyId)).size).toBe(1);
		expect(here.tenant.requestLog.operations()).toEqual(SIGN_IN);
	});

	test("what is cached is encrypted, in files of mode 0600 and folders of mode 0700", async () => {
		const { printed } = await here.workplace.echostream(["credentials"]);
		const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(printed);
		const files = filesIn(here.workplace.home);
		expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
		for (const folder of ["cache", "config"].flatMap((name) => foldersIn(join(here.workplace.home, name)))) {
			expect([folder, statSync(folder).mode & 0o777]).toEqual([folder, 0o700]);
		}
		const canaries = [AccessKeyId, SecretAccessKey, SessionToken, String(here.workplace.environment.PASSWORD), "eyJ"];
		const contents = files.map((file) => readFileSync(file, "latin1")).join("\n");
		expect(canaries.filter((canary) => contents.includes(canary))).toEqual([]);
		expect(files.some((file) => file.endsWith("/credentials"))).toBe(true);
	});

	test.each([
		["is empty", () => ""],
		["was changed", (before: string) => `${before.slice(0, 40)}x${before.slice(41)}`],
		["has another format", (before: string) => `\x02${before.slice(1)}`],
		["is no cache at all", () => '{"accessKeyId":"AKIAFOREIGN"}'],
	])("a file of credentials that %s is ignored and replaced", async (_, change) => {
		const first = await signedIn();
		const [file = ""] = filesIn(join(here.workplace.home, "cache")).filter((name) => name.endsWith("/credentials"));
		writeFileSync(file, change(readFileSync(file, "latin1")), "latin1");
		expect(keyOf(await here.workplace.echostream(["credentials"]))).toBe(keyOf(first));
		// The session found them in its store, and they are cached again.
		expect([here.tenant.requestLog.length, readFileSync(file).length > 100]).toEqual([3, true]);
	});

	test("after the key of the cache was lost, the user is signed in again", async () => {
		await signedIn();
		writeFileSync(join(here.workplace.home, "config/cache-key"), `file ${"0".repeat(64)}\n`);
		expect((await here.workplace.echostream(["credentials"])).status).toBe(0);
		writeFileSync(join(here.workplace.home, "config/cache-key"), "keyring gone\n");
		expect((await here.workplace.echostream(["credentials"])).status).toBe(0);
		expect(here.tenant.requestLog.count("InitiateAuth")).toBe(3);
	});

	test("another app, tenant or user has credentials of its own", async () => {
		const first = await here.workplace.echostream(["credentials"]);
		const variables = here.tenant.environment({ app: "managed-app" });
		const second = await here.workplace.echostream(["credentials"], variables);
		const third = await here.workplace.echostream(["credentials"], { APP: "none" });
		expect([first.status, second.status, third.status, second.printed === first.printed]).toEqual([0, 0, 4, false]);
		expect(keyOf(await here.workplace.echostream(["credentials"]))).toBe(keyOf(first));
	});

	describe("in the last third of the lifetime of what is cached", () => {
		let later: LocalTenant;
		let variables: NodeJS.ProcessEnv;
		let first: Ended;
		beforeEach(async () => {
			let passed = 0;
			const clock = { now: () => Date.now() + 1000 * passed };
			later = await LocalTenant.start({ credentials: { maxSeconds: 600 }, clock });
			variables = later.environment({ app: "external-app" });
			first = await here.workplace.echostream(["credentials"], variables);
			passed = 450;
			// The clock of the next process too.
			Object.assign(variables, ahead(passed));
		});
		afterEach(() => later.stop());

		test("credentials are refreshed, and the process waits for it", async () => {
			const second = await here.workplace.echostream(["credentials"], variables);
			expect([first.status, second.status, second.printed === first.printed]).toEqual([0, 0, false]);
			expect(later.requestLog.operations()).toEqual([...SIGN_IN, "getAwsCredentials"]);
		});

		test("valid credentials whose refresh fails are printed", async () => {
			later.faults.add({ operation: "getAwsCredentials", status: 500 });
			expect(keyOf(await here.workplace.echostream(["credentials"], variables))).toBe(keyOf(first));
			expect(later.requestLog.count("getAwsCredentials")).toBeGreaterThan(1);
		});
	});

	test("credentials that were cached while the local clock was ahead do not seem to last longer", async () => {
		expect((await here.workplace.echostream(["credentials"], ahead(7_200))).status).toBe(0);
		const { printed } = await here.workplace.echostream(["credentials"]);
		expect(Date.parse(JSON.parse(printed).Expiration)).toBeLessThan(Date.now() + 3_700_000);
	});

	test("a cache that cannot be written costs the cache, and is reported", async () => {
		writeFileSync(join(here.workplace.home, "file"), "");
		const { status, errors } = await here.workplace.echostream(["credentials"], {
			ECHOSTREAM_CACHE_DIR: join(here.workplace.home, "file/cache"),
		});
		expect([status, errors]).toEqual([0, expect.stringMatching(/^The credentials could not be cached: .*ENOTDIR/)]);
	});

	test("processes that are killed while they write leave no damaged file", async () => {
		await using brief = await LocalTenant.start({ credentials: { maxSeconds: 3 } });
		const variables = brief.environment({ app: "external-app" });
		using other = new Workplace(variables);
		// Each has every second kill.
		const killed = [here.workplace, other].map(async (workplace, offset) => {
			for (let kill = offset; kill < 100; kill += 2) {
				const child = workplace.start(process.execPath, [ECHOSTREAM, "credentials"], variables);
				const ended = new Promise((resolve) => child.on("close", resolve));
				// From before the first line of the program to after its last.
				await setTimeout((kill / 100) * 400);
				child.kill("SIGKILL");
				await ended;
			}
			const { status, errors, printed } = await workplace.echostream(["credentials"], variables);
			expect([status, errors]).toEqual([0, ""]);
			expect(Date.parse(JSON.parse(printed).Expiration)).toBeGreaterThan(Date.now());
		});
		await Promise.all(killed);
	});
});

describe("the exit code of a failure", () => {
	const failing = async (variables: NodeJS.ProcessEnv) => {
		const { errors, printed, status } = await outputIn(here.workplace, ["credentials", "--no-cache"], variables);
		expect([printed, errors.includes(String(here.workplace.environment.PASSWORD))]).toEqual(["", false]);
		return [status, errors.trim()];
	};

	test("is 2 for an invalid setting", async () => {
		expect(await failing({ USER_POOL_ID: "pool" })).toEqual([2, expect.stringContaining("userPoolId")]);
	});

	test.each([
		["a profile that does not exist", ["--profile", "none"]],
		["a profile whose name is invalid", ["--profile", "../none"]],
		["a file of variables that does not exist", ["--dotenv", "none.env"]],
	])("is 2 for %s", async (_, flags) => {
		const { status, printed } = await here.workplace.echostream(["credentials", ...flags]);
		expect([status, printed]).toEqual([2, ""]);
	});

	test("is 3 for a rejected sign-in", async () => {
		expect(await failing({ PASSWORD: "wrong" })).toEqual([3, expect.stringContaining("rejected")]);
		expect(here.tenant.requestLog.count("InitiateAuth")).toBe(1);
	});

	test("is 4 for an app that the user may not read", async () => {
		expect(await failing({ APP: "none" })).toEqual([4, expect.stringContaining("not authorized")]);
	});

	test("is 5 for a server that cannot be reached", async () => {
		expect(await failing({ APPSYNC_ENDPOINT: "http://127.0.0.1:9/graphql" })).toEqual([
			5,
			expect.stringContaining("could not be reached"),
		]);
	});
});

describe("settings", () => {
	const lines = (variables: object) =>
		Object.entries(variables)
			.map(([name, value]) => `${name}='${value}'\n`)
			.join("");
	/** The environment of a tool that has no setting in its environment. */
	const nothing = Object.fromEntries(
		["APPSYNC_ENDPOINT", "TENANT", "APP", "USER_POOL_ID", "CLIENT_ID", "USER_NAME", "PASSWORD"].map((name) => [
			name,
			undefined,
		]),
	);
	const whoIs = async (args: string[], variables: NodeJS.ProcessEnv = {}) => {
		const { errors, printed, status } = await outputIn(
			here.workplace,
			["whoami", "--json", "--no-cache", ...args],
			variables,
		);
		return status === 0 ? JSON.parse(printed).user : errors.trim();
	};

	test("a file of variables replaces the environment", async () => {
		writeFileSync(
			join(here.workplace.home, "other.env"),
			`\uFEFF# an app\n${lines(here.tenant.environment({ app: "managed-app" }))}`,
		);
		expect(await whoIs(["--dotenv", "other.env"])).toBe("managed-app-user");
	});

	test("a file without APP is for the whole tenant, although APP is set in the environment", async () => {
		writeFileSync(join(here.workplace.home, "admin.env"), lines(here.tenant.environment({ apiUser: "admin" })));
		expect(await whoIs(["--dotenv", "admin.env"])).toBe("admin");
	});

	test("flags replace single values", async () => {
		const { APP = "", PASSWORD = "", USER_NAME = "" } = here.tenant.environment({ app: "managed-app" });
		writeFileSync(join(here.workplace.home, "password"), `${PASSWORD}\n`);
		const flags = ["--app", APP, "--user-name", USER_NAME];
		expect(await whoIs([...flags, "--password-file", "password"])).toBe("managed-app-user");
		expect(await whoIs([...flags, "--password-command", "cat password"])).toBe("managed-app-user");
		expect(await whoIs([...flags, "--password-command", "cat nothing"])).toContain(
			"PASSWORD_COMMAND failed: it ended with 1.",
		);
		expect(await whoIs([...flags, "--password-command", "true"])).toContain(
			"PASSWORD_COMMAND returned an empty password.",
		);
		expect(await whoIs([...flags, "--password-file", "nothing"])).toContain("PASSWORD_FILE could not be read: ENOENT");
	});

	test("a command that prints more than a password fails, and is ended", async () => {
		const flags = ["--user-name", "none", "--password-command", "yes"];
		expect(await whoIs(flags)).toMatch(/PASSWORD_COMMAND failed: it printed more than a password\.$/);
	});

	test("a command that ends neither by itself nor by a signal does not keep the process", async () => {
		const command = `echo $$ > pid; exec 2>/dev/null; trap '' TERM; while :; do sleep 1; done`;
		try {
			const { errors, printed, status } = await here.workplace.echostream(
				["doctor", "--timeout", "1", "--password-command", command],
				{ PASSWORD: undefined },
			);
			expect([status, errors, printed]).toEqual([1, "", expect.stringContaining("PASSWORD_COMMAND has not ended")]);
		} finally {
			process.kill(Number(readFileSync(join(here.workplace.home, "pid"), "utf8")), "SIGKILL");
		}
	});

	test("a profile replaces the environment, whether a flag or ECHOSTREAM_PROFILE names it", async () => {
		const folder = join(here.workplace.home, "config/profiles");
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "managed.env"), lines(here.tenant.environment({ app: "managed-app" })));
		expect(await whoIs(["--profile", "managed"])).toBe("managed-app-user");
		expect(await whoIs([], { ECHOSTREAM_PROFILE: "managed" })).toBe("managed-app-user");
		expect(await whoIs(["--profile", "none"])).toBe(
			"The profile none was not found. The profiles are managed. Create it: echostream configure --profile none",
		);
		expect(await whoIs(["--profile", "../managed"])).toContain('The profile name "../managed" is invalid');
	});

	test("the profile default is used if nothing is set", async () => {
		const folder = join(here.workplace.home, "config/profiles");
		expect(await whoIs([], nothing)).toMatch(/^These settings are missing in the environment:\n {2}APPSYNC_ENDPOINT/);
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "default.env"), lines(here.tenant.environment({ app: "managed-app" })));
		expect(await whoIs([], nothing)).toBe("managed-app-user");
		expect(await whoIs([])).toBe("external-app-user");
	});

	test("a profile without a password uses PASSWORD of the environment", async () => {
		const { PASSWORD, ...others } = here.tenant.environment({ app: "managed-app" });
		const folder = join(here.workplace.home, "config/profiles");
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "managed.env"), lines(others));
		expect(await whoIs(["--profile", "managed"], { PASSWORD })).toBe("managed-app-user");
		expect(await whoIs(["--profile", "managed"], { PASSWORD: undefined })).toContain(
			"No password was found. Set PASSWORD",
		);
	});

	test("a file of variables that cannot be read is named", async () => {
		expect(await whoIs(["--dotenv", "none.env"])).toBe("The file none.env could not be read: it was not found.");
	});
});

describe("echostream logout", () => {
	test("ends the sign-in at Cognito, and removes what is cached", async () => {
		await signedIn();
		const { status, errors } = await here.workplace.echostream(["logout"]);
		expect([status, errors]).toEqual([
			0,
			"Signed out. AWS credentials that programs have are valid until they expire.\n",
		]);
		expect([here.tenant.requestLog.count("GlobalSignOut"), readdirSync(join(here.workplace.home, "cache"))]).toEqual([
			1,
			[],
		]);
		await here.workplace.echostream(["credentials"]);
		expect(here.tenant.requestLog.count("InitiateAuth")).toBe(2);
	});

	test("--local removes what is cached, and sends nothing", async () => {
		await signedIn();
		expect((await here.workplace.echostream(["logout", "--local"])).status).toBe(0);
		expect([here.tenant.requestLog.length, readdirSync(join(here.workplace.home, "cache"))]).toEqual([3, []]);
	});

	test("removes what is cached although Cognito fails, and fails", async () => {
		await signedIn();
		const fault = here.tenant.faults.add({ operation: "GlobalSignOut", status: 400 });
		try {
			expect((await here.workplace.echostream(["logout"])).status).not.toBe(0);
		} finally {
			fault.remove();
		}
		expect(readdirSync(join(here.workplace.home, "cache"))).toEqual([]);
	});

	test("without a sign-in, it reports that, and sends nothing", async () => {
		const { status, errors } = await here.workplace.echostream(["logout"]);
		expect([status, errors, here.tenant.requestLog.length]).toEqual([
			0,
			"Nobody is signed in with the settings of the environment.\n",
			0,
		]);
	});
});

test("a folder of the cache that others can write to is not used", async () => {
	await signedIn();
	const [folder = ""] = readdirSync(join(here.workplace.home, "cache"));
	chmodSync(join(here.workplace.home, "cache", folder), 0o777);
	const { status } = await here.workplace.echostream(["credentials"]);
	expect([status, here.tenant.requestLog.count("InitiateAuth")]).toEqual([0, 2]);
});
