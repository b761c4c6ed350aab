import type { Clock } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadlines.ts";
import type { EventArguments, EventHandlers, EventRequest, EventResponse } from "./event-handlers.ts";
import type { ClientMiddleware, ClientStack } from "./middleware-stack.ts";
import { presignedUrlOf } from "./signed-request.ts";

/** Time that a handler has. */
const HANDLER_TIMEOUT_MS = 60_000;

/** The parts of an SDK client that are used here. */
interface EmittingClient {
	readonly config: { readonly serviceId?: string };
	readonly middlewareStack: ClientStack & { identify?(): string[] };
}

/** What a middleware knows of its call. */
interface CallContext {
	/** `PutItemCommand` */
	readonly commandName?: string;
}

/** Emits botocore's events of the calls of a session's clients. */
export class ClientEvents {
	readonly #handlers: EventHandlers;
	readonly #clock: Clock;
	readonly #lifetime: AbortSignal;
	/** botocore's context of each call, by the SDK's. */
	readonly #contexts = new WeakMap<object, Record<string, unknown>>();

	/** @param lifetime - Ends the wait for a handler, with its own reason. */
	constructor(handlers: EventHandlers, clock: Clock, lifetime: AbortSignal) {
		this.#handlers = handlers;
		this.#clock = clock;
		this.#lifetime = lifetime;
	}

	/** Makes a client emit events. */
	addTo({ config, middlewareStack }: EmittingClient): void {
		const service = String(config.serviceId).toLowerCase().replace(/ /g, "-");
		const names = middlewareStack.identify?.() ?? [];
		const signer = SIGNERS.find((signer) => names.some((name) => name.startsWith(signer)));
		const call = this.#callMiddleware(service);
		middlewareStack.add(call, { step: "initialize", priority: "high", name: "echoStreamCallEvents" });
		middlewareStack.add(this.#requestMiddleware(service), {
			step: "build",
			priority: "high",
			name: "echoStreamRequestEvents",
		});
		const signing = this.#signingMiddleware(service);
		const name = "echoStreamSigningEvents";
		if (signer === undefined) middlewareStack.add(signing, { step: "finalizeRequest", priority: "low", name });
		else middlewareStack.addRelativeTo(signing, { relation: "before", toMiddleware: signer, name });
		middlewareStack.add(this.#responseMiddleware(service), {
			step: "deserialize",
			priority: "high",
			name: "echoStreamResponseEvents",
		});
		middlewareStack.add(this.#sendMiddleware(service), {
			step: "deserialize",
			priority: "low",
			name: "echoStreamSendEvents",
		});
	}

	/** The parameters, and the outcome of the whole call. */
	#callMiddleware(service: string): ClientMiddleware {
		return (next, context) => async (args) => {
			const subject = this.#subject(service, context);
			// A copy, because the caller may use its object again.
			const given = { ...args.input };
			const replaced = await this.#emit("provide-client-params", subject, { params: given });
			const params = firstGiven(replaced) ?? given;
			await this.#emit("before-parameter-build", subject, { params });
			let result: Awaited<ReturnType<typeof next>>;
			try {
				result = await next({ ...args, input: params });
			} catch (error) {
				const httpResponse = responseOf(error);
				if (httpResponse === undefined) await this.#emit("after-call-error", subject, { exception: error });
				else await this.#emit("after-call", subject, { httpResponse, parsed: parsedError(error) });
				throw error;
			}
			// Of a presigned URL, nothing was sent.
			if (presignedUrlOf(result) === undefined) {
				await this.#emit("after-call", subject, { httpResponse: result.response, parsed: result.output });
			}
			return result;
		};
	}

	/** The request of the call, before its length and its checksums are known. */
	#requestMiddleware(service: string): ClientMiddleware {
		return (next, context) => async (args) => {
			const subject = this.#subject(service, context);
			const isGiven = (result: unknown) => Array.isArray(result);
			const results = await this.#emit("before-call", subject, { params: args.request }, { until: isGiven });
			const given = results.find(isGiven) as [EventResponse, object] | undefined;
			if (given === undefined) return next(args);
			const [response, output] = given;
			return { response, output: { $metadata: { httpStatusCode: response?.statusCode }, ...output } };
		};
	}

	/** The request of each attempt, before it is signed. */
	#signingMiddleware(service: string): ClientMiddleware {
		return (next, context) => async (args) => {
			const subject = this.#subject(service, context);
			// A copy, because the SDK sends the same object again when it retries.
			const request = copyOf(args.request as EventRequest);
			await this.#emit("request-created", subject, { request }, { only: (name) => !isAfterSigning(name, subject) });
			await this.#emit("before-sign", subject, { request });
			return next({ ...args, request });
		};
	}

	/** The signed request of each attempt. */
	#sendMiddleware(service: string): ClientMiddleware {
		return (next, context) => async (args) => {
			const subject = this.#subject(service, context);
			const { request } = args;
			await this.#emit("request-created", subject, { request }, { only: (name) => isAfterSigning(name, subject) });
			const results = await this.#emit("before-send", subject, { request });
			const given = firstGiven(results) as EventResponse | undefined;
			if (given === undefined) return next(args);
			const { body } = given;
			const response = { ...given, body: typeof body === "string" ? new TextEncoder().encode(body) : body };
			return { response };
		};
	}

	/** The outcome of each attempt. */
	#responseMiddleware(service: string): ClientMiddleware {
		return (next, context) => async (args) => {
			const subject = this.#subject(service, context);
			let result: Awaited<ReturnType<typeof next>>;
			try {
				result = await next(args);
			} catch (error) {
				const responseDict = responseOf(error);
				const parsedResponse = responseDict && parsedError(error);
				const exception = responseDict === undefined ? error : undefined;
				await this.#emit("response-received", subject, { responseDict, parsedResponse, exception });
				throw error;
			}
			const parsedResponse = result.output as Record<string, unknown>;
			const received = { responseDict: result.response as EventResponse, parsedResponse, exception: undefined };
			await this.#emit("response-received", subject, received);
			return result;
		};
	}

	#subject(service: string, call: CallContext & object): Subject {
		let context = this.#contexts.get(call);
		if (context === undefined) {
			context = {};
			this.#contexts.set(call, context);
		}
		return { service, operation: String(call.commandName).replace(/Command$/, ""), context };
	}

	/**
	 * Calls the handlers of an event, one after the other. Returns what they return.
	 *
	 * @param handlers - `only`: by the name that they were registered for. `until`: the last one, by what it returns.
	 */
	async #emit<Kind extends keyof EventArguments>(
		kind: Kind,
		{ service, operation, context }: Subject,
		args: Omit<EventArguments[Kind], "context" | "model" | "operationName">,
		{ only, until }: { only?: (name: string) => boolean; until?: (result: unknown) => boolean } = {},
	): Promise<unknown[]> {
		const eventName = `${kind}.${service}.${operation}`;
		const results: unknown[] = [];
		for (const { name, handler } of this.#handlers.of(eventName)) {
			if (only?.(name) === false) continue;
			const all = { ...args, context, model: { name: operation }, operationName: operation, eventName };
			const result = (handler as (args: object) => unknown)(all);
			results.push(isPromise(result) ? await this.#settled(result, eventName) : result);
			if (until?.(results.at(-1))) break;
		}
		return results;
	}

	#settled(result: PromiseLike<unknown>, eventName: string): Promise<unknown> {
		const onTimeout = () => {
			const error = new Error(
				`A handler of the event ${eventName} has not settled within ${HANDLER_TIMEOUT_MS / 1000} s.`,
			);
			return Object.assign(error, { name: "TimeoutError" });
		};
		return withDeadline(this.#clock, HANDLER_TIMEOUT_MS, onTimeout, async () => result, this.#lifetime);
	}
}

