import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler";
import type { HttpHandler, HttpHandlerOptions } from "./http-handler.ts";

/** The default request handler: the AWS SDK's for Node. */
export function defaultRequestHandler(options?: HttpHandlerOptions): HttpHandler {
	return new NodeHttpHandler(options as NodeHttpHandlerOptions | undefined);
}
