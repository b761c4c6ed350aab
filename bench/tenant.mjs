import { fork } from "node:child_process";

/** Runs local tenants in a separate process. */
export class TenantProcess {
	#child = fork(new URL("tenant-process.mjs", import.meta.url), { execArgv: [] });
	#calls = [];

	constructor() {
		this.#child.on("message", ({ call, result, error }) => {
			const { resolve, reject } = this.#calls[call];
			if (error === undefined) resolve(result);
			else reject(new Error(error));
		});
		this.#child.on("exit", (code) => {
			for (const { reject } of this.#calls) reject(new Error(`The tenants' process ended with ${code}`));
		});
	}

	/** Starts a tenant. `environment` is for programs, `settings` say the same to a session of this process. */
	async start(options = {}) {
		const { id, environment } = await this.#call("start", options);
		return {
			environment: {
				...environment,
				AWS_REGION: "us-east-1",
				AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
			},
			settings: {
				app: environment.APP,
				appsyncEndpoint: environment.APPSYNC_ENDPOINT,
				clientId: environment.CLIENT_ID,
				password: environment.PASSWORD,
				regionName: "us-east-1",
				tenant: environment.TENANT,
				userPoolId: environment.USER_POOL_ID,
				username: environment.USER_NAME,
			},
			endpoint: environment.AWS_ENDPOINT_URL,
			operations: (mark = 0) => this.#call("operations", id, mark),
			stop: () => this.#call("stop", id),
		};
	}

	/** Starts an AWS service that takes everything at once, and returns its address. */
	service() {
		return this.#call("service");
	}

	end() {
		this.#child.disconnect();
	}

	#call(command, ...parameters) {
		return new Promise((resolve, reject) => {
			const call = this.#calls.push({ resolve, reject }) - 1;
			this.#child.send({ command, call, parameters });
		});
	}
}
