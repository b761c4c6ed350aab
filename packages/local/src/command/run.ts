import { LocalTenant } from "../local-tenant.ts";
import { readSettings, type Settings, USAGE } from "./arguments.ts";
import { logLine } from "./log-line.ts";
import { UsageError } from "./usage-error.ts";
import { exportLines, writeDotenv } from "./variables.ts";

/** Where the command prints, and when it ends. */
export interface Terminal {
	/** Prints a result: the variables. */
	readonly print: (text: string) => void;
	/** Prints everything else: usage, requests, errors. */
	readonly printError: (text: string) => void;
	/** Whether {@link printError} prints to a terminal with colors. Default: false. */
	readonly hasColors?: boolean;
	/**
	 * Resolves when the user interrupts the command, or when its parent has ended, if `endsWithParent`. Watches nothing after `ended`.
	 */
	readonly untilInterrupted: (endsWithParent: boolean, ended: AbortSignal) => Promise<void>;
}

type Identity = NonNullable<Settings["identity"]>;

/** Runs a local tenant until it is interrupted. Returns the exit code: 0 on success, 1 on failure, 2 for invalid usage. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
	const ended = new AbortController();
	try {
		const settings = await readSettings(args);
		if (settings === "help") {
			terminal.print(USAGE);
			return 0;
		}
		// From here on, a signal stops the tenant, also while it starts.
		const interrupted = terminal.untilInterrupted(settings.endsWithParent, ended.signal);
		const tenant = await startTenant(settings);
		try {
			present(tenant, settings, terminal);
			await interrupted;
			return 0;
		} finally {
			await tenant.stop();
		}
	} catch (error) {
		terminal.printError((error as Error).message);
		return error instanceof UsageError ? 2 : 1;
	} finally {
		ended.abort();
	}
}

async function startTenant({ tenant }: Settings): Promise<LocalTenant> {
	try {
		return await LocalTenant.start(tenant);
	} catch (error) {
		const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
		if (code === "EADDRINUSE") {
			throw new Error(`The port ${port} is in use by another program. Use another --port, or none for any free port.`);
		}
		if (code === "EACCES") throw new Error(`The port ${port} is reserved by the system. Use one from 1024 on.`);
		if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
			throw new Error(`The host ${tenant.host} is not an address of this machine. Use --host 127.0.0.1.`);
		}
		// The options are wrong: names that are not allowed, edges between nodes that do not exist.
		throw error instanceof TypeError || error instanceof RangeError ? new UsageError(error.message) : error;
	}
}

/** Prints the variables, then how to reach the tenant, then each request. */
function present(tenant: LocalTenant, settings: Settings, { hasColors = false, print, printError }: Terminal): void {
	const variables = tenant.environment(identityOf(tenant, settings.identity));
	if (settings.dotenvFile !== undefined) writeVariables(settings.dotenvFile, variables);
	else print(settings.isJson ? JSON.stringify(variables, null, 2) : exportLines(variables));
	if (settings.configFile !== undefined) printError(`Options: ${settings.configFile}`);
	printError(`The tenant ${tenant.name} listens on ${tenant.url}, for development only. Press Ctrl+C to stop it.`);
	printError(`Console: ${tenant.url}/_control/`);
	const { host = "127.0.0.1" } = settings.tenant;
	if (host !== "127.0.0.1" && host !== "localhost") {
		printError(`Warning: it listens on ${host}. Whoever reaches this port has the tenant, with all passwords.`);
	}
	if (!settings.isQuiet) tenant.requestLog.follow((entry) => printError(logLine(entry, hasColors)));
}

/** The identity whose variables are printed: the chosen one, else the first app that has a user, else the first API user. */
function identityOf({ directory, name }: LocalTenant, chosen: Settings["identity"]): Identity {
	const apps = [...directory.apps.values()]
		.filter(({ username }) => directory.user(username) !== undefined)
		.map((app) => app.name);
	const apiUsers = [...directory.apiUsers.keys()];
	const [kind, one, all] =
		chosen !== undefined && "apiUser" in chosen
			? ["API user", chosen.apiUser, apiUsers]
			: ["app with a user", chosen?.app ?? apps[0], apps];
	if (one === undefined && apiUsers[0] !== undefined) return { apiUser: apiUsers[0] };
	if (one !== undefined && all.includes(one)) return chosen ?? { app: one };
	const choice = all.length > 0 ? `Use one of ${all.join(", ")}.` : "Add one to the config file.";
	throw new UsageError(`The tenant ${name} has no ${kind}${one === undefined ? "" : ` named ${one}`}. ${choice}`);
}

function writeVariables(file: string, variables: Readonly<Record<string, string>>): void {
	try {
		writeDotenv(file, variables);
	} catch (error) {
		throw new UsageError(`The file ${file} could not be written: ${(error as Error).message}`);
	}
}
