import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpHandler } from "./http-handler.ts";

/** The default request handler: the AWS SDK's for Node. */
export function defaultRequestHandler(): HttpHandler {
	return new NodeHttpHandler();
}
