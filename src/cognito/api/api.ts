import { defaultRequestHandler } from "#request-handler";
import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import type { Clock, ServerTime } from "../../platform/clock.ts";
import { Lifetime, MAX_RETRY_DELAY_MS, pauseAfter, withDeadline } from "../../platform/deadlines.ts";
import {
	exchange,
	type HttpMessage,
	type HttpResponseText,
	parseObject,
	retryAfterMs,
} from "../../platform/http-exchange.ts";
import { isBlocked } from "../../platform/http-failures.ts";
import { type HttpHandler, type HttpHandlerOptions, isHttpHandler } from "../../platform/http-handler.ts";
import { CognitoEndpoint, type CognitoEndpointOptions } from "./endpoint.ts";
import { authenticationError, type CognitoPurpose, USER_AGENT } from "./exceptions.ts";
import { jwtClaims } from "./jwt-claims.ts";
import type { CognitoOperations } from "./operations.ts";
import { validateResponse } from "./response-validation.ts";

/** Options of {@link CognitoApi}. */
export interface CognitoApiOptions extends CognitoEndpointOptions {
	readonly userPoolId: string;
	readonly requestHandler?: HttpHandler | HttpHandlerOptions | undefined;
	readonly maxAttempts: number;
	readonly requestTimeoutMs: number;
	readonly clock: Clock;
	readonly random: () => number;
	readonly serverClock: ServerTime;
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
 * Every request has a deadline, within which transient failures are retried. Every response sets the servers' time. Every
 * failure becomes an {@link AuthenticationError}.
 */
export class CognitoApi {
	readonly #options: CognitoApiOptions;
	readonly #endpoint: CognitoEndpoint;
	#ownHandler: HttpHandler | undefined;
	readonly #lifetime = new Lifetime();

	constructor(options: CognitoApiOptions) {
		this.#options = options;
		this.#endpoint = new CognitoEndpoint(options);
	}

	/** Sends the requests: the caller's handler, else one of the platform's. */
	get requestHandler(): HttpHandler {
		const { requestHandler } = this.#options;
		if (isHttpHandler(requestHandler)) return requestHandler;
		this.#ownHandler ??= defaultRequestHandler(requestHandler);
		return this.#ownHandler;
	}

