import {
	type $Command,
	CognitoIdentityProviderClient,
	type CognitoIdentityProviderClientConfig,
	type CognitoIdentityProviderClientResolvedConfig,
	type ServiceInputTypes,
	type ServiceOutputTypes,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Clock, ServerTime } from "./clock.ts";
import { checkedAnswer } from "./cognito-answer.ts";
import { authenticationError, type CognitoPurpose } from "./cognito-exceptions.ts";
import { AuthenticationError, isEchoStreamError } from "./errors.ts";
import { borrow, type HttpHandler, type HttpRequest } from "./http-handler.ts";
import { environmentVariable } from "./settings.ts";
import { VERSION } from "./version.ts";
import { withDeadline } from "./waiting.ts";

/** What {@link CognitoApi} works with. */
export interface CognitoApiOptions {
	readonly userPoolId: string;
	readonly region: string;
	readonly endpoint?: string | undefined;
	readonly requestHandler?: HttpHandler | undefined;
	readonly maxAttempts?: number | undefined;
	readonly requestTimeoutMs: number;
	readonly clock: Clock;
	readonly serverTime: ServerTime;
}

type Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
	Input,
	Output,
	CognitoIdentityProviderClientResolvedConfig,
	ServiceInputTypes,
	ServiceOutputTypes
>;

/** The values of a request that may stand in a message. */
const SHOWN =
	/^(ANSWER|AttributeName|AuthFlow|CHALLENGE_NAME|ChallengeName|ClientId|Name|TIMESTAMP|U(SERNAME|sername))$/;

function secretsOf(input: object): string[] {
	return Object.entries(input).flatMap(([key, value]) => {
		if (typeof value === "object" && value !== null) return secretsOf(value);
		return typeof value === "string" && value.length > 2 && !SHOWN.test(key) ? [value] : [];
	});
}

/**
 * Cognito's API, of one user pool. Every request has a deadline, every answer tells the time, and everything that goes
 * wrong becomes an {@link AuthenticationError}.
 */
export class CognitoApi {
	readonly #options: CognitoApiOptions;
	#client: CognitoIdentityProviderClient | undefined;
	#toldTime = false;

	constructor(options: CognitoApiOptions) {
		this.#options = options;
	}

	/** What sends the requests: the caller's, else the SDK client's own. */
	get requestHandler(): HttpHandler {
		return this.#options.requestHandler ?? (this.#theClient().config.requestHandler as unknown as HttpHandler);
	}

	/** Whether the last answer said what time it is. */
	get toldTime(): boolean {
		return this.#toldTime;
	}

	/** Sends one command, with the SDK's own retries, all before the deadline. */
	async send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
		command: Command<Input, Output>,
		purpose: CognitoPurpose,
	): Promise<Output> {
		try {
			const answer = await this.#before((abortSignal) => this.#theClient().send(command, { abortSignal }));
			return purpose === "account" ? answer : checkedAnswer(answer, this.#options.userPoolId);
		} catch (error) {
			if (isEchoStreamError(error)) throw error;
			throw authenticationError(error, purpose, this.#options.userPoolId, secretsOf(command.input));
		}
	}

	/** Runs one step before the deadline. */
	#before<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const { clock, requestTimeoutMs, userPoolId } = this.#options;
		const message = `Cognito (user pool ${userPoolId}) did not answer within ${requestTimeoutMs} ms`;
		const late = () => new AuthenticationError("CognitoUnavailable", message, { transient: true });
		return withDeadline(clock, requestTimeoutMs, late, step);
	}

	/** URL of the API, without a slash at its end. */
	async endpoint(): Promise<string> {
		const { endpoint, endpointProvider } = this.#theClient().config;
		const custom = await endpoint?.();
		const configured =
			environmentVariable("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER") ?? environmentVariable("AWS_ENDPOINT_URL");
		const { region } = this.#options;
		const url =
			custom === undefined
				? (configured ?? String(endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false }).url))
				: `${custom.protocol}//${custom.hostname}${custom.port === undefined ? "" : `:${custom.port}`}${custom.path}`;
		return url.replace(/\/+$/, "");
	}

	/** Fetches a document that Cognito publishes. */
	async getJson(url: string): Promise<unknown> {
		const { protocol, hostname, port, pathname } = new URL(url);
		const request: HttpRequest = {
			method: "GET",
			protocol,
			hostname,
			port: port === "" ? undefined : Number(port),
			path: pathname,
			query: {},
			headers: {},
			clone: () => ({ ...request, headers: {} }),
		};
		return this.#before(async (abortSignal) => {
			const { response } = await this.requestHandler.handle(request, { abortSignal });
			const body = await this.#theClient().config.streamCollector(response.body);
			if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode} for ${url}`);
			return JSON.parse(new TextDecoder().decode(body));
		}).catch((error: unknown) => {
			throw isEchoStreamError(error) ? error : authenticationError(error, "account", this.#options.userPoolId);
		});
	}

	/** Closes the connections, unless they are the caller's. */
	destroy(): void {
		this.#client?.destroy();
		this.#client = undefined;
	}

	#theClient(): CognitoIdentityProviderClient {
		if (this.#client !== undefined) return this.#client;
		const { region, endpoint, requestHandler, maxAttempts } = this.#options;
		const config: CognitoIdentityProviderClientConfig = {
			region,
			customUserAgent: [["echostream-botocore", VERSION]],
			...(endpoint === undefined ? {} : { endpoint }),
			...(maxAttempts === undefined ? {} : { maxAttempts }),
		};
		const handler = requestHandler === undefined ? {} : { requestHandler: borrow(requestHandler) };
		const client = new CognitoIdentityProviderClient({ ...config, ...handler } as CognitoIdentityProviderClientConfig);
		client.middlewareStack.add(
			(next) => async (args) => {
				const result = await next(args);
				this.#observe(result.response);
				return result;
			},
			// Between the connection and what turns error answers into exceptions, so that those tell the time, too.
			{ name: "observeServerTime", step: "deserialize", priority: "low" },
		);
		this.#client = client;
		return client;
	}

	#observe(response: unknown): void {
		const { headers = {} } = response as { headers?: Readonly<Record<string, string>> };
		// An answer from a cache has an old date.
		const time = headers.age === undefined ? Date.parse(headers.date ?? "") : Number.NaN;
		this.#toldTime = Number.isFinite(time);
		this.#options.serverTime.observe(time);
	}
}
