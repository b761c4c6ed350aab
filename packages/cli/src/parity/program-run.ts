import { type ChildProcess, spawn } from "node:child_process";
import { extname } from "node:path";
import { ApiSession, Cognito } from "echostream-botocore";
import type { LocalTenant } from "echostream-local";
import { type Stored, sortedJson, storedIn } from "./stored.ts";

/** How a program is run. */
export interface RunOptions {
	/** The command that runs Python. */
	readonly python: string;
	/** The user of the program. */
	readonly user: { readonly app: string } | { readonly apiUser: string };
	/** The limit of the run, in milliseconds. */
	readonly timeoutMs: number;
	/** Ends the program. */
	readonly signal: AbortSignal;
}

/** What a program did. */
export interface ProgramRun {
	readonly path: string;
	/** The exit code, the signal that ended the program, or `timed out`. */
	readonly end: string;
	/** The lines on standard output. JSON has sorted keys, and no address of the tenant. */
	readonly output: readonly string[];
	/** The last lines on standard error, which are not compared. */
	readonly errors: string;
	/** The requests to AWS and the queries of EchoStream, sorted. Those of sign-ins and refreshes are left out. */
	readonly requests: readonly string[];
	readonly stored: Stored;
}

const MAX_OUTPUT = 10_000_000;
const PYTHON_FILES = [".py", ".pyw"];
const NODE_FILES = [".js", ".mjs", ".cjs", ".ts", ".mts"];
/** The requests of a session for itself, and the query of the schema that the GraphQL client of Python sends. */
const OWN_REQUESTS = ["getAwsCredentials", "describeTenant", "describeApp", "IntrospectionQuery"];
const FOREIGN = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|DEFAULT_PROFILE|ENDPOINT_URL\w*)$/;

/** Whether a program can be run. */
export function isRunnable(path: string): boolean {
	return [...PYTHON_FILES, ...NODE_FILES].includes(extname(path));
}

/** Runs a program with a tenant, and returns what it did. */
export async function runProgram(path: string, tenant: LocalTenant, options: RunOptions): Promise<ProgramRun> {
	const { end, output, errors } = await runChild(path, environmentOf(tenant, options.user), options);
	const log = tenant.requestLog
		.since()
		.filter(({ service, operation }) => service !== "cognito" && !OWN_REQUESTS.includes(operation));
	const requests = log
		.map(({ service, operation, status }) => `${service} ${operation} ${status ?? "no response"}`)
		.sort();
	const {
		CLIENT_ID = "",
		USER_POOL_ID = "",
		USER_NAME,
		PASSWORD,
		APPSYNC_ENDPOINT,
		TENANT,
	} = tenant.environment({
		apiUser: "admin",
	});
	const user = { clientId: CLIENT_ID, userPoolId: USER_POOL_ID, username: USER_NAME, password: PASSWORD };
	const cognito = new Cognito({ ...user, endpoint: tenant.url });
	await using session = new ApiSession({ cognito, appsyncEndpoint: APPSYNC_ENDPOINT, tenant: TENANT });
	const stored = await storedIn(tenant, session);
	return { path, end, output: linesOf(output, tenant), errors, requests, stored };
}

function environmentOf(tenant: LocalTenant, user: RunOptions["user"]): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
	return {
		...Object.fromEntries(inherited),
		...tenant.environment(user),
		AWS_REGION: tenant.region,
		AWS_DEFAULT_REGION: tenant.region,
		AWS_EC2_METADATA_DISABLED: "true",
		REGION: tenant.region,
		TABLE: tenant.table,
		BUCKET: "bulk-data",
		...("app" in user ? { QUEUE_URL: tenant.queueUrl(`app-${user.app}`) } : {}),
	};
}

function runChild(
	path: string,
	env: NodeJS.ProcessEnv,
	{ python, timeoutMs, signal }: RunOptions,
): Promise<Pick<ProgramRun, "end" | "errors"> & { readonly output: string }> {
	const command = PYTHON_FILES.includes(extname(path)) ? python : process.execPath;
	// A group of its own, so that its children end with it.
	const child = spawn(command, [path], {
		env,
		stdio: ["ignore", "pipe", "pipe"],
		detached: process.platform !== "win32",
	});
	let [output, errors, isTimedOut] = ["", "", false];
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
		if (output.length < MAX_OUTPUT) output += chunk;
	});
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		errors = (errors + chunk).slice(-4000);
	});
	return new Promise((resolve, reject) => {
		const end = () => kill(child);
		const timer = setTimeout(() => {
			isTimedOut = true;
			end();
		}, timeoutMs);
		signal.addEventListener("abort", end, { once: true });
		process.once("exit", end);
		const cleanUp = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			process.removeListener("exit", end);
		};
		child.once("error", (error) => {
			cleanUp();
			reject(new Error(`${command} could not be started: ${error.message}`));
		});
		child.once("close", (code, ended) => {
			// Also what the program left running.
			end();
			cleanUp();
			resolve({ end: isTimedOut ? "timed out" : String(code ?? ended), output, errors });
		});
	});
}

function kill(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		if (process.platform === "win32") child.kill("SIGKILL");
		else process.kill(-child.pid, "SIGKILL");
	} catch {
		// It has ended.
	}
}

function linesOf(output: string, tenant: LocalTenant): string[] {
	const lines = output
		.replaceAll(tenant.url, "<tenant>")
		.replaceAll(new URL(tenant.url).host, "<tenant>")
		.split(/\r?\n/);
	if (lines.at(-1) === "") lines.pop();
	return lines.map((line) => {
		try {
			return sortedJson(JSON.parse(line));
		} catch {
			return line;
		}
	});
}
