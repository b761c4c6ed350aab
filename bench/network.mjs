import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "./clean-environment.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The hosts of a tenant in us-east-1, for which hosts.pem is issued. */
export const HOSTS = {
	cognito: "cognito-idp.us-east-1.amazonaws.com",
	appsync: "benchmark.appsync-api.us-east-1.amazonaws.com",
	dynamodb: "dynamodb.us-east-1.amazonaws.com",
};

/** The certificate of the authority that issued those of the hosts. */
export const AUTHORITY = path("certificates/authority.pem");

/**
 * A network on the loopback interface that takes as long as a real one: programs use the real host names of AWS and port 443,
 * and reach a local tenant by TLS 1.3.
 *
 * - A name is resolved in one round trip, once for each name and process.
 * - A connection carries its first byte one round trip after it was opened, as the handshake of TCP would have it.
 * - Each direction takes half a round trip.
 *
 * It runs in a process of its own, and notes what happens. Programs have to preload network-preload.cjs, or in Python
 * sitecustomize.py, which directs the names and port 443 here and trusts the benchmark's certificates.
 */
export class Network {
	#child;
	#tenant;
	#addresses;

	/** Starts a network before a tenant, which has to allow the {@link HOSTS}. */
	static async start(tenant, { roundTripMs }) {
		const network = new Network();
		const options = { roundTripMs, tenantPort: Number(new URL(tenant.endpoint).port), hosts: Object.values(HOSTS) };
		network.#tenant = tenant;
		network.#child = fork(path("network-process.mjs"), [JSON.stringify(options)], {
			execArgv: [],
			env: cleanEnvironment(),
		});
		network.#addresses = await network.#message();
		return network;
	}

	/** The arguments of `node` that connect a program with the network. */
	static nodeArguments = ["--require", path("contenders/network-preload.cjs")];

	/** The environment variables of a program. */
	get environment() {
		const { AWS_ENDPOINT_URL, ...environment } = this.#tenant.environment;
		return {
			...environment,
			APPSYNC_ENDPOINT: `https://${HOSTS.appsync}/graphql`,
			BENCH_NETWORK: JSON.stringify({ ...this.#addresses, authority: AUTHORITY }),
		};
	}

	/** Returns the names that were resolved and the connections that were opened since the last call. */
	async take() {
		this.#child.send("take");
		return await this.#message();
	}

	stop() {
		this.#child.disconnect();
	}

	#message() {
		return new Promise((resolve, reject) => {
			const onExit = (code) => reject(new Error(`The network's process ended with ${code}`));
			this.#child.once("exit", onExit);
			this.#child.once("message", (message) => {
				this.#child.off("exit", onExit);
				resolve(message);
			});
		});
	}
}
