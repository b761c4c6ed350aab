import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** What an invocation came to. */
export interface Invocation {
	readonly result: unknown;
	/** The timers, sockets and so on that would have kept the process alive after the response. */
	readonly waitingFor: string | undefined;
}

const BOOTSTRAP = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));

/**
 * An execution environment of AWS Lambda on this machine: the Lambda Runtime API before a process of its own, which is frozen
 * whenever it has no event to handle.
 */
export class LambdaEnvironment {
	readonly #server = createServer((request, response) => void this.#respond(request, response));
	readonly #process: Promise<ChildProcess>;
	/** The runtime's open request for an event. */
	#asking = new Settled<ServerResponse>();
	#handling = new Settled<Invocation>();
	/** By how much the clocks of the process will be ahead, milliseconds. */
	#frozenMs = 0;

	/**
	 * @param folder - What was uploaded.
	 * @param environment - The function's environment variables.
	 * @param runtime - The arguments of Node. Default: a small runtime of our own; the one of `aws-lambda-ric` fits too.
	 */
	constructor(folder: string, environment: Record<string, string>, runtime: readonly string[] = [BOOTSTRAP]) {
		this.#process = this.#start(folder, environment, runtime);
	}

	async #start(folder: string, environment: Record<string, string>, runtime: readonly string[]): Promise<ChildProcess> {
		await once(this.#server.listen(0, "127.0.0.1"), "listening");
		const { port } = this.#server.address() as AddressInfo;
		const child = spawn(process.execPath, ["--no-experimental-require-module", ...runtime], {
			cwd: folder,
			env: { ...lambdaVariables(folder, "handler.handler", port), ...environment },
			stdio: ["ignore", "inherit", "inherit"],
		});
		child.once("exit", (code) => this.#fail(new Error(`The runtime has ended with ${code}`)));
		return child;
	}

	/** Freezes the process once it has been initialized. */
	async initialize(): Promise<void> {
		const child = await this.#process;
		await this.#asking.promise;
		child.kill("SIGSTOP");
	}

	/** Makes the frozen process find that this much time has passed. Its runtime has to know `x-frozen-ms`, as the one of our own does. */
	pass(ms: number): void {
		this.#frozenMs += ms;
	}

	/** Thaws the process, gives it an event, and freezes it once it requests the next one. Rejects if the handler did. */
	async invoke(event: unknown): Promise<Invocation> {
		const child = await this.#process;
		const response = await this.#asking.promise;
		this.#asking = new Settled();
		this.#handling = new Settled();
		child.kill("SIGCONT");
		response.writeHead(200, {
			"content-type": "application/json",
			"lambda-runtime-aws-request-id": randomUUID(),
			"lambda-runtime-deadline-ms": String(Date.now() + 30_000),
			"x-frozen-ms": String(this.#frozenMs),
			"lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:000000000000:function:local",
		});
		response.end(JSON.stringify(event));
		try {
			return await this.#handling.promise;
		} finally {
			await this.#asking.promise;
			child.kill("SIGSTOP");
		}
	}

	async stop(): Promise<void> {
		const child = await this.#process;
		const gone = once(child, "exit");
		child.kill("SIGKILL");
		await gone;
		this.#server.closeAllConnections();
		this.#server.close();
	}

	async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (request.url?.endsWith("/next")) {
			this.#asking.resolve(response);
			return;
		}
		const body = await json(request);
		response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
		if (request.url?.endsWith("/response")) {
			const waitingFor = request.headers["x-waiting-for"]?.toString();
			this.#handling.resolve({ result: body, waitingFor });
			return;
		}
		const { errorMessage, errorType } = body as { errorMessage: string; errorType: string };
		const error = Object.assign(new Error(errorMessage), { name: errorType });
		if (request.url?.includes("/init/")) this.#fail(error);
		else this.#handling.reject(error);
	}

	#fail(error: Error): void {
		this.#asking.reject(error);
		this.#handling.reject(error);
	}
}

/** A promise that is settled from outside. That nobody waits for it is no failure. */
class Settled<T> {
	resolve!: (value: T) => void;
	reject!: (error: Error) => void;
	readonly promise: Promise<T>;

	constructor() {
		this.promise = new Promise<T>((resolve, reject) => Object.assign(this, { resolve, reject }));
		this.promise.catch(() => {});
	}
}

/** What Lambda sets, the keys of the function's own role included, which are good for nothing in the tenant. */
function lambdaVariables(folder: string, handler: string, port: number): Record<string, string> {
	return {
		PATH: String(process.env.PATH),
		TZ: ":UTC",
		LANG: "en_US.UTF-8",
		LAMBDA_TASK_ROOT: folder,
		_HANDLER: handler,
		AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
		AWS_LAMBDA_FUNCTION_NAME: "local",
		AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
		AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
		AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
		AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/local",
		AWS_LAMBDA_LOG_STREAM_NAME: "local",
		AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x",
		AWS_REGION: "us-east-1",
		AWS_DEFAULT_REGION: "us-east-1",
		AWS_ACCESS_KEY_ID: "ASIAOFTHEFUNCTIONROLE",
		AWS_SECRET_ACCESS_KEY: "of the function's role",
		AWS_SESSION_TOKEN: "of the function's role",
		AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
	};
}
