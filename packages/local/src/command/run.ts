import { parseArgs } from "node:util";
import { LocalTenant } from "./local-tenant.ts";

/** Where the command prints, and when it ends. */
export interface Terminal {
	/** Prints a result. */
	readonly print: (text: string) => void;
	/** Prints everything else: usage, errors. */
	readonly printError: (text: string) => void;
	/** Resolves when the user interrupts the command. */
	readonly untilInterrupted: () => Promise<void>;
}

const USAGE = `Usage: echostream-local [options]

Runs an EchoStream tenant on this machine, for development and tests, and prints the variables that connect a program to it.

  --port <number>     Port on 127.0.0.1 (default: any free port)
  --app <name>        App whose variables are printed (default: external-app)
  --api-user <name>   API user whose variables are printed, instead of an app
  --help              Prints this text`;

const OPTIONS = {
	port: { type: "string" },
	app: { type: "string" },
	"api-user": { type: "string" },
	help: { type: "boolean" },
} as const;

/** Runs a local tenant until it is interrupted. Returns the exit code: 0 on success, 1 on failure, 2 for invalid usage. */
export async function run(args: readonly string[], { print, printError, untilInterrupted }: Terminal): Promise<number> {
	try {
		const {
			port,
			app = "external-app",
			"api-user": apiUser,
			help,
		} = parseArgs({ args: [...args], options: OPTIONS }).values;
		if (help) {
			print(USAGE);
			return 0;
		}
		const tenant = await LocalTenant.start(port === undefined ? {} : { port: Number(port) });
		try {
			const environment = tenant.environment(apiUser === undefined ? { app } : { apiUser });
			for (const [name, value] of Object.entries(environment)) print(`export ${name}='${value}'`);
			printError(
				`\nThe tenant ${tenant.name} listens on ${tenant.url}, for development only. Press Ctrl+C to stop it.`,
			);
			await untilInterrupted();
			return 0;
		} finally {
			await tenant.stop();
		}
	} catch (error) {
		const isUsage = (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") ?? false;
		printError((error as Error).message);
		return isUsage ? 2 : 1;
	}
}
