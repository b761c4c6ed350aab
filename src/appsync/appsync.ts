import type { CognitoUser } from "../cognito/cognito.ts";
import type { AccessTokenRequest } from "../cognito/tokens/token-source.ts";
import {
	AppSyncError,
	type AppSyncErrorCode,
	type GraphQLErrorSummary,
	isEchoStreamError,
	safeCause,
} from "../errors.ts";
import type { Clock, ServerTime } from "../platform/clock.ts";
import { MAX_RETRY_DELAY_MS, pauseAfter, withDeadline } from "../platform/deadlines.ts";
import { exchange, type HttpResponseText, isRecord, parseObject, retryAfterMs } from "../platform/http-exchange.ts";
import { blockedRemedy, finalFailure, isBlocked } from "../platform/http-failures.ts";
import type { HttpHandler } from "../platform/http-handler.ts";
import { printable } from "../platform/printable.ts";

/** The types of failures that pass, of AppSync and of what its resolvers ask: too much at once, too slow, or in trouble. */
const TRANSIENT_TYPE =
	/Throttl|TooManyRequests|LimitExceeded|ThroughputExceeded|Timeout|InternalFailure|InternalServer|ServiceUnavailable/i;
/** The same where only the message says so. A field's name that stands in one, such as `visibilityTimeout`, does not count. */
const TRANSIENT_MESSAGE = /\b(timed out|rate exceeded|too many requests)\b/i;

/** Maximum size of a response. The limit of AppSync itself is 5 MB. */
const MAX_BYTES = 6 * 1024 * 1024;

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

type Fields = Readonly<Record<string, unknown>>;

/** How a caller wants one query to be made. */
export type QueryRequest = Pick<AccessTokenRequest, "interactive" | "signal">;

/**
 * EchoStream's AppSync API, as the session's user: one POST for each query, with the access token raw in `Authorization`.
 *
 * - A refused token (401) is renewed once, and the query sent once more. A missing permission never is, nor are
 *   blocked queries, redirects and rejected certificates.
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
	async fetch({ body: document, headers: given, signal: stop }: RequestInit): Promise<Response> {
		// The constructor of `Headers` quotes an invalid value in its error.
		const entries: [string, unknown][] = given instanceof Headers ? [...given] : Object.entries(given ?? {});
		const headers = Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
		const answer = await this.#untilDestroyed(stop, (signal) => this.#send("POST", headers, String(document), signal));
		const body = parseObject(answer.text);
		let { text } = answer;
		try {
			this.#dataOf(answer, body, headers.authorization ?? "none");
		} catch (error) {
			const { code, errors } = error as AppSyncError;
			if (answer.status !== 200 || errors.length === 0 || code === "TokenRejected") throw error;
			text = withErrors(body ?? {}, errors);
		}
		return new Response(text, { headers: { "content-type": "application/json" } });
	}

	/** Sends a request for no other purpose than the time of its response. */
	async requestTime(): Promise<void> {
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
			let answer: HttpResponseText | undefined;
			try {
				answer = await this.#post(body, token, request.signal);
				return this.#dataOf(answer, parseObject(answer.text), token);
			} catch (error) {
				if (!(error instanceof AppSyncError)) throw error;
				const minMs = retryAfterMs(answer?.headers);
				if (error.code === "TokenRejected" && rejected === undefined) {
					rejected = token;
					attempt--;
				} else if (error.transient && attempt < maxAttempts && minMs <= MAX_RETRY_DELAY_MS) {
					const { clock, random } = this.#options;
					await pauseAfter(attempt, clock, random, request.signal, minMs);
				} else throw error;
			}
		}
	}

	#post(body: string, token: string, signal: AbortSignal): Promise<HttpResponseText> {
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
	): Promise<HttpResponseText> {
		const { requestTimeoutMs, serverClock, clock } = this.#options;
		const onTimeout = () =>
			this.#error("AppSyncUnavailable", `did not answer within ${requestTimeoutMs} ms`, { transient: true });
		const handler = this.#options.requestHandler();
		const userAgent = headers["x-amz-user-agent"] ?? this.#options.userAgent();
		const message = { method, url: this.#url, headers, body, userAgent, maxBytes: MAX_BYTES };
		const step = (stop: AbortSignal) => exchange(handler, serverClock, message, stop);
		try {
			return await withDeadline(clock, requestTimeoutMs, onTimeout, step, signal);
		} catch (error) {
			signal.throwIfAborted();
			if (isEchoStreamError(error)) throw error;
			const secrets = headers.authorization === undefined ? [] : [headers.authorization];
			const cause = safeCause(error, secrets);
			const failure = finalFailure(error, "appsyncEndpoint (or APPSYNC_ENDPOINT)", secrets);
			if (failure === undefined) {
				throw this.#error("AppSyncUnavailable", "could not be reached", { transient: true, cause });
			}
			const code = failure.code === "ResponseTooLarge" ? "InvalidAppSyncResponse" : failure.code;
			throw this.#error(code, failure.problem, { cause });
		}
	}

	#dataOf(answer: HttpResponseText, body: Fields | undefined, token: string): Fields {
		const { status, headers } = answer;
		const errors = summariesOf(body, token);
		const types = errors.map(({ errorType }) => errorType);
		const facts = { status, errors };
		const said = errors[0] === undefined ? `HTTP ${status}` : `HTTP ${status}: ${errors[0].message}`;
		const isDenial = status === 403 && (errors.length > 0 || headers["x-amzn-errortype"]?.startsWith("AccessDenied"));
		if (isBlocked(answer, types) || (status === 403 && !isDenial)) {
			const remedy = blockedRemedy(this.#options.userAgent());
			throw this.#error("RequestBlocked", `blocked the request (${said}). ${remedy}`, facts);
		}
		if (status === 401 || types.includes("UnauthorizedException")) {
			throw this.#error("TokenRejected", `refused the access token (${said})`, facts);
		}
		if (isDenial || types.includes("Unauthorized")) {
			throw this.#error("PermissionDenied", `does not let this user ask that (${said})`, facts);
		}
		if (status === 429 || status >= 500 || errors.some(passes)) {
			throw this.#error("AppSyncUnavailable", `cannot answer now (${said})`, { ...facts, transient: true });
		}
		if (errors.length > 0 || status >= 400) throw this.#error("QueryFailed", `answered with errors (${said})`, facts);
		const data = body?.data;
		if (status !== 200 || !isRecord(data)) {
			const what = body === undefined ? "something that is no JSON object" : "neither data nor errors";
			throw this.#error("InvalidAppSyncResponse", `answered with ${what} (${said})`, { ...facts, transient: true });
		}
		return data;
	}

	#error(code: AppSyncErrorCode, what: string, options: ConstructorParameters<typeof AppSyncError>[2]): AppSyncError {
		return new AppSyncError(code, `The EchoStream API at ${this.#url.origin} ${what}`, options);
	}
}