/** The middleware that signs: of today's releases of the SDK, and of those before 2024. */
const SIGNERS = ["httpSigningMiddleware", "awsAuthMiddleware"];

/** The SDK's names of errors without one. botocore has the status instead. */
const UNNAMED = new Set(["Unknown", "UnknownError"]);

interface Subject {
	readonly service: string;
	readonly operation: string;
	readonly context: Record<string, unknown>;
}

/** Whether botocore calls a handler of `request-created` after its own, which signs. */
function isAfterSigning(name: string, { service }: Subject): boolean {
	return name === "request-created" || name === `request-created.${service}`;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | undefined | null)?.then === "function";
}

/** The first result that a handler has returned. */
function firstGiven(results: readonly unknown[]): unknown {
	return results.find((result) => result !== undefined && result !== null);
}

/** The response of an error that a service has sent. */
function responseOf(error: unknown): EventResponse | undefined {
	const { $response, $fault } = (error ?? {}) as { $response?: EventResponse; $fault?: unknown };
	return $fault === undefined ? undefined : $response;
}

/** The error of a service as botocore parses it. */
function parsedError(error: unknown): Record<string, unknown> {
	const { name, message: Message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
	return { Error: { Code: UNNAMED.has(name) ? String($metadata?.httpStatusCode) : name, Message } };
}

function copyOf<T extends EventRequest>(request: T): T {
	const copy = Object.assign(Object.create(Object.getPrototypeOf(request)), request);
	return Object.assign(copy, { headers: { ...request.headers }, query: { ...request.query } });
}
