import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import { type AttemptPolicy, TransientFailure, withAttempts } from "../../platform/attempts.ts";
import { type Connections, connectMeanwhile } from "../../platform/connections.ts";
import { Lifetime } from "../../platform/deadlines.ts";
import {
	exchange,
	type HttpMessage,
	type HttpResponseText,
	parseObject,
	retryAfterMs,
} from "../../platform/http-exchange.ts";
import { isBlocked } from "../../platform/http-failures.ts";
import type { ServerClock } from "../../platform/server-clock.ts";
import { CognitoEndpoint, type CognitoEndpointOptions } from "./endpoint.ts";
import { authenticationError, type CognitoPurpose, UNNAMED, USER_AGENT } from "./exceptions.ts";
import { CHANGES_ONCE, type CognitoOperations, HAS_NO_OUTPUT } from "./operations.ts";
import { validateResponse } from "./response-validation.ts";

/** Options of {@link CognitoApi}. */
export interface CognitoApiOptions extends CognitoEndpointOptions, AttemptPolicy {
	readonly userPoolId: string;
	readonly connections: Connections;
	readonly serverClock: ServerClock;
}

/** What a request is for, and what must not be shown or repeated. */
interface RequestKind {
	readonly purpose: CognitoPurpose;
	readonly secrets: readonly string[];
	/** Whether a second one would fail where the first one succeeded. */
	readonly isOnce: boolean;
	readonly throttledUntil?: number | undefined;
}

/** Maximum size of a response. A user with the maximum number and size of attributes takes a fifth of it. */
const MAX_BYTES = 512 * 1024;

/** Fields of a request whose values may appear in a message. */
const SHOWN = /^(AttributeName|AuthFlow|CHALLENGE_NAME|ChallengeName|ClientId|Name|TIMESTAMP|U(SERNAME|sername))$/;

function secretsOf(input: object): string[] {
	return Object.entries(input).flatMap(([key, value]) => {
		if (typeof value === "object" && value !== null) return secretsOf(value);
		return typeof value === "string" && value.length > 2 && !SHOWN.test(key) ? [value] : [];
	});
}

/**
 * Cognito's API for one user pool, in its own protocol (AWS JSON 1.1): one unsigned POST per operation.
 *
 * Transient failures are retried by {@link withAttempts}, and so are invalid responses. Every response that is Cognito's own
 * sets the servers' time. Every failure becomes an {@link AuthenticationError}.
 */
export class CognitoApi {
	readonly #options: CognitoApiOptions;
	readonly #endpoint: CognitoEndpoint;
	readonly #lifetime = new Lifetime();

	constructor(options: CognitoApiOptions) {
		this.#options = options;
		this.#endpoint = new CognitoEndpoint(options);
	}

	/**
	 * Performs an operation.
	 *
	 * @param signal - Aborts it, with its own reason.
	 * @param throttledUntil - By the monotonic clock: until then it is repeated while Cognito throttles it. Default: it is
	 * repeated as after other failures.
	 */
	async send<Name extends keyof CognitoOperations>(
		operation: Name,
		input: CognitoOperations[Name][0],
		purpose: CognitoPurpose,
		signal?: AbortSignal,
		throttledUntil?: number,
	): Promise<CognitoOperations[Name][1]> {
		const headers = {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
			"x-amz-user-agent": USER_AGENT,
		};
		const body = JSON.stringify(input);
		const isOnce = CHANGES_ONCE.has(operation);
		const kind = { purpose, secrets: secretsOf(input), isOnce, throttledUntil };
		const output = await this.#request(kind, signal, async (stop) => {
			const url = new URL(`${await this.endpoint()}/`);
			return this.#exchange({ method: "POST", url, headers, body }, stop, HAS_NO_OUTPUT.has(operation));
		});
		return output as CognitoOperations[Name][1];
	}

	/** URL of the API, without a slash at its end. */
	endpoint(): Promise<string> {
		return this.#endpoint.url();
	}

	/** Waits for what a login starts with, and connects meanwhile. */
	connectMeanwhile<T>(promise: Promise<T>): Promise<T> {
		return connectMeanwhile(
			this.#options.connections.handler,
			promise,
			async () => new URL(await this.endpoint()),
			true,
		);
	}

	/** Fetches a document that Cognito publishes. */
	getJson(url: string): Promise<unknown> {
		const message = { method: "GET", url: new URL(url), headers: {} } as const;
		const kind = { purpose: "account", secrets: [], isOnce: false } as const;
		return this.#request(kind, undefined, (signal) => this.#exchange(message, signal, false));
	}

	/** Closes the connections, unless they are the caller's. Every operation, also a later one, ends with `reason`. */
	destroy(reason: Error): void {
		this.#lifetime.end(reason);
		this.#options.connections.destroy(reason);
	}

	/** Sends a request, and validates the response. */
	async #exchange(
		message: Pick<HttpMessage, "method" | "url" | "headers" | "body">,
		signal: AbortSignal,
		mayBeEmpty: boolean,
	): Promise<object> {
		const { serverClock, userPoolId } = this.#options;
		const whole = { ...message, userAgent: USER_AGENT, maxBytes: MAX_BYTES };
		const response = await exchange(this.#options.connections.handler, whole, signal);
		signal.throwIfAborted();
		const { text } = response;
		const body = mayBeEmpty && text === "" ? {} : parseObject(text, text.includes("null") ? absent : undefined);
		// A response of a proxy, in Cognito's place, may have any date.
		const isCognitos =
			body !== undefined &&
			(typeOf(response, body) !== "" || (response.status === 200 && Object.keys(body).length > 0));
		if (isCognitos) serverClock.observe(response.dateMs, "Cognito");
		return validateResponse(outputOf(response, body), userPoolId);
	}

	/** Sends a request until it succeeds, or is not worth another attempt. `outer` aborts it, with its own reason. */
	#request<T>(
		{ purpose, secrets, isOnce, throttledUntil }: RequestKind,
		outer: AbortSignal | undefined,
		send: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		const { requestTimeoutMs, userPoolId } = this.#options;
		const onTimeout = () => {
			const message = `Cognito (user pool ${userPoolId}) timed out after ${requestTimeoutMs} ms. Check the network, or raise requestTimeoutMs.`;
			return new AuthenticationError("CognitoUnavailable", message, { transient: true });
		};
		const attempt = async (signal: AbortSignal, attempts: number) => {
			try {
				return await send(signal);
			} catch (failure) {
				signal.throwIfAborted();
				const error = isEchoStreamError(failure) ? failure : authenticationError(failure, purpose, userPoolId, secrets);
				if (error.cause instanceof Error) Object.assign(error.cause, { attempts });
				const isRepeated = error.transient && RETRIED.has(error.code) && !(isOnce && mayHaveSucceeded(error));
				if (!isRepeated) throw error;
				const { retryAfterMs } = (failure ?? {}) as { retryAfterMs?: number };
				throw new TransientFailure(error, retryAfterMs, isThrottled(error));
			}
		};
		return this.#lifetime.run(
			(signal) => withAttempts({ ...this.#options, isOnce, throttledUntil }, signal, onTimeout, attempt),
			outer,
		);
	}
}

