import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { outputIn } from "./support/output-of.ts";
import { ECHOSTREAM } from "./support/workplace.ts";
import { workplacePerTest } from "./support/workplace-per-test.ts";

const here = workplacePerTest();

const awsConfig = () => readFileSync(join(here.workplace.home, "aws-config"), "utf8");
const writeAwsConfig = (text: string) => writeFileSync(join(here.workplace.home, "aws-config"), text);
const profileOf = (name: string) => readFileSync(join(here.workplace.home, "config/profiles", `${name}.env`), "utf8");
/** The section that `configure` writes. */
const sectionOf = (awsProfile: string, profile: string) =>
	`[profile ${awsProfile}]\ncredential_process = ${process.execPath} ${ECHOSTREAM} credentials --profile ${profile}\nregion = us-east-1\n`;

/** Runs the command in this process. */
function output(args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
	return outputIn(here.workplace, args, variables);
}

/** Runs `configure` with a password that the profile keeps. */
async function configure(...args: string[]) {
	const { PASSWORD = "" } = here.workplace.environment;
	writeFileSync(join(here.workplace.home, "password"), PASSWORD);
	const command = `cat '${join(here.workplace.home, "password")}'`;
	return output(["configure", "--password-command", command, ...args], { PASSWORD: undefined });
}

describe("echostream configure", () => {
	test("writes a profile, and one of AWS tools, whose command prints credentials", async () => {
		writeFileSync(join(here.workplace.home, "password"), String(here.workplace.environment.PASSWORD));
		const { status, errors } = await here.workplace.echostream(["configure", "--password-command", "cat password"], {
			PASSWORD: undefined,
		});
		expect([status, awsConfig()]).toEqual([0, sectionOf("echostream", "default")]);
		expect(errors).toContain("Try it: aws --profile echostream sts get-caller-identity");
		const [, command = ""] = /^credential_process = (.*)$/m.exec(awsConfig()) ?? [];
		const nothing = {
			APPSYNC_ENDPOINT: undefined,
			TENANT: undefined,
			APP: undefined,
			USER_NAME: undefined,
			USER_POOL_ID: undefined,
			CLIENT_ID: undefined,
			PASSWORD: undefined,
		};
		const { printed } = await here.workplace.run("sh", ["-c", command], nothing);
		expect(JSON.parse(printed)).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
	});

	test("the profile has the settings, and can be read by the user alone", async () => {
		await configure("--profile", "prod");
		expect(
			profileOf("prod")
				.split("\n")
				.map((line) => line.split("=")[0])
				.filter(Boolean)
				.sort(),
		).toEqual(["APP", "APPSYNC_ENDPOINT", "CLIENT_ID", "PASSWORD_COMMAND", "TENANT", "USER_NAME", "USER_POOL_ID"]);
		expect(statSync(join(here.workplace.home, "config/profiles/prod.env")).mode & 0o777).toBe(0o600);
		expect(awsConfig()).toBe(sectionOf("echostream-prod", "prod"));
	});

	test("without a keyring, a password of the environment is not stored, and that is reported", async () => {
		const { status, errors } = await output(["configure"]);
		expect([status, errors]).toEqual([
			0,
			expect.stringContaining("The password was not stored, because there is no keyring."),
		]);
		expect(`${profileOf("default")}${awsConfig()}`).not.toContain(String(here.workplace.environment.PASSWORD));
	});

	test("ECHOSTREAM_PROFILE names a profile that does not exist yet", async () => {
		here.workplace.environment.ECHOSTREAM_PROFILE = "prod";
		for (const args of [[], ["--profile", "next"]]) {
			expect(await configure("--no-verify", ...args)).toMatchObject({ status: 0 });
		}
		expect([profileOf("prod"), awsConfig()]).toEqual([profileOf("next"), expect.stringContaining("echostream-next")]);
	});

	test("a new profile takes no settings from another one", async () => {
		await configure("--no-verify");
		for (const name of ["APPSYNC_ENDPOINT", "TENANT", "APP", "USER_POOL_ID", "CLIENT_ID", "USER_NAME"]) {
			delete here.workplace.environment[name];
		}
		const { errors, status } = await configure("--no-verify", "--profile", "prod", "--tenant", "other");
		expect([status, errors]).toEqual([2, expect.stringContaining("USER_NAME (or --user-name)")]);
	});

	test("settings that do not work are not written", async () => {
		writeFileSync(join(here.workplace.home, "wrong"), "wrong");
		const { status } = await output(["configure", "--password-file", "wrong"]);
		expect([
			status,
			existsSync(join(here.workplace.home, "aws-config")),
			existsSync(join(here.workplace.home, "config")),
		]).toEqual([3, false, false]);
	});

	test("--no-verify sends nothing", async () => {
		const { status } = await configure("--no-verify");
		expect([status, here.tenant.requestLog.length, awsConfig()]).toEqual([0, 0, expect.not.stringContaining("region")]);
	});

	test("missing settings are named", async () => {
		const { status, errors } = await output(["configure"], { TENANT: undefined });
		expect([status, errors]).toEqual([2, expect.stringContaining("TENANT (or --tenant)")]);
	});

	test("a profile with other settings is replaced only by --force", async () => {
		await configure("--profile", "prod");
		const before = profileOf("prod");
		const other = ["--profile", "prod", "--app", "managed-app", "--no-verify"];
		const { status, errors } = await configure(...other);
		expect([status, errors, profileOf("prod")]).toEqual([
			1,
			expect.stringContaining("The profile prod exists with other settings. Pass --force"),
			before,
		]);
		expect((await configure(...other, "--force")).status).toBe(0);
		expect(profileOf("prod")).toContain("APP=managed-app\n");
	});

	test("the same settings can be configured again", async () => {
		for (let run = 0; run < 2; run++) expect((await configure("--profile", "prod")).status).toBe(0);
		expect(awsConfig()).toBe(sectionOf("echostream-prod", "prod"));
	});

	test("a value with spaces, quotes and signs is read as it was written", async () => {
		const command = `printf '%s' "a b" #c=$HOME`;
		await configure("--no-verify", "--password-command", command);
		expect(profileOf("default")).toContain(`PASSWORD_COMMAND=\`${command}\`\n`);
		const args = ["configure", "--no-verify", "--profile", "quotes", "--password-command", `'"\``];
		const { status, errors } = await output(args);
		expect([status, errors]).toEqual([
			2,
			"PASSWORD_COMMAND contains all three kinds of quotes, which a file of variables cannot express.",
		]);
	});
});

