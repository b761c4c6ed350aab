import { parseArgs } from "node:util";
import { isEchoStreamError } from "../../../src/errors.ts";
import { printableJson } from "../../../src/platform/printable.ts";
import { environmentVariable } from "../../../src/platform/settings.ts";
import { ApiSession } from "../../../src/sessions/api-session.ts";
import { AppSession } from "../../../src/sessions/app-session.ts";

/** What a command works with. */
export interface Terminal {
	readonly print: (text: string) => void;
	readonly complain: (text: string) => void;
	readonly untilInterrupted: () => Promise<void>;
}

const USAGE = `Usage: echostream-botocore <command>

  credentials     Prints AWS credentials as a credential_process of the AWS config file wants them
  describe        Prints what EchoStream says of the tenant, and of the app
  local-tenant    Runs a tenant on this machine, for development, and prints the variables to reach it
                    --port <number>   its port on 127.0.0.1 (default: any that is free)
                    --app <name>      the app to print the variables of (default: external-app)
                    --api-user <name> the API user to print the variables of, instead of an app

The first two work as the variables say: APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID, and APP
for an app. There is no option for the password: every user of a machine can read the command lines of all others.`;

/** Runs one command and returns its exit status: 0, 1 where it failed, 2 where it was not understood. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
	const [command, ...rest] = args;
	try {
		switch (command) {
			case "credentials":
				return await withSession(rest, async (session) => {
					const { accessKeyId, secretAccessKey, sessionToken, expiration } = await session.credentials();
					terminal.print(
						printableJson({
							Version: 1,
							AccessKeyId: accessKeyId,
							SecretAccessKey: secretAccessKey,
							SessionToken: sessionToken,
							Expiration: expiration?.toISOString(),
						}),
					);
				});
			case "describe":
				return await withSession(rest, async (session) => {
					const tenant = await session.describeTenant();
					const app = session instanceof AppSession ? { app: await session.describeApp() } : {};
					terminal.print(printableJson({ tenant, ...app }, 2));
				});
			case "local-tenant":
				return await runLocalTenant(rest, terminal);
			case "--help":
			case "help":
				terminal.print(USAGE);
				return 0;
			default:
				terminal.complain(command === undefined ? USAGE : `There is no command ${command}\n\n${USAGE}`);
				return 2;
		}
	} catch (error) {
		const isUsage = (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") ?? false;
		terminal.complain(isEchoStreamError(error) || isUsage ? (error as Error).message : String(error));
		return isUsage ? 2 : 1;
	}
}

async function withSession(args: string[], work: (session: ApiSession | AppSession) => Promise<void>): Promise<number> {
	parseArgs({ args, options: {} });
	const session = environmentVariable("APP") === undefined ? new ApiSession() : new AppSession();
	try {
		await work(session);
		return 0;
	} finally {
		session.destroy();
	}
}

async function runLocalTenant(args: string[], { print, complain, untilInterrupted }: Terminal): Promise<number> {
	const { values } = parseArgs({
		args,
		options: { port: { type: "string" }, app: { type: "string" }, "api-user": { type: "string" } },
	});
	// Only this command needs the packages behind it.
	const { LocalTenant } = await import("echostream-local");
	const tenant = await LocalTenant.start(values.port === undefined ? {} : { port: Number(values.port) });
	try {
		const apiUser = values["api-user"];
		const of = apiUser === undefined ? { app: values.app ?? "external-app" } : { apiUser };
		for (const [name, value] of Object.entries(tenant.environment(of))) print(`export ${name}='${value}'`);
		complain(`\nThe tenant ${tenant.name} listens on ${tenant.url}, for development only. Ctrl+C ends it.`);
		await untilInterrupted();
		return 0;
	} finally {
		await tenant.stop();
	}
}
