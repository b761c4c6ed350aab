// An execution environment of AWS Lambda on this machine: the Lambda Runtime API before a process of its own, which is frozen
// whenever it has no event to handle.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const bootstrap = fileURLToPath(new URL("lambda-bootstrap.mjs", import.meta.url));

export class LambdaEnvironment {
	#process;
	#server = createServer((request, response) => this.#answer(request, response));
	/** The runtime's open question for an event. */
	#asking = resolvers();
	#handling;

	/**
	 * @param folder - What was uploaded.
	 * @param environment - The function's environment variables.
	 * @param runtime - The arguments of Node. Default: a small runtime of our own; `aws-lambda-ric` fits too.
	 */
	static async start(folder, environment, { handler = "handler.handler", runtime = [bootstrap] } = {}) {
		const lambda = new LambdaEnvironment();
		await once(lambda.#server.listen(0, "127.0.0.1"), "listening");
		lambda.#process = spawn(process.execPath, ["--no-experimental-require-module", ...runtime], {
			cwd: folder,
			env: { ...lambdaVariables(folder, handler, lambda.#server.address().port), ...environment },
			stdio: ["ignore", "inherit", "inherit"],
		});
		lambda.#process.once("exit", (code) => {
			const gone = new Error(`The runtime has ended with ${code}`);
			lambda.#asking.reject(gone);
			lambda.#handling?.reject(gone);
		});
		return lambda;
	}

	/**
	 * Thaws the process, gives it an event, and freezes it once it has answered.
	 *
	 * @returns {Promise<{ answer: unknown, waitingFor: string }>} its answer, and what the process was waiting for besides
	 */
	async invoke(event) {
		const response = await this.#asking.promise;
		this.#asking = resolvers();
		this.#handling = resolvers();
		const deadline = String(Date.now() + 30_000);
		this.#process.kill("SIGCONT");
		response.writeHead(200, {
			"content-type": "application/json",
			"lambda-runtime-aws-request-id": randomUUID(),
			"lambda-runtime-deadline-ms": deadline,
			"lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:000000000000:function:local",
		});
		response.end(JSON.stringify(event));
		const outcome = await this.#handling.promise;
		await this.#asking.promise;
		this.#process.kill("SIGSTOP");
		return outcome;
	}

	async stop() {
		this.#process.kill("SIGKILL");
		await once(this.#process, "exit");
		this.#server.closeAllConnections();
		this.#server.close();
	}

	async #answer(request, response) {
		const chunks = [];
		for await (const chunk of request) chunks.push(chunk);
		const what = request.url.split("/").at(-1);
		if (what === "next") {
			this.#asking.resolve(response);
			return;
		}
		response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
		const body = JSON.parse(Buffer.concat(chunks).toString());
		if (what === "response") this.#handling.resolve({ answer: body, waitingFor: request.headers["x-waiting-for"] });
		else (this.#handling ?? this.#asking).reject(Object.assign(new Error(body.errorMessage), { name: body.errorType }));
	}
}

function resolvers() {
	const made = {};
	made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
	made.promise.catch(() => {});
	return made;
}

/** What Lambda sets, the keys of the function's own role included, which are good for nothing in the tenant. */
function lambdaVariables(folder, handler, port) {
	return {
		PATH: process.env.PATH,
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
