import { AppSyncError, AuthenticationError, isEchoStreamError, safeCause } from "../errors.ts";
import { type AttemptPolicy, TransientFailure, withAttempts } from "../platform/attempts.ts";
import { connectMeanwhile } from "../platform/connections.ts";
import { Lifetime, withDeadline } from "../platform/deadlines.ts";
import { type SessionSubject, traced } from "../platform/diagnostics.ts";
import { exchange, type HttpResponseText, isRecord, parseObject, retryAfterMs } from "../platform/http-exchange.ts";
import { blockedRemedy, finalFailure, isBlocked } from "../platform/http-failures.ts";
import type { HttpHandler } from "../platform/http-handler.ts";
import type { ServerClock } from "../platform/server-clock.ts";
import { printable } from "../printable.ts";
import { holdsMutation, operationNameOf } from "./graphql-document.ts";

/** Error types of transient failures, of AppSync and of the services behind its resolvers. */
const TRANSIENT_TYPE =
	/Throttl|TooManyRequests|LimitExceeded|ThroughputExceeded|Timeout|InternalFailure|InternalServer|ServiceUnavailable/i;
/** The same for errors with a message only. The name of a field in it, such as `visibilityTimeout`, does not count. */
const TRANSIENT_MESSAGE = /\b(timed out|rate exceeded|too many requests)\b/i;

/** Statuses of transient failures below 500: the request came too slowly, too early, or one of too many. */
const TRANSIENT_STATUS = new Set([408, 425, 429]);

/** Codes of transient failures that the next attempt may not have. */
const RETRIED = new Set<AppSyncError["code"]>(["AppSyncUnavailable", "InvalidAppSyncResponse"]);

/** The option and the variable of the endpoint, for messages. */
const ENDPOINT_SETTING = "appsyncEndpoint (or APPSYNC_ENDPOINT)";

/** Requests that are not repeated: a mutation may have been carried out although its response was lost. */
const ONCE = { maxAttempts: 1, isOnce: true } as const;

/** Maximum size of a response. The limit of AppSync itself is 5 MB. */
const MAX_BYTES = 6 * 1024 * 1024;

/** Options of {@link AppSync}. */
export interface AppSyncOptions extends AttemptPolicy {
	readonly endpoint: string;
	readonly user: QueryUser;
	/** Receives the time of each response. */
	readonly serverClock: Pick<ServerClock, "observe">;
	readonly requestHandler: () => HttpHandler;
	/** Deadline of a query with its access token and all its attempts, milliseconds. */
	readonly totalTimeoutMs: number;
	readonly userAgent: () => string;
	/** What else to check when a query is denied to the user: a sentence. Default: nothing. */
	readonly deniedHint?: string | undefined;
	/** Whom the queries are for, in diagnostics. */
	readonly subject: () => SessionSubject;
}

type Fields = Readonly<Record<string, unknown>>;

type ErrorSummary = AppSyncError["errors"][number];

/** Whether the data of a response with these errors is all that the caller needs. */
export type AcceptsPartial = (data: Fields, errors: readonly ErrorSummary[]) => boolean;

/** Options of one query. */
export interface QueryRequest {
	/** Whether functions that may ask a person may be called. Default: `true`. */
	readonly interactive?: boolean | undefined;
	/** Whether the user is signed in although the last attempt has just failed. Default: `false`. */
	readonly force?: boolean | undefined;
	/** Ends this query. */
	readonly signal?: AbortSignal | undefined;
}

/** Options of a call that returns an access token. */
export interface TokenRequest extends QueryRequest {
	/** A token that AppSync has just rejected. */
	readonly rejected?: string | undefined;
}

/** The user whose access token the queries carry. */
export interface QueryUser {
	readonly username: string | undefined;
	/** The time that does not count against the total deadline. */
	readonly uncounted?: { readonly passedMs: number };
	getAccessToken(request?: TokenRequest): Promise<string>;
}

/**
 * EchoStream's AppSync API, used as the session's user: one POST per query, with the bare access token in `Authorization`.
 *
 * - A rejected token (401) is renewed once, and the query is sent once more. A denied permission is never retried, nor are
 *   blocked queries, redirects and rejected certificates.
 * - Transient failures (no connection, a timeout, 408, 425, 429, 5xx, a throttled or timed-out resolver, a response that is
 *   not AppSync's) are retried by {@link withAttempts}, after the delay of a `Retry-After` of up to 5 s. Mutations are not,
 *   because one may have been carried out although its response was lost.
 * - A response with `data` and without `errors` succeeds, or with errors that the caller accepts. Any other is an
 *   {@link AppSyncError}.
 */
