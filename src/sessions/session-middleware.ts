import type { SessionCredentials } from "../credentials/credentials.ts";
import { CredentialsError, isEchoStreamError } from "../errors.ts";
import type { RejectingEndpoints } from "./rejecting-endpoints.ts";
import { keepSignedRequest, type PresignedUrl, presignedUrlOf } from "./signed-request.ts";

/** Sends a call of an SDK client, or hands it to the next middleware. */
export type CallHandler = (args: CallArguments) => Promise<unknown>;

/** A call of an SDK client: its input, and later its request. */
interface CallArguments {
	readonly input: unknown;
	readonly request?: unknown;
}

/** A middleware of an SDK client. The SDK runs it anew for each call, with a context for the call. */
export type Middleware = (next: CallHandler, context: object) => CallHandler;

/** Waits for a call that may wait for credentials, and connects meanwhile. */
export type Connecting = (call: Promise<unknown>, context: object) => Promise<unknown>;

/** Options of {@link sessionMiddleware}. */
export interface SessionMiddlewareOptions {
	/** The current credentials. */
	readonly current: () => SessionCredentials;
	/** Lifetime of new credentials, seconds. */
	readonly duration: number;
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

/** A client that was called within this time has a connection. */
const IDLE_MS = 1_000;

/** A URL may outlive its credentials by this much, if it is valid for as long as new ones are. */
const PRESIGNING_TOLERANCE_SECONDS = 5 * 60;

/**
 * Creates the middleware of one client, for the step `initialize`.
 *
 * - When a service rejects the access key of a call, the call is sent once more with other credentials, as long as
 *   {@link RejectingEndpoints} permits it. If there are none, the call fails with the service's error.
 * - When a presigned URL would outlive the credentials that signed it, it is signed once more with new ones.
 *
 * @param endpoints - Those of all clients of the session.
 * @param client - `prepare` runs before a call is sent.
 */
export function sessionMiddleware(
	options: SessionMiddlewareOptions,
	endpoints: RejectingEndpoints,
	{
		prepare,
		connecting,
	}: { readonly prepare: (() => Promise<void>) | undefined; readonly connecting: Connecting | undefined },
): Middleware {
	let calledAt = 0;
	return (next, context) => {
		// One function for the usual call, because every client runs it for every call.
		const send = async (args: CallArguments, isRepeated = false): Promise<unknown> => {
			try {
				if (prepare !== undefined) await prepare();
				const isIdle = connecting !== undefined && Date.now() - calledAt > IDLE_MS;
				const isWaiting = isIdle && options.current().refreshNeeded(0);
				const result = await (isWaiting ? connecting(next(args), context) : next(args));
				calledAt = Date.now();
				const url = presignedUrlOf(result);
				if (url !== undefined) return (await isLasting(url, options)) ? result : await next(args);
				endpoints.accepted(context);
				return result;
			} catch (error) {
				const cause = (error as { readonly cause?: unknown } | null)?.cause;
				if (isEchoStreamError(cause) && cause.code === "SessionDestroyed") throw cause;
				const accessKeyId = isRejection(error) ? endpoints.rejected(context) : undefined;
				if (accessKeyId === undefined || isRepeated) throw error;
				if (!(await options.current().reject(accessKeyId))) throw error;
				endpoints.replaced(context, accessKeyId);
				if (holdsStream(args.input)) throw error;
			}
			return await send(args, true);
		};
		return send;
	};
}

/** Keeps the signed request of each call, for clients that keep the access key nowhere else. Step: `finalizeRequest`. */
export const signedRequestMiddleware: Middleware = (next, context) => (args) => {
	keepSignedRequest(context, args.request);
	return next(args);
};

/** Whether a presigned URL was signed with credentials that live as long as it. Fetches such credentials. */
async function isLasting(
	{ accessKeyId, expiresIn }: PresignedUrl,
	{ current, duration }: SessionMiddlewareOptions,
): Promise<boolean> {
	// Otherwise, each URL for the whole lifetime would need new credentials.
	const longest = duration - PRESIGNING_TOLERANCE_SECONDS;
	const minTtlSeconds = expiresIn > duration ? expiresIn : Math.min(expiresIn, longest);
	try {
		return (await current().identity({ minTtlSeconds })).accessKeyId === accessKeyId;
	} catch (error) {
		if (!isEchoStreamError(error) || error.code !== "LifetimeTooShort") throw error;
		throw new CredentialsError(
			"LifetimeTooShort",
			`A presigned URL cannot be valid for ${expiresIn} s (expiresIn), because it expires with the AWS credentials that sign it. Lower expiresIn, or raise the session's duration, which is ${duration} s.`,
			{ cause: error },
		);
	}
}

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