/** Codes of transient failures that the next attempt may not have. */
const RETRIED = new Set(["CognitoUnavailable", "InvalidCognitoResponse", "Throttled"]);

/** Error codes of requests that were never sent. */
const NOT_SENT = new Set(["ECONNREFUSED", "EAI_AGAIN", "ENOTFOUND"]);

/** Whether Cognito has rejected a request because of the number of all requests. Other limits are those of one user. */
function isThrottled({ cause }: Error): boolean {
	const { name } = (cause ?? {}) as Partial<Error>;
	return name === "TooManyRequestsException" || name === "ThrottlingException";
}

/** Whether Cognito may have performed the operation of a failed request: its response was lost, invalid, or a proxy's. */
function mayHaveSucceeded({ cause }: Error): boolean {
	const { code = "", name, status } = (cause ?? { status: 200 }) as Partial<Error & { code: string; status: number }>;
	return (status === undefined || status === 200 || name === UNNAMED) && !NOT_SENT.has(code);
}

/** The output in a response. Throws like the SDK: an exception under Cognito's name, or an error about the response. */
function outputOf(response: HttpResponseText, body: Readonly<Record<string, unknown>> | undefined): object {
	const { status, headers } = response;
	const isOutput = status === 200 && !isBlocked(response, []);
	if (isOutput && body !== undefined) return body;
	const $metadata = { httpStatusCode: status, requestId: headers["x-amzn-requestid"] };
	const facts = { $metadata, retryAfterMs: retryAfterMs(headers) };
	if (isOutput) throw Object.assign(new SyntaxError("The response is not a JSON object"), facts);
	const named = typeOf(response, body ?? {});
	const name = isBlocked(response, [named]) ? "ForbiddenException" : named;
	const reason = body?.message ?? body?.Message;
	const message = typeof reason === "string" ? reason : `HTTP ${status}`;
	throw Object.assign(new Error(message), { ...facts, name: name || UNNAMED, $fault: "client" });
}

/** Name of the exception in an error response of Cognito. `""` for any other response. */
function typeOf({ headers }: HttpResponseText, { __type, code }: Readonly<Record<string, unknown>>): string {
	return exceptionName(headers["x-amzn-errortype"] ?? __type ?? code);
}

/** `NotAuthorizedException` of `com.amazonaws.cognito#NotAuthorizedException:http://internal/`. */
function exceptionName(type: unknown): string {
	if (typeof type !== "string") return "";
	const [named = ""] = type.slice(0, 200).split(/[:,]/, 1);
	return named.slice(named.lastIndexOf("#") + 1);
}

/** Cognito treats null as a missing field. Only for a text with a null, because `JSON.parse` takes several times as long with it. */
function absent(_: string, value: unknown): unknown {
	return value === null ? undefined : value;
}
