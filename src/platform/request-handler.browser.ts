import { FetchHttpHandler, type FetchHttpHandlerOptions } from "@smithy/fetch-http-handler";
import { RedirectError } from "./http-failures.ts";
import type { HttpHandler, HttpHandlerOptions, PlatformConnections } from "./http-handler.ts";

/** The connections of a session or a user in browsers, which manage them. Bundlers choose this file by the browser condition. */
export function openConnections(options: HttpHandlerOptions | undefined): PlatformConnections {
	const handler = defaultRequestHandler(options);
	return { handler, destroy: () => handler.destroy?.() };
}

/**
 * The default request handler in browsers: the AWS SDK's for `fetch`.
 *
 * It does not follow redirects. By default `fetch` sends the request, with its body, to the host that a redirect names.
 */
export function defaultRequestHandler(options: HttpHandlerOptions = {}): HttpHandler {
	const given = options as FetchHttpHandlerOptions;
	return new FetchHttpHandler({
		...given,
		async customFetch(request, init) {
			const response = await (given.customFetch ?? fetch)(request, { ...init, redirect: "manual" });
			// Its status is 0, which AWS SDK clients take for a success.
			if (response.type === "opaqueredirect") throw new RedirectError();
			return response;
		},
	});
}
