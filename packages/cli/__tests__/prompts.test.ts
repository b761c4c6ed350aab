import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { LocalTenant, type UserPoolOptions } from "echostream-local";
import { totpCode } from "../../local/src/user-pool/totp.ts";
import { PseudoTerminal } from "./support/pseudo-terminal.ts";
import { Workplace } from "./support/workplace.ts";

const USER = "external-app-user";
const PASSWORD = "Canary-7f3a!pass";
const SECRET = "JBSWY3DPEHPK3PXP";

/** A tenant whose app user is this one, and a workplace whose settings have no password. */
async function start(user: Partial<NonNullable<UserPoolOptions["users"]>[number]> = {}, pool: UserPoolOptions = {}) {
	const tenant = await LocalTenant.start({
		userPool: { ...pool, users: [{ username: USER, password: PASSWORD, ...user }] },
	});
	const { PASSWORD: _, ...variables } = tenant.environment({ app: "external-app" });
	const workplace = new Workplace(variables);
	return {
		tenant,
		workplace,
		terminal: PseudoTerminal.echostream(["whoami"], workplace),
		async [Symbol.asyncDispose]() {
			this.terminal[Symbol.dispose]();
			workplace[Symbol.dispose]();
			await tenant.stop();
		},
	};
}

/** The contents of all files below a folder. */
function filesBelow(folder: string): string {
	const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
	return paths.flatMap((path) => (statSync(path).isFile() ? [readFileSync(path, "latin1")] : [])).join("\n");
}

describe("at a terminal", () => {
	test("the password is asked for, and neither shown nor stored", async () => {
		await using place = await start();
		const { terminal, workplace } = place;
		await terminal.shows(`Password of ${USER}`);
		terminal.type(`${PASSWORD}\r`);
		await terminal.shows(`${USER} (app user)`);
		expect(await terminal.status).toBe(0);
		expect(terminal.received).not.toContain(PASSWORD);
		expect(filesBelow(workplace.home)).not.toContain(PASSWORD);
	});

	test("the next command is signed in, and asks for nothing", async () => {
		await using place = await start();
		const { terminal, workplace } = place;
		await terminal.shows("Password of");
		terminal.type(`${PASSWORD}\r`);
		await terminal.status;
		using next = PseudoTerminal.echostream(["whoami"], workplace);
		expect(await next.status).toBe(0);
		expect(next.screen).not.toContain("Password of");
	});

	test("a wrong password exits with 3, and is not shown. The next command asks again", async () => {
		await using place = await start();
		const { terminal, workplace } = place;
		await terminal.shows("Password of");
		terminal.type("Wrong-Canary!\r");
		expect(await terminal.status).toBe(3);
		expect(terminal.screen).toContain("rejected");
		expect(terminal.screen).not.toContain("    at ");
		expect(terminal.received).not.toContain("Wrong-Canary!");
		using next = PseudoTerminal.echostream(["whoami"], workplace);
		await next.shows("Password of");
		next.type(`${PASSWORD}\r`);
		expect(await next.status).toBe(0);
	});

	test("a code of an authenticator app is asked for, and once more after a wrong one", async () => {
		await using place = await start({ mfa: [{ type: "TOTP", secret: SECRET }] });
		const { terminal } = place;
		await terminal.shows("Password of");
		terminal.type(`${PASSWORD}\r`);
		await terminal.shows("SOFTWARE_TOKEN_MFA: code of the authenticator app");
		const code = totpCode(SECRET, Math.floor(Date.now() / 30_000));
		terminal.type(`${code === "000000" ? "000001" : "000000"}\r`);
		await terminal.shows("Wrong code.");
		terminal.type(`${totpCode(SECRET, Math.floor(Date.now() / 30_000))}\r`);
		expect(await terminal.status).toBe(0);
		expect(terminal.screen).toContain(`${USER} (app user)`);
	});

	test("a code that was sent by SMS is asked for with its destination", async () => {
		await using place = await start({ mfa: [{ type: "SMS", destination: "+15550100" }] });
		const { tenant, terminal } = place;
		await terminal.shows("Password of");
		terminal.type(`${PASSWORD}\r`);
		await terminal.shows("SMS_MFA: code sent to +");
		terminal.type(`${tenant.userPool.sentCodes.at(-1)?.code}\r`);
		expect(await terminal.status).toBe(0);
	});

	test("a new password is asked for where one is required, with the attributes that are missing", async () => {
		await using place = await start({ status: "FORCE_CHANGE_PASSWORD" }, { requiredAttributes: ["given_name"] });
		const { terminal, workplace } = place;
		await terminal.shows("Password of");
		terminal.type(`${PASSWORD}\r`);
		await terminal.shows("The password must be changed. New password");
		terminal.type("New-Canary-9!x\r");
		await terminal.shows("given_name");
		terminal.type("Ada\r");
		expect(await terminal.status).toBe(0);
		expect(terminal.received).not.toContain("New-Canary-9!x");
		expect(filesBelow(workplace.home)).not.toContain("New-Canary-9!x");
	});

	test.each([
		["the password", {}],
		["a code", { mfa: [{ type: "TOTP", secret: SECRET }] as const }],
	])("Ctrl+C at the prompt for %s exits with 130, without a stack trace", async (_, user) => {
		await using place = await start(user);
		const { terminal } = place;
		await terminal.shows("Password of");
		if ("mfa" in user) {
			terminal.type(`${PASSWORD}\r`);
			await terminal.shows("SOFTWARE_TOKEN_MFA");
		}
		terminal.type("\u0003");
		expect(await terminal.status).toBe(130);
		expect(terminal.screen).toContain("Cancelled.");
		expect(terminal.screen).not.toContain("    at ");
	});

	test("Ctrl+C during a sign-in exits with 130, and the cursor is visible again", async () => {
		await using place = await start();
		const { tenant, terminal } = place;
		await terminal.shows("Password of");
		tenant.faults.add({ operation: "InitiateAuth", hang: true });
		terminal.type(`${PASSWORD}\r`);
		while (tenant.requestLog.count("InitiateAuth") === 0) await new Promise((resolve) => setTimeout(resolve, 20));
		terminal.type("\u0003");
		expect(await terminal.status).toBe(130);
		expect(terminal.screen).not.toContain("    at ");
		expect(terminal.received.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(
			terminal.received.lastIndexOf("\u001b[?25l"),
		);
	});
});