function passes({ errorType = "", message }: GraphQLErrorSummary): boolean {
	return TRANSIENT_TYPE.test(errorType) || TRANSIENT_MESSAGE.test(message);
}

/** Whether a mutation is in a document: at its start, or after a fragment or another operation. */
function holdsMutation(document: string): boolean {
	return /(?:^|\})\s*mutation\b/.test(document.replaceAll(/"(?:\\.|[^"\\])*"|#.*/g, ""));
}

/** The errors of a response as they may be shown: short, and without data, the token, or AWS credentials. */
function summariesOf(body: Fields | undefined, token: string): GraphQLErrorSummary[] {
	const { data, errors } = body ?? {};
	if (!Array.isArray(errors)) return [];
	const secrets = [token, ...credentialsIn(data)];
	return errors.slice(0, 20).map((error: unknown) => {
		const { message, errorType, path } = isRecord(error) ? error : {};
		return {
			message: printable(typeof message === "string" ? message : "The answer names no reason", 1000, secrets),
			...(typeof errorType === "string" ? { errorType: printable(errorType, 200, secrets) } : {}),
			...(Array.isArray(path) ? { path: path.slice(0, 20).flatMap((step) => shownStep(step, secrets)) } : {}),
		};
	});
}

function shownStep(step: unknown, secrets: readonly string[]): (string | number)[] {
	if (typeof step === "string") return [printable(step, 200, secrets)];
	return typeof step === "number" ? [step] : [];
}

/** Secrets in data that came together with errors: AWS credentials, which the errors may quote. */
function credentialsIn(data: unknown): string[] {
	const inside = (holder: unknown): unknown[] => (isRecord(holder) ? Object.values(holder) : []);
	return inside(data)
		.flatMap(inside)
		.flatMap((keys) => (isRecord(keys) && "secretAccessKey" in keys ? inside(keys) : []))
		.filter((key): key is string => typeof key === "string" && key.length > 2)
		.slice(0, 20);
}

/**
 * The text of a response with its errors as they may be shown. Their other fields are kept, and so is the data, but for
 * AWS credentials: an Apollo error holds the data, and programs log it.
 */
function withErrors(body: Fields, summaries: readonly GraphQLErrorSummary[]): string {
	const given = Array.isArray(body.errors) ? body.errors : [];
	const shown = summaries.map((summary, i) => ({ ...(isRecord(given[i]) ? given[i] : {}), ...summary }));
	const withoutKeys = (name: string, value: unknown) =>
		name === "secretAccessKey" || name === "sessionToken" ? undefined : value;
	return JSON.stringify({ ...body, errors: shown }, withoutKeys);
}
