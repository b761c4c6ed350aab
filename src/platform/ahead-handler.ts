import type { AgentOptions } from "node:https";
import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler";
import { AheadAgent } from "./ahead-agent.ts";
import type { HttpHandler } from "./http-handler.ts";

/** Maximum number of connections per host: the default of the AWS SDK. */
export const SDK_SOCKETS = 50;

/** Runtimes with Node's modules whose `https` does not call `createConnection` of an agent. */
const isEmulated = "Bun" in globalThis || "Deno" in globalThis;

/** The AWS SDK's request handler for Node, which can also open connections ahead ({@link AheadAgent}). */
export class AheadHandler extends NodeHttpHandler implements HttpHandler {
	readonly #agent: AheadAgent;

	/** @param options - `httpsAgent` contains options, no agent. */
	constructor(options: NodeHttpHandlerOptions = {}) {
		const agent = new AheadAgent({
			keepAlive: true,
			maxSockets: SDK_SOCKETS,
			...(options.httpsAgent as AgentOptions | undefined),
		});
		super({ ...options, httpsAgent: agent });
		this.#agent = agent;
		// With an agent of the caller's, the SDK sends the body of a large upload without waiting for `100 Continue`.
		Object.assign(this, { externalAgent: false });
	}

	/** Closes the connections, also those that no request has used. */
	override destroy(): void {
		super.destroy();
		this.#agent.destroy();
	}

	connectAhead(url: URL): () => void {
		return url.protocol === "https:" && !isEmulated ? this.#agent.connectAhead(url) : () => {};
	}

	/** Sets the maximum number of connections per host. */
	setMaxSockets(maxSockets: number): void {
		this.#agent.maxSockets = maxSockets;
		const { httpAgent } = this.httpHandlerConfigs();
		if (httpAgent !== undefined) httpAgent.maxSockets = maxSockets;
	}
}
