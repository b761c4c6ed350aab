import type { SessionCredentials } from "../credentials/credentials.ts";
import type { Clock } from "../platform/clock.ts";
import { RejectingEndpoints } from "./rejecting-endpoints.ts";
import { keepSignedRequest } from "./signed-request.ts";

/** Sends a call of an SDK client, or hands it to the next middleware. */
export type CallHandler = (args: { readonly input: unknown; readonly request?: unknown }) => Promise<unknown>;

/** A middleware of an SDK client. The SDK runs it anew for each call, with a context for the call. */
export type Middleware = (next: CallHandler, context: object) => CallHandler;

/** Options of {@link sessionMiddleware}. */
export interface SessionMiddlewareOptions {
	/** The current credentials. */
	readonly current: () => SessionCredentials;
	readonly clock: Pick<Clock, "monotonic">;
}

/**
 * Errors by which AWS services reject an access key. AccessDenied and similar ones are not among them: the key is valid
 * there, but lacks a permission.
 */
const REJECTED_KEY_ERRORS = new Set([
	"ExpiredToken",
	"ExpiredTokenException",
	"InvalidAccessKeyId",
	"InvalidClientTokenId",
	"InvalidToken",
	"TokenRefreshRequired",
	"UnrecognizedClientException",
]);

/**
 * Creates the middleware of one client, for the step `initialize`.
 *
 * - When a service rejects the access key of a call, the call is sent once more with other credentials, as long as
 *   {@link RejectingEndpoints} permits it. If there are none, the call fails with the service's error.
 *
 * @param prepare - Runs before a call is sent.
 */
export function sessionMiddleware(options: SessionMiddlewareOptions, prepare?: () => Promise<void>): Middleware {
	const endpoints = new RejectingEndpoints(options.clock);
	return (next, context) => {
		const send: CallHandler = async (args) => {
			if (prepare !== undefined) await prepare();
			const result = await next(args);
			endpoints.accepted(context);
			return result;
		};
		return async (args) => {
			try {
				return await send(args);
			} catch (error) {
				const accessKeyId = isRejection(error) ? endpoints.rejected(context) : undefined;
				if (accessKeyId === undefined || !(await options.current().reject(accessKeyId))) throw error;
				endpoints.replaced(context, accessKeyId);
				if (holdsStream(args.input)) throw error;
			}
			try {
				return await send(args);
			} catch (error) {
				if (isRejection(error)) endpoints.rejected(context);
				throw error;
			}
		};
	};
}

/** Keeps the signed request of each call, for clients that keep the access key nowhere else. Step: `finalizeRequest`. */
export const signedRequestMiddleware: Middleware = (next, context) => (args) => {
	keepSignedRequest(context, args.request);
	return next(args);
};

function isRejection(error: unknown): boolean {
	return REJECTED_KEY_ERRORS.has((error as { name?: string } | null)?.name ?? "");
}

function holdsStream(input: unknown): boolean {
	if (typeof input !== "object" || input === null) return false;
	return Object.values(input).some(
		(value) =>
			typeof value === "object" &&
			value !== null &&
			("pipe" in value || "getReader" in value || Symbol.asyncIterator in value),
	);
}
