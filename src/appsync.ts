import type { Clock, ServerTime } from "./clock.ts";
import type { CognitoUser } from "./cognito/cognito.ts";
import type { AccessTokenRequest } from "./cognito/token-source.ts";
import {
	AppSyncError,
	type AppSyncErrorCode,
	type GraphQLErrorSummary,
	isEchoStreamError,
	redacted,
	safeCause,
} from "./errors.ts";
import { exchange, type HttpAnswer, isRecord, parseObject, retryAfterMs } from "./http-exchange.ts";
import type { HttpHandler } from "./http-handler.ts";
import { LONGEST_RETRY_DELAY_MS, pauseAfter, withDeadline } from "./waiting.ts";

/** The types of failures that pass, of AppSync and of what its resolvers ask: too much at once, too slow, or in trouble. */
const PASSING_TYPE =
	/Throttl|TooManyRequests|LimitExceeded|ThroughputExceeded|Timeout|InternalFailure|InternalServer|ServiceUnavailable/i;
/** The same where only the message says so. A field's name that stands in one, such as `visibilityTimeout`, does not count. */
const PASSING_MESSAGE = /\b(timed out|rate exceeded|too many requests)\b/i;

/** What {@link AppSync} works with. */
export interface AppSyncOptions {
	readonly endpoint: string;
	readonly user: CognitoUser;
	/** Learns the time from each response. */
	readonly serverClock: Pick<ServerTime, "observe">;
	readonly requestHandler: () => HttpHandler;
	readonly clock: Clock;
	readonly random: () => number;
	readonly maxAttempts: number;
	readonly requestTimeoutMs: number;
	readonly userAgent: () => string;
}

/** How a caller wants one query to be made. */
export type QueryRequest = Pick<AccessTokenRequest, "interactive" | "signal">;

/**
 * EchoStream's AppSync API, as the session's user: one POST for each query, with the access token raw in `Authorization`.
 *
 * - A refused token (401) is renewed once, and the query sent once more. A missing permission never is.
 * - Failures that pass (no connection, no answer in time, 429, 5xx, a throttled or timed-out resolver, an answer that is
 *   no JSON) are tried again, `maxAttempts` times in all, with full jitter between and as late as a `Retry-After` of
 *   up to 5 s asks. Not so for a mutation, which may have been carried out although its answer was lost.
 * - `data` is returned when it is there and `errors` is not; everything else is an {@link AppSyncError}.
 */
export class AppSync {
	readonly #options: AppSyncOptions;
	readonly #url: URL;
	readonly #underWay = new Set<AbortController>();
	#destroyed: Error | undefined;

	constructor(options: AppSyncOptions) {
		this.#options = options;
		this.#url = new URL(options.endpoint);
	}

	/** Sends a document and returns the `data` of the answer. */
	query(
		document: string,
		variables: Readonly<Record<string, unknown>> = {},
		request: QueryRequest = {},
	): Promise<Readonly<Record<string, unknown>>> {
		return this.#untilDestroyed(request.signal, (signal) => this.#query(document, variables, { ...request, signal }));
	}

	/**
	 * What `fetch` is to a GraphQL client, whatever URL that asks for: one POST, with the caller's headers. Rejects as
	 * {@link query} does, save that the errors of an answer with status 200 are left to the caller, unless they refuse the
	 * token.
	 */
	async fetch(init: RequestInit): Promise<Response> {
		const headers = Object.fromEntries(new Headers(init.headers));
		const body = String(init.body);
		const answer = await this.#untilDestroyed(init.signal, (signal) => this.#send("POST", headers, body, signal));
		try {
			this.#dataOf(answer, headers.authorization ?? "none");
		} catch (error) {
			const { code, errors } = error as AppSyncError;
			if (answer.status !== 200 || errors.length === 0 || code === "TokenRejected") throw error;
		}
		return new Response(answer.text, { headers: { "content-type": "application/json" } });
	}

	/** Sends a request for no other purpose than the time of its response. */
	async askTime(): Promise<void> {
		await this.#untilDestroyed(undefined, (signal) => this.#send("GET", {}, undefined, signal));
	}

	/** Ends every query, also those to come, with `reason`. */
	destroy(reason: Error): void {
		this.#destroyed = reason;
		for (const stop of this.#underWay) stop.abort(reason);
	}

	/** Runs a step that ends with its caller's signal, or with {@link destroy}. */
	async #untilDestroyed<T>(
		signal: AbortSignal | null | undefined,
		step: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		if (this.#destroyed !== undefined) throw this.#destroyed;
		signal?.throwIfAborted();
		// One listener a query on one signal for all would have Node warn of a leak.
		const stop = new AbortController();
		const stopWithCaller = () => stop.abort(signal?.reason);
		signal?.addEventListener("abort", stopWithCaller, { once: true });
		this.#underWay.add(stop);
		try {
			return await step(stop.signal);
		} finally {
			this.#underWay.delete(stop);
			signal?.removeEventListener("abort", stopWithCaller);
		}
	}

	async #query(
		document: string,
		variables: Readonly<Record<string, unknown>>,
		request: QueryRequest & { readonly signal: AbortSignal },
	): Promise<Readonly<Record<string, unknown>>> {
		const body = JSON.stringify({ query: document, variables });
		const maxAttempts = holdsMutation(document) ? 1 : this.#options.maxAttempts;
		let rejected: string | undefined;
		for (let attempt = 1; ; attempt++) {
			const token = await this.#options.user.getAccessToken({ ...request, rejected });
			let answer: HttpAnswer | undefined;
			try {
				answer = await this.#post(body, token, request.signal);
				return this.#dataOf(answer, token);
			} catch (error) {
				if (!(error instanceof AppSyncError)) throw error;
				const leastMs = retryAfterMs(answer?.headers);
				if (error.code === "TokenRejected" && rejected === undefined) {
					rejected = token;
					attempt--;
				} else if (error.transient && attempt < maxAttempts && leastMs <= LONGEST_RETRY_DELAY_MS) {
					const { clock, random } = this.#options;
					await pauseAfter(attempt, clock, random, request.signal, leastMs);
				} else throw error;
			}
		}
	}

