import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler";
import { AheadHandler } from "./ahead-handler.ts";
import type { HttpHandler, HttpHandlerOptions, PlatformConnections } from "./http-handler.ts";
import { SharedConnections } from "./shared-connections.ts";

/** The connections of a session or a user on Node: those that the process shares, unless there are options for its own. */
export function nodeConnections(options: HttpHandlerOptions | undefined): PlatformConnections {
	if (options === undefined) return new SharedConnections();
	const handler = nodeRequestHandler(options);
	return { handler, destroy: () => handler.destroy?.() };
}

/** The AWS SDK's request handler for Node, which connects ahead unless the options contain an agent or a proxy. */
function nodeRequestHandler(options: HttpHandlerOptions): HttpHandler {
	const { destroy, proxyEnv } = (options.httpsAgent ?? {}) as { destroy?: unknown; proxyEnv?: unknown };
	const Handler = destroy === undefined && proxyEnv === undefined ? AheadHandler : NodeHttpHandler;
	return new Handler(options as NodeHttpHandlerOptions);
}