describe("the config file of AWS tools", () => {
	const own = () => sectionOf("echostream", "default");

	test.each([
		["is empty", "", (section: string) => section],
		[
			"ends without a line break",
			"[default]\nregion = eu-west-1",
			(section: string) => `[default]\nregion = eu-west-1\n\n${section}`,
		],
		[
			"has comments and other sections",
			"# mine\n[default]\nregion = eu-west-1 ; here\n\n[sso-session a]\nsso_region = x\n",
			(section: string) =>
				`# mine\n[default]\nregion = eu-west-1 ; here\n\n[sso-session a]\nsso_region = x\n\n${section}`,
		],
		[
			"has an older section of this command, with others around",
			"[profile a]\nx = 1\n[profile echostream]\ncredential_process = /old/node /old/main.js credentials --profile default\nregion = old\n\n[profile b]\ny = 2\n",
			(section: string) => `[profile a]\nx = 1\n${section}\n[profile b]\ny = 2\n`,
		],
		[
			"has comments above the next section",
			"[profile echostream]\ncredential_process = /old/node /old/main.js credentials --profile default\n\n# the next\n[profile b]\ny = 2\n",
			(section: string) => `${section}\n# the next\n[profile b]\ny = 2\n`,
		],
		[
			"has other keys in an older section of this command",
			"[profile echostream]\noutput = table\ncredential_process = /old/node /old/main.js credentials --profile default\ns3 =\n  region = x\n# mine",
			(section: string) => `${section}output = table\ns3 =\n  region = x\n# mine`,
		],
		[
			"has Windows line breaks",
			"[default]\r\nregion = x\r\n",
			(section: string) => `[default]\r\nregion = x\r\n\n${section}`,
		],
	])("that %s keeps everything else", async (_, before, expected) => {
		writeAwsConfig(before);
		expect((await configure()).status).toBe(0);
		expect(awsConfig()).toBe(expected(own()));
	});

	test("a profile that is another tool's is replaced only by --force", async () => {
		const before = "[ profile  echostream ]\nrole_arn = arn:aws:iam::1:role/x\n";
		writeAwsConfig(before);
		const { status, errors } = await configure();
		expect([status, errors, awsConfig()]).toEqual([
			1,
			expect.stringContaining("The profile echostream exists in"),
			before,
		]);
		expect(existsSync(join(here.workplace.home, "config/profiles"))).toBe(false);
		expect((await configure("--force")).status).toBe(0);
		expect(awsConfig()).toBe(own());
	});

	test("--aws-profile names the profile", async () => {
		await configure("--aws-profile", "work");
		expect(awsConfig()).toBe(sectionOf("work", "default"));
		for (const name of ["a]b", "a\nb", " "]) {
			expect(await configure("--aws-profile", name)).toMatchObject({ status: 2 });
		}
	});

	test.each(["[default]", "[profile default]"])("the profile default is one with the section %s", async (heading) => {
		writeAwsConfig(`${heading}\nrole_arn = x\n`);
		expect((await configure("--aws-profile", "default")).status).toBe(1);
		expect((await configure("--aws-profile", "default", "--force")).status).toBe(0);
		expect(awsConfig()).toBe(own().replace("[profile echostream]", "[default]"));
	});

	test("what is not a file, such as the null device, is not replaced", async () => {
		const pipe = join(here.workplace.home, "aws-config");
		execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
		const { status, errors } = await configure("--no-verify");
		expect([status, errors, lstatSync(pipe).isFIFO()]).toEqual([
			1,
			`The profile echostream could not be written: ${pipe} is not a file. Check AWS_CONFIG_FILE.`,
			true,
		]);
	});

	test("a file that a symbolic link leads to stays where it is, with its mode", async () => {
		mkdirSync(join(here.workplace.home, "dotfiles"));
		writeFileSync(join(here.workplace.home, "dotfiles/aws"), "[default]\n", { mode: 0o640 });
		symlinkSync(join(here.workplace.home, "dotfiles/aws"), join(here.workplace.home, "aws-config"));
		await configure();
		expect(lstatSync(join(here.workplace.home, "aws-config")).isSymbolicLink()).toBe(true);
		expect(readFileSync(join(here.workplace.home, "dotfiles/aws"), "utf8")).toBe(`[default]\n\n${own()}`);
		expect(statSync(join(here.workplace.home, "dotfiles/aws")).mode & 0o777).toBe(0o640);
	});
});