export class AppSync {
	readonly #options: AppSyncOptions;
	readonly #url: URL;
	readonly #lifetime = new Lifetime();

	constructor(options: AppSyncOptions) {
		this.#options = options;
		this.#url = new URL(options.endpoint);
	}

	/**
	 * Sends a document and returns the `data` of the response.
	 *
	 * @param accepts - Whether the data of a response with errors is returned all the same. Default: never.
	 */
	async query(
		document: string,
		variables: Readonly<Record<string, unknown>> = {},
		request: QueryRequest = {},
		accepts?: AcceptsPartial,
	): Promise<Fields> {
		const body = JSON.stringify({ query: document, variables });
		const post = (token: string, signal: AbortSignal) => this.#post(document, body, token, signal, accepts);
		return this.withToken(post, request, () => operationNameOf(document));
	}

	/** Runs a step, such as several queries, within the total deadline. */
	inTime<T>(step: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
		const { clock, totalTimeoutMs, user } = this.#options;
		const onTimeout = () => this.#timedOut(totalTimeoutMs, "totalTimeoutMs");
		return this.#lifetime.run(
			(signal) => withDeadline(clock, totalTimeoutMs, onTimeout, step, signal, user.uncounted),
			outer,
		);
	}

	/**
	 * Runs a step with the user's access token, and once more with another one if AppSync rejects the first, all within the
	 * total deadline.
	 *
	 * @param operationName - Name of the operation, for diagnostics.
	 */
	withToken<T>(
		step: (token: string, signal: AbortSignal) => Promise<T>,
		{ signal: outer, ...request }: QueryRequest,
		operationName: () => string | undefined,
	): Promise<T> {
		const run = async (signal: AbortSignal): Promise<T> => {
			const handler = this.#options.requestHandler();
			const token = await connectMeanwhile(handler, this.#token({ ...request, signal }), () => this.#url);
			try {
				return await step(token, signal);
			} catch (error) {
				if (!isEchoStreamError(error) || error.code !== "TokenRejected") throw error;
				const renewed = await this.#token({ ...request, signal, rejected: token });
				// A user whose tokens are rejected one after the other keeps the last one for a while.
				if (renewed === token) throw error;
				return await step(renewed, signal);
			}
		};
		return traced(
			"echostream-botocore:query",
			() => ({ ...this.#options.subject(), operationName: operationName() }),
			() => this.inTime(run, outer),
		);
	}

	/**
	 * The `fetch` of a GraphQL client: one POST with the caller's headers, always to the endpoint. Rejects like {@link query},
	 * but returns the errors of a response with status 200 to the caller, unless they reject the token.
	 */
	async fetch({ body: document, headers: given, signal: stop }: RequestInit): Promise<Response> {
		// The constructor of `Headers` quotes an invalid value in its error.
		const entries: [string, unknown][] = given instanceof Headers ? [...given] : Object.entries(given ?? {});
		const headers = Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
		const response = await this.#lifetime.run(
			(signal) => this.#request("POST", headers, String(document), ONCE, signal, async (one) => one),
			stop ?? undefined,
		);
		const body = parseObject(response.text);
		let { text } = response;
		try {
			this.#dataOf(response, body, headers.authorization ?? "none");
		} catch (error) {
			const { code, errors } = error as AppSyncError;
			if (response.status !== 200 || errors.length === 0 || code === "TokenRejected") throw error;
			text = withErrors(body ?? {}, errors);
		}
		return new Response(text, { headers: { "content-type": "application/json" } });
	}

	/** Sends a request only to learn the time of its response. */
	async requestTime(): Promise<void> {
		await this.#lifetime.run((signal) =>
			this.#request("GET", {}, undefined, { maxAttempts: 1 }, signal, async (response) =>
				this.#observe(response, parseObject(response.text)),
			),
		);
	}

	/** Ends every query, including later ones, with `reason`. */
	destroy(reason: Error): void {
		this.#lifetime.end(reason);
	}

	async #token(request: TokenRequest): Promise<string> {
		const token: unknown = await this.#options.user.getAccessToken(request);
		if (typeof token === "string" && token !== "") return token;
		const message = `getAccessToken() of the session's user returned ${token === "" ? "an empty string" : `a value of type ${typeof token}`}. Check the option cognito.`;
		throw new AuthenticationError("NotSignedIn", message);
	}

	#post(document: string, body: string, token: string, signal: AbortSignal, accepts?: AcceptsPartial): Promise<Fields> {
		const headers = {
			"content-type": "application/json",
			accept: "application/json",
			authorization: token,
			"x-amz-user-agent": this.#options.userAgent(),
		};
		const attempts = holdsMutation(document) ? ONCE : {};
		return this.#request("POST", headers, body, attempts, signal, async (response) =>
			this.#dataOf(response, parseObject(response.text), token, accepts),
		);
	}

	/** Sends a request until `read` gets something from the response, or it is not worth another attempt. */
	#request<T>(
		method: "GET" | "POST",
		headers: Record<string, string>,
		body: string | undefined,
		attempts: Pick<Partial<AttemptPolicy>, "isOnce" | "maxAttempts">,
		signal: AbortSignal,
		read: (response: HttpResponseText) => Promise<T>,
	): Promise<T> {
		const { requestTimeoutMs } = this.#options;
		const policy = { ...this.#options, ...attempts };
		const onTimeout = () => this.#timedOut(requestTimeoutMs, "requestTimeoutMs");
		return withAttempts(policy, signal, onTimeout, async (stop) => {
			const response = await this.#exchange(method, headers, body, stop);
			try {
				return await read(response);
			} catch (error) {
				if (!(error instanceof AppSyncError) || !error.transient || !RETRIED.has(error.code)) throw error;
				throw new TransientFailure(error, retryAfterMs(response.headers));
			}
		});
	}

	async #exchange(
		method: "GET" | "POST",
		headers: Record<string, string>,
		body: string | undefined,
		signal: AbortSignal,
	): Promise<HttpResponseText> {
		const userAgent = headers["x-amz-user-agent"] ?? this.#options.userAgent();
		const message = { method, url: this.#url, headers, body, userAgent, maxBytes: MAX_BYTES };
		try {
			return await exchange(this.#options.requestHandler(), message, signal);
		} catch (error) {
			signal.throwIfAborted();
			if (isEchoStreamError(error)) throw error;
			const secrets = headers.authorization === undefined ? [] : [headers.authorization];
			const cause = safeCause(error, secrets);
			const failure = finalFailure(error, ENDPOINT_SETTING, secrets);
			if (failure === undefined) {
				const problem = `could not be reached. Check the network and ${ENDPOINT_SETTING}.`;
				throw new TransientFailure(this.#error("AppSyncUnavailable", problem, { transient: true, cause }));
			}
			const code = failure.code === "ResponseTooLarge" ? "InvalidAppSyncResponse" : failure.code;
			throw this.#error(code, failure.problem, { cause });
		}
	}

	/** Notes the time of a response that is AppSync's own: a proxy that responds in its place may have any date. */
	#observe({ status, dateMs }: HttpResponseText, body: Fields | undefined): void {
		const isOwn = body !== undefined && (isRecord(body.data) || Array.isArray(body.errors));
		if (isOwn && status < 500) this.#options.serverClock.observe(dateMs, "AppSync");
	}

	#dataOf(response: HttpResponseText, body: Fields | undefined, token: string, accepts?: AcceptsPartial): Fields {
		const { status, headers } = response;
		const data = body?.data;
		this.#observe(response, body);
		const errors = summariesOf(body, token);
		const types = errors.map(({ errorType }) => errorType);
		const facts = { status, errors };
		const reason = errors[0] === undefined ? `HTTP ${status}` : `HTTP ${status}: ${errors[0].message}`;
		const isDenial =
			status === 403 && (errors.length > 0 || String(headers["x-amzn-errortype"]).startsWith("AccessDenied"));
		if (isBlocked(response, types) || (status === 403 && !isDenial)) {
			const remedy = blockedRemedy(this.#options.userAgent());
			throw this.#error("RequestBlocked", `blocked the request (${reason}). ${remedy}`, facts);
		}
		if (status === 401 || types.includes("UnauthorizedException")) {
			throw this.#error(
				"TokenRejected",
				`rejected the access token (${reason}). Check userPoolId (or USER_POOL_ID) and ${ENDPOINT_SETTING}.`,
				facts,
			);
		}
		if (status === 200 && errors.length > 0 && isRecord(data) && accepts?.(data, errors)) return data;
		if (isDenial || types.includes("Unauthorized")) {
			const { deniedHint } = this.#options;
			const remedy = ["Check the permissions of the user.", ...(deniedHint === undefined ? [] : [deniedHint])].join(
				" ",
			);
			throw this.#error(
				"PermissionDenied",
				`denied this query: the user is not authorized (${reason}). ${remedy}`,
				facts,
			);
		}
		const isForeign = status >= 400 && body === undefined;
		if (TRANSIENT_STATUS.has(status) || status >= 500 || isForeign || errors.some(isTransient)) {
			throw this.#error("AppSyncUnavailable", `is unavailable (${reason}). Try again later.`, {
				...facts,
				transient: true,
			});
		}
		if (errors.length > 0 || status >= 400)
			throw this.#error("QueryFailed", `returned errors (${reason}). Check the query and its variables.`, facts);
		if (status !== 200 || !isRecord(data)) {
			const what = body === undefined ? "a response that is not a JSON object" : "a response without data and errors";
			throw this.#error("InvalidAppSyncResponse", `returned ${what} (${reason}). Check ${ENDPOINT_SETTING}.`, {
				...facts,
				transient: true,
			});
		}
		return data;
	}

	#timedOut(ms: number, option: string): AppSyncError {
		const problem = `timed out after ${ms} ms. Check the network, or raise ${option}.`;
		return this.#error("AppSyncUnavailable", problem, { transient: true });
	}

	#error(
		code: AppSyncError["code"],
		what: string,
		options: ConstructorParameters<typeof AppSyncError>[2],
	): AppSyncError {
		return new AppSyncError(code, `The EchoStream API at ${this.#url.origin} ${what}`, options);
	}
}

