import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpHandler } from "./http-handler.ts";

/** What sends requests where the caller has no handler of its own: the AWS SDK's, for Node. */
export function defaultRequestHandler(): HttpHandler {
	return new NodeHttpHandler();
}
