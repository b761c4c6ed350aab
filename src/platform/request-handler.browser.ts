import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { RedirectError } from "./http-failures.ts";
import type { HttpHandler } from "./http-handler.ts";

/**
 * What sends requests where the caller has no handler of its own: the AWS SDK's, for pages. Bundlers put it in place.
 *
 * It does not follow redirects. By default `fetch` sends the request, with its body, to the host that a redirect names.
 */
export function defaultRequestHandler(): HttpHandler {
	return new FetchHttpHandler({
		async customFetch(request, init) {
			const response = await fetch(request, { ...init, redirect: "manual" });
			// Its status is 0, which AWS SDK clients take for a success.
			if (response.type === "opaqueredirect") throw new RedirectError();
			return response;
		},
	});
}
