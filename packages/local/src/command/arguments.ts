import { parseArgs } from "node:util";
import type { LocalTenantOptions } from "../local-tenant.ts";
import { type Config, readConfig } from "./config-file.ts";
import { UsageError } from "./usage-error.ts";

/** The text that `--help` prints. */
export const USAGE = `Usage: echostream-local [options]

Runs an EchoStream tenant on this machine, for development and tests. Prints the variables that connect a program to it to
standard output, and a line for each request to standard error.

Variables
  --app <name>               App whose variables are printed. Default: the first app that has a user
  --api-user <name>          API user whose variables are printed, instead of an app
  --json                     Prints JSON instead of export lines
  --dotenv <file>            Writes the variables to a file that only you can read, instead of printing them
  --quiet                    Prints no line for each request

Tenant
  --config <file>            File with options. Default: echostream-local.config.json or .mjs, if it is in this folder
  --port <number>            Port. Default: any free port
  --name <name>              Name of the tenant. Default: local
  --region <region>          AWS region. Default: us-east-1
  --data <folder>            Keeps everything in this folder. Default: in memory
  --dynamodb-endpoint <url>  Address of a DynamoDB Local to use
  --allow-origin <origin>    Origin of web pages that may call the tenant. Can be repeated
  --allow-host <name>        Host name by which the tenant may be called, beside localhost. Can be repeated
  --host <address>           Address to listen on. Default: 127.0.0.1. Use 0.0.0.0 only in a container

  --stop-with-parent         Stops when the program that started the command ends. npx always does this
  --help                     Prints this text`;

const OPTIONS = {
	app: { type: "string" },
	"api-user": { type: "string" },
	json: { type: "boolean" },
	dotenv: { type: "string" },
	quiet: { type: "boolean" },
	config: { type: "string" },
	port: { type: "string" },
	name: { type: "string" },
	region: { type: "string" },
	data: { type: "string" },
	"dynamodb-endpoint": { type: "string" },
	"allow-origin": { type: "string", multiple: true },
	"allow-host": { type: "string", multiple: true },
	host: { type: "string" },
	"stop-with-parent": { type: "boolean" },
	help: { type: "boolean", short: "h" },
} as const;

/** The settings of one run of the command. */
export interface Settings {
	readonly tenant: LocalTenantOptions;
	/** The config file, if there is one. */
	readonly configFile: string | undefined;
	/** Whose variables are printed. Default: the first app that has a user. */
	readonly identity: { readonly app: string } | { readonly apiUser: string } | undefined;
	readonly isJson: boolean;
	/** File for the variables, instead of standard output. */
	readonly dotenvFile: string | undefined;
	readonly isQuiet: boolean;
	/** Whether the command ends with the program that started it. */
	readonly endsWithParent: boolean;
}

/**
 * Reads the arguments and the config file. Arguments come first.
 *
 * @returns the settings, or `help`.
 * @throws UsageError when one of them is invalid.
 */
export async function readSettings(args: readonly string[]): Promise<Settings | "help"> {
	const values = parsed(args);
	if (values.help) return "help";
	const { app, "api-user": apiUser } = values;
	if (app !== undefined && apiUser !== undefined) throw new UsageError("Use one of --app and --api-user");
	const config: Config = await readConfig(values.config);
	return {
		tenant: { ...config.options, ...tenantOptions(values) },
		configFile: config.file,
		identity: app !== undefined ? { app } : apiUser !== undefined ? { apiUser } : undefined,
		isJson: values.json ?? false,
		dotenvFile: values.dotenv,
		isQuiet: values.quiet ?? false,
		// npx sets this variable for the command that it runs.
		endsWithParent: values["stop-with-parent"] ?? process.env.npm_command === "exec",
	};
}

function parsed(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options: OPTIONS }).values;
	} catch (error) {
		const [sentence] = (error as Error).message.split(". ");
		throw new UsageError(`${sentence}. echostream-local --help prints all options.`);
	}
}

function tenantOptions(values: ReturnType<typeof parsed>): Partial<LocalTenantOptions> {
	const { data, "dynamodb-endpoint": dynamodbEndpoint, host, name, region } = values;
	const { "allow-host": allowedHosts, "allow-origin": allowedOrigins, port } = values;
	return {
		...(port !== undefined && { port: portOf(port) }),
		...(name !== undefined && { name }),
		...(region !== undefined && { region }),
		...(host !== undefined && { host }),
		...(data !== undefined && { data }),
		...(dynamodbEndpoint !== undefined && { dynamodbEndpoint }),
		...(allowedHosts !== undefined && { allowedHosts }),
		...(allowedOrigins !== undefined && { allowedOrigins }),
	};
}

function portOf(text: string): number {
	const port = Number(text);
	if (!/^\d+$/.test(text) || port > 65_535)
		throw new UsageError(`The port ${text} is invalid: use a number up to 65535`);
	return port;
}