	#post(body: string, token: string, signal: AbortSignal): Promise<HttpAnswer> {
		const headers = {
			"content-type": "application/json",
			accept: "application/json",
			authorization: token,
			"x-amz-user-agent": this.#options.userAgent(),
		};
		return this.#send("POST", headers, body, signal);
	}

	async #send(
		method: "GET" | "POST",
		headers: Record<string, string>,
		body: string | undefined,
		signal: AbortSignal,
	): Promise<HttpAnswer> {
		const { requestTimeoutMs, serverClock, clock } = this.#options;
		const late = () =>
			this.#error("AppSyncUnavailable", `did not answer within ${requestTimeoutMs} ms`, { transient: true });
		const handler = this.#options.requestHandler();
		const message = { method, url: this.#url, headers, body };
		const step = (stop: AbortSignal) => exchange(handler, serverClock, message, stop);
		try {
			return await withDeadline(clock, requestTimeoutMs, late, step, signal);
		} catch (error) {
			signal.throwIfAborted();
			if (isEchoStreamError(error)) throw error;
			const cause = safeCause(error, headers.authorization === undefined ? [] : [headers.authorization]);
			throw this.#error("AppSyncUnavailable", "could not be reached", { transient: true, cause });
		}
	}

	#dataOf({ status, text }: HttpAnswer, token: string): Readonly<Record<string, unknown>> {
		const answer = parseObject(text);
		const errors = summariesOf(answer?.errors, token);
		const facts = { status, errors };
		const said = errors[0] === undefined ? `HTTP ${status}` : `HTTP ${status}: ${errors[0].message}`;
		if (status === 401 || errors.some(({ errorType }) => errorType === "UnauthorizedException")) {
			throw this.#error("TokenRejected", `refused the access token (${said})`, facts);
		}
		if (status === 403 || errors.some(({ errorType }) => errorType === "Unauthorized")) {
			throw this.#error("PermissionDenied", `does not let this user ask that (${said})`, facts);
		}
		if (status === 429 || status >= 500 || errors.some(passes)) {
			throw this.#error("AppSyncUnavailable", `cannot answer now (${said})`, { ...facts, transient: true });
		}
		if (errors.length > 0 || status >= 400) throw this.#error("QueryFailed", `answered with errors (${said})`, facts);
		const data = answer?.data;
		if (status !== 200 || !isRecord(data)) {
			const what = answer === undefined ? "something that is no JSON object" : "neither data nor errors";
			throw this.#error("InvalidAppSyncAnswer", `answered with ${what} (${said})`, { ...facts, transient: true });
		}
		return data;
	}

	#error(code: AppSyncErrorCode, what: string, options: ConstructorParameters<typeof AppSyncError>[2]): AppSyncError {
		return new AppSyncError(code, `The EchoStream API at ${this.#url.origin} ${what}`, options);
	}
}

function passes({ errorType = "", message }: GraphQLErrorSummary): boolean {
	return PASSING_TYPE.test(errorType) || PASSING_MESSAGE.test(message);
}

/** Whether a mutation is in a document: at its start, or after a fragment or another operation. */
function holdsMutation(document: string): boolean {
	return /(?:^|\})\s*mutation\b/.test(document.replaceAll(/"(?:\\.|[^"\\])*"|#.*/g, ""));
}

/** What may be kept of the errors of an answer: no data, no token, and not without end. */
function summariesOf(errors: unknown, token: string): GraphQLErrorSummary[] {
	if (!Array.isArray(errors)) return [];
	return errors.slice(0, 20).map((error: unknown) => {
		const { message, errorType, path } = isRecord(error) ? error : {};
		const shown = (text: string, most: number) => redacted(text, [token]).slice(0, most);
		return {
			message: shown(typeof message === "string" ? message : "The answer names no reason", 1000),
			...(typeof errorType === "string" ? { errorType: shown(errorType, 200) } : {}),
			...(Array.isArray(path) ? { path: path.slice(0, 20).flatMap((step) => shownStep(step, shown)) } : {}),
		};
	});
}

function shownStep(step: unknown, shown: (text: string, most: number) => string): (string | number)[] {
	if (typeof step === "string") return [shown(step, 200)];
	return typeof step === "number" ? [step] : [];
}
