import { parseArgs } from "node:util";
import { ApiSession, AppSession, isEchoStreamError } from "echostream-botocore";
import { printableJson } from "./printable-json.ts";
import type { Terminal } from "./terminal.ts";

const USAGE = `Usage: echostream <command>

  credentials     Prints AWS credentials in the format of credential_process in the AWS config file
  describe        Prints the tenant, and the app if APP is set
  port            Lists what a Python program uses of boto3, botocore, pycognito and gql, and how to port it
  parity          Runs two programs, and compares their output, their requests and what they store

The first two commands read the variables APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID and, for an app, APP.
There is no option for the password, because every user of a machine can read the command lines of all others.`;

/** Runs one command and returns its exit code: 0 on success, 1 on failure, 2 for invalid usage. */
export async function run(args: readonly string[], { print, printError }: Terminal): Promise<number> {
	const [command, ...rest] = args;
	try {
		switch (command) {
			case "credentials":
				return await withSession(rest, async (session) => {
					const { accessKeyId, secretAccessKey, sessionToken, expiration } = await session.credentials();
					const credentials = {
						Version: 1,
						AccessKeyId: accessKeyId,
						SecretAccessKey: secretAccessKey,
						SessionToken: sessionToken,
						Expiration: expiration?.toISOString(),
					};
					print(printableJson(credentials));
				});
			case "describe":
				return await withSession(rest, async (session) => {
					const tenant = await session.describeTenant();
					const app = session instanceof AppSession ? { app: await session.describeApp() } : {};
					print(printableJson({ tenant, ...app }, 2));
				});
			// Their own modules, because only they need a parser and a local tenant.
			case "port":
				return await (await import("./port/run-port.ts")).runPort(rest, { print, printError });
			case "parity":
				return await (await import("./parity/run-parity.ts")).runParity(rest, { print, printError });
			case "--help":
			case "help":
				print(USAGE);
				return 0;
			default:
				printError(command === undefined ? USAGE : `Unknown command: ${command}\n\n${USAGE}`);
				return 2;
		}
	} catch (error) {
		const isUsage = (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") ?? false;
		printError(isEchoStreamError(error) || isUsage ? (error as Error).message : String(error));
		return isUsage ? 2 : 1;
	}
}

async function withSession(args: string[], work: (session: ApiSession | AppSession) => Promise<void>): Promise<number> {
	parseArgs({ args, options: {} });
	const session = process.env.APP?.trim() ? new AppSession() : new ApiSession();
	try {
		await work(session);
		return 0;
	} finally {
		session.destroy();
	}
}
