import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import type { HttpHandler } from "./http-handler.ts";

/** What sends requests where the caller has no handler of its own: the AWS SDK's, for pages. Bundlers put it in place. */
export function defaultRequestHandler(): HttpHandler {
	return new FetchHttpHandler();
}
