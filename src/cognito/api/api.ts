import { defaultRequestHandler } from "#request-handler";
import { AuthenticationError, isEchoStreamError } from "../../errors.ts";
import type { Clock, ServerTime } from "../../platform/clock.ts";
import { Lifetime, LONGEST_RETRY_DELAY_MS, pauseAfter, withDeadline } from "../../platform/deadlines.ts";
import {
	exchange,
	type HttpAnswer,
	type HttpMessage,
	parseObject,
	retryAfterMs,
} from "../../platform/http-exchange.ts";
import { isBlocked } from "../../platform/http-failures.ts";
import type { HttpHandler } from "../../platform/http-handler.ts";
import { CognitoEndpoint, type CognitoEndpointOptions } from "./endpoint.ts";
import { authenticationError, type CognitoPurpose, USER_AGENT } from "./exceptions.ts";
import { jwtClaims } from "./jwt-claims.ts";
import type { CognitoOperations } from "./operations.ts";
import { checkedAnswer } from "./response-validation.ts";

/** What {@link CognitoApi} works with. */
export interface CognitoApiOptions extends CognitoEndpointOptions {
	readonly userPoolId: string;
	readonly requestHandler?: HttpHandler | undefined;
	readonly maxAttempts: number;
	readonly requestTimeoutMs: number;
	readonly clock: Clock;
	readonly random: () => number;
	readonly serverTime: ServerTime;
}

/** Maximum size of a response. A user with the maximum number and size of attributes takes a fifth of it. */
const MAX_BYTES = 512 * 1024;

/** The values of a request that may stand in a message. */
const SHOWN = /^(AttributeName|AuthFlow|CHALLENGE_NAME|ChallengeName|ClientId|Name|TIMESTAMP|U(SERNAME|sername))$/;

function secretsOf(input: object): string[] {
	return Object.entries(input).flatMap(([key, value]) => {
		if (typeof value === "object" && value !== null) return secretsOf(value);
		return typeof value === "string" && value.length > 2 && !SHOWN.test(key) ? [value] : [];
	});
}

/**
 * Cognito's API, of one user pool, in its own protocol (AWS JSON 1.1): one POST for each operation, none of them signed.
 *
 * Every step has a deadline, in which failures that pass are tried again; every answer tells the time; and everything that
 * goes wrong becomes an {@link AuthenticationError}.
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

	/** What sends the requests: the caller's handler, else one of the platform's. */
	get requestHandler(): HttpHandler {
		if (this.#options.requestHandler !== undefined) return this.#options.requestHandler;
		this.#ownHandler ??= defaultRequestHandler();
		return this.#ownHandler;
	}

	/** Carries out one operation. It ends with `signal`, with that one's reason. */
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
		return checkedAnswer(output, userPoolId) as CognitoOperations[Name][1];
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
		const { serverTime } = this.#options;
		const whole = { ...message, userAgent: USER_AGENT, maxBytes: MAX_BYTES };
		const answer = await exchange(this.requestHandler, serverTime, whole, signal);
		const output = outputOf(answer);
		if (!answer.toldTime) serverTime.observe(issuedAtMs(output));
		return output;
	}

	/** Tries until there is an output, or a failure that does not pass, or no attempt is left. */
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
				const passes = error.code === "CognitoUnavailable" || error.code === "Throttled";
				const { retryAfterMs: leastMs = 0 } = failure as { retryAfterMs?: number };
				if (!passes || attempts >= maxAttempts || leastMs > LONGEST_RETRY_DELAY_MS) throw error;
				await pauseAfter(attempts, clock, random, signal, leastMs);
			}
		}
	}

	/** Runs one step before the deadline. */
	async #before<T>(step: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
		const { clock, requestTimeoutMs, userPoolId } = this.#options;
		const message = `Cognito (user pool ${userPoolId}) did not answer within ${requestTimeoutMs} ms`;
		const late = () => new AuthenticationError("CognitoUnavailable", message, { transient: true });
		try {
			return await this.#lifetime.run((signal) => withDeadline(clock, requestTimeoutMs, late, step, signal), outer);
		} catch (error) {
			outer?.throwIfAborted();
			throw isEchoStreamError(error) ? error : authenticationError(error, "account", userPoolId);
		}
	}
}

/** What an answer brings. Throws what the SDK would: an exception with Cognito's name, or one about the answer. */
function outputOf(answer: HttpAnswer): object {
	const { status, headers, text } = answer;
	const body = text === "" ? {} : parseObject(text, absent);
	const isOutput = status === 200 && !isBlocked(answer, []);
	if (isOutput && body !== undefined) return body;
	const $metadata = { httpStatusCode: status, requestId: headers["x-amzn-requestid"] };
	const facts = { $metadata, retryAfterMs: retryAfterMs(headers) };
	if (isOutput) throw Object.assign(new SyntaxError("The answer is no JSON object"), facts);
	const named = exceptionName(headers["x-amzn-errortype"] ?? body?.__type ?? body?.code);
	const name = isBlocked(answer, [named]) ? "ForbiddenException" : named;
	const said = body?.message ?? body?.Message;
	const message = typeof said === "string" ? said : `HTTP ${status}`;
	throw Object.assign(new Error(message), { ...facts, name: name || "UnknownError", $fault: "client" });
}

/** The time at which the access token of an output was issued. Not a number where there is none. */
function issuedAtMs(output: { readonly AuthenticationResult?: { readonly AccessToken?: string } }): number {
	return 1000 * (jwtClaims(output.AuthenticationResult?.AccessToken ?? "").iat ?? Number.NaN);
}

/** `NotAuthorizedException` of `com.amazonaws.cognito#NotAuthorizedException:http://internal/`. */
function exceptionName(type: unknown): string {
	if (typeof type !== "string") return "";
	const [named = ""] = type.slice(0, 200).split(/[:,]/, 1);
	return named.slice(named.lastIndexOf("#") + 1);
}

/** To Cognito, null is a field that is not there. */
function absent(_: string, value: unknown): unknown {
	return value === null ? undefined : value;
}