function isTransient({ errorType = "", message }: ErrorSummary): boolean {
	return TRANSIENT_TYPE.test(errorType) || TRANSIENT_MESSAGE.test(message);
}

/** The errors of a response in a form that may be shown: short, and without data, the token, or AWS credentials. */
function summariesOf(body: Fields | undefined, token: string): ErrorSummary[] {
	const { data, errors } = body ?? {};
	if (!Array.isArray(errors)) return [];
	const secrets = [token, ...credentialsIn(data)];
	return errors.slice(0, 20).map((error: unknown) => {
		const { message, errorType, path } = isRecord(error) ? error : {};
		return {
			message: printable(typeof message === "string" ? message : "The response contains no reason", 1000, secrets),
			...(typeof errorType === "string" ? { errorType: printable(errorType, 200, secrets) } : {}),
			...(Array.isArray(path) ? { path: path.slice(0, 20).flatMap((step) => shownStep(step, secrets)) } : {}),
		};
	});
}

function shownStep(step: unknown, secrets: readonly string[]): (string | number)[] {
	if (typeof step === "string") return [printable(step, 200, secrets)];
	return typeof step === "number" ? [step] : [];
}

/** The secrets in the data of a response with errors: AWS credentials, which the errors may quote. */
function credentialsIn(data: unknown): string[] {
	const inside = (holder: unknown): unknown[] => (isRecord(holder) ? Object.values(holder) : []);
	return inside(data)
		.flatMap(inside)
		.flatMap((keys) => (isRecord(keys) && "secretAccessKey" in keys ? inside(keys) : []))
		.filter((key): key is string => typeof key === "string" && key.length > 2)
		.slice(0, 20);
}

/**
 * The text of a response with errors that may be shown. Their other fields are kept, and so is the data, except for AWS
 * credentials, because an Apollo error contains the data, and programs log it.
 */
function withErrors(body: Fields, summaries: readonly ErrorSummary[]): string {
	const given = Array.isArray(body.errors) ? body.errors : [];
	const shown = summaries.map((summary, i) => ({ ...(isRecord(given[i]) ? given[i] : {}), ...summary }));
	const withoutKeys = (name: string, value: unknown) =>
		name === "secretAccessKey" || name === "sessionToken" ? undefined : value;
	return JSON.stringify({ ...body, errors: shown }, withoutKeys);
}
