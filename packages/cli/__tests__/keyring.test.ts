import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { isInstalled } from "../../../__tests__/support/installed.ts";
import { PseudoTerminal } from "./support/pseudo-terminal.ts";
import { ECHOSTREAM } from "./support/workplace.ts";
import { workplacePerTest } from "./support/workplace-per-test.ts";

const here = workplacePerTest();

const keyFile = () => readFileSync(join(here.workplace.home, "config/cache-key"), "utf8");

if (process.platform === "linux") {
	test("a key in a keyring that cannot be reached is kept, and nothing is cached meanwhile", async () => {
		const content = "keyring 0123456789abcdef\n";
		mkdirSync(join(here.workplace.home, "config"));
		writeFileSync(join(here.workplace.home, "config/cache-key"), content);
		const { errors, status } = await here.workplace.echostream(["credentials"], {
			ECHOSTREAM_KEYRING: undefined,
			DBUS_SESSION_BUS_ADDRESS: `unix:path=${here.workplace.home}/none`,
		});
		expect([status, errors, keyFile()]).toEqual([
			0,
			expect.stringMatching(
				/^Nothing is cached: The keyring, which has the key of the cache, could not be read: .*Unlock/,
			),
			content,
		]);
	});
}

if (isInstalled("dbus-run-session") && isInstalled("gnome-keyring-daemon")) {
	describe("a keyring of Secret Service", () => {
		/** Commands of a shell in a session that has a keyring, which is unlocked. `es` is the command line. */
		const session = (script: string) => {
			const before = `es() { '${process.execPath}' '${ECHOSTREAM}' "$@"; }
				printf %s test | gnome-keyring-daemon --unlock --components=secrets > daemon || exit 1`;
			// It leaves the session when it has started, and ends with the bus.
			const args = ["--", "sh", "-c", `${before}\n${script}`];
			return { args, variables: { XDG_RUNTIME_DIR: here.workplace.home, ECHOSTREAM_KEYRING: undefined } };
		};
		const inSession = (script: string, others: NodeJS.ProcessEnv = {}) => {
			const { args, variables } = session(script);
			return here.workplace.run("dbus-run-session", args, { ...variables, ...others });
		};

		test("has the key of the cache, on which processes that create it together agree", async () => {
			const { errors, printed, status } = await inSession(
				"es credentials > 1 & es credentials > 2 & es credentials > 3 & wait; cat 1 2 3",
			);
			expect([status, errors]).toEqual([0, expect.not.stringContaining("Nothing is cached")]);
			const ids = printed.match(/ASIA\w+/g);
			expect([ids?.length, new Set(ids).size, here.tenant.requestLog.count("InitiateAuth")]).toEqual([3, 1, 1]);
			expect(keyFile()).toMatch(/^keyring [0-9a-f]{16}\n$/);
		});

		test.each([
			["with spaces at its ends", " canary 1 "],
			["with a line break", "canary\n2"],
			["with other letters than those of English", "cänäry-☃"],
		])("has a password %s, which replaces the one before", async (_, password) => {
			writeFileSync(join(here.workplace.home, "keyring.cjs"), printsPassword());
			const args = "configure --no-verify --profile prod";
			const { errors, printed, status } = await inSession(
				`PASSWORD=before es ${args} && PASSWORD="$CANARY" es ${args} && node keyring.cjs`,
				{ CANARY: password },
			);
			expect([status, errors, printed]).toEqual([0, expect.stringContaining("Stored the password"), password]);
		});

		test("has a password that was entered in configure", async () => {
			const { args, variables } = session("es configure && es whoami --profile default --no-cache");
			using terminal = new PseudoTerminal("dbus-run-session", args, here.workplace, {
				...variables,
				PASSWORD: undefined,
			});
			for (let prompt = 0; prompt < 6; prompt++) {
				await terminal.shows(["URL", "Tenant", "App", "user pool", "app client", "User name"][prompt] ?? "");
				terminal.type("\r");
			}
			await terminal.shows("Password of");
			terminal.type(`${here.workplace.environment.PASSWORD}\r`);
			await terminal.shows("Stored the password");
			expect(await terminal.status).toBe(0);
		});
	});
}

/** A program that prints the password of the user in the keyring. */
function printsPassword(): string {
	return `const { Entry } = require("node:module").createRequire(${JSON.stringify(import.meta.url)})("@napi-rs/keyring");
		const { USER_NAME, USER_POOL_ID } = process.env;
		const account = "password of " + USER_NAME + " in " + USER_POOL_ID;
		process.stdout.write(new Entry("echostream", account, { linux: { store: "secret-service" } }).getPassword());`;
}