	/** Performs an operation. `signal` aborts it, with its own reason. */
	async send<Name extends keyof CognitoOperations>(
		operation: Name,
		input: CognitoOperations[Name][0],
		purpose: CognitoPurpose,
		signal?: AbortSignal,
	): Promise<CognitoOperations[Name][1]> {
		const { userPoolId } = this.#options;
		const headers = {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
			"x-amz-user-agent": USER_AGENT,
		};
		const body = JSON.stringify(input);
		const output = await this.#before(async (stop) => {
			const url = new URL(`${await this.endpoint()}/`);
			return this.#attempts(stop, purpose, input, () => this.#exchange({ method: "POST", url, headers, body }, stop));
		}, signal);
		return validateResponse(output, userPoolId) as CognitoOperations[Name][1];
	}

	/** URL of the API, without a slash at its end. */
	endpoint(): Promise<string> {
		return this.#endpoint.url();
	}

	/** Fetches a document that Cognito publishes. */
	getJson(url: string): Promise<unknown> {
		return this.#before((signal) =>
			this.#attempts(signal, "account", {}, () =>
				this.#exchange({ method: "GET", url: new URL(url), headers: {} }, signal),
			),
		);
	}

	/** Closes the connections, unless they are the caller's. Every operation, also a later one, ends with `reason`. */
	destroy(reason: Error): void {
		this.#lifetime.end(reason);
		this.#ownHandler?.destroy?.();
	}

	async #exchange(
		message: Pick<HttpMessage, "method" | "url" | "headers" | "body">,
		signal: AbortSignal,
	): Promise<object> {
		const { serverClock } = this.#options;
		const whole = { ...message, userAgent: USER_AGENT, maxBytes: MAX_BYTES };
		const response = await exchange(this.requestHandler, serverClock, whole, signal);
		const output = outputOf(response);
		if (!response.hasDate) serverClock.observe(issuedAtMs(output));
		return output;
	}

	/** Sends a request until it succeeds, fails with an error that is not transient, or no attempt is left. */
	async #attempts<T>(signal: AbortSignal, purpose: CognitoPurpose, input: object, send: () => Promise<T>): Promise<T> {
		const { maxAttempts, clock, random, userPoolId } = this.#options;
		for (let attempts = 1; ; attempts++) {
			try {
				return await send();
			} catch (failure) {
				signal.throwIfAborted();
				if (isEchoStreamError(failure)) throw failure;
				const error = authenticationError(failure, purpose, userPoolId, secretsOf(input));
				Object.assign(error.cause as Error, { attempts });
				const isTransient = error.code === "CognitoUnavailable" || error.code === "Throttled";
				const { retryAfterMs: minMs = 0 } = failure as { retryAfterMs?: number };
				if (!isTransient || attempts >= maxAttempts || minMs > MAX_RETRY_DELAY_MS) throw error;
				await pauseAfter(attempts, clock, random, signal, minMs);
			}
		}
	}

	/** Runs a step with the deadline of a request. */
	async #before<T>(step: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
		const { clock, requestTimeoutMs, userPoolId } = this.#options;
		const message = `Cognito (user pool ${userPoolId}) timed out after ${requestTimeoutMs} ms. Check the network, or raise requestTimeoutMs.`;
		const onTimeout = () => new AuthenticationError("CognitoUnavailable", message, { transient: true });
		try {
			return await this.#lifetime.run(
				(signal) => withDeadline(clock, requestTimeoutMs, onTimeout, step, signal),
				outer,
			);
		} catch (error) {
			outer?.throwIfAborted();
			throw isEchoStreamError(error) ? error : authenticationError(error, "account", userPoolId);
		}
	}
}

/** The output in a response. Throws like the SDK: an exception under Cognito's name, or an error about the response. */
function outputOf(response: HttpResponseText): object {
	const { status, headers, text } = response;
	const body = text === "" ? {} : parseObject(text, absent);
	const isOutput = status === 200 && !isBlocked(response, []);
	if (isOutput && body !== undefined) return body;
	const $metadata = { httpStatusCode: status, requestId: headers["x-amzn-requestid"] };
	const facts = { $metadata, retryAfterMs: retryAfterMs(headers) };
	if (isOutput) throw Object.assign(new SyntaxError("The response is not a JSON object"), facts);
	const named = exceptionName(headers["x-amzn-errortype"] ?? body?.__type ?? body?.code);
	const name = isBlocked(response, [named]) ? "ForbiddenException" : named;
	const reason = body?.message ?? body?.Message;
	const message = typeof reason === "string" ? reason : `HTTP ${status}`;
	throw Object.assign(new Error(message), { ...facts, name: name || "UnknownError", $fault: "client" });
}

/** Time at which the access token of an output was issued, milliseconds since 1970. `NaN` without one. */
function issuedAtMs(output: { readonly AuthenticationResult?: { readonly AccessToken?: string } }): number {
	return 1000 * (jwtClaims(output.AuthenticationResult?.AccessToken ?? "").iat ?? Number.NaN);
}

/** `NotAuthorizedException` of `com.amazonaws.cognito#NotAuthorizedException:http://internal/`. */
function exceptionName(type: unknown): string {
	if (typeof type !== "string") return "";
	const [named = ""] = type.slice(0, 200).split(/[:,]/, 1);
	return named.slice(named.lastIndexOf("#") + 1);
}

/** Cognito treats null as a missing field. */
function absent(_: string, value: unknown): unknown {
	return value === null ? undefined : value;
}
