import type { Clock } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadlines.ts";
import type { EventArguments, EventHandlers, EventRequest, EventResponse } from "./event-handlers.ts";
import type { ClientStack } from "./middleware-stack.ts";

/** Time that a handler has. */
const HANDLER_TIMEOUT_MS = 60_000;

/** Limit for calls that handlers send within handlers, where botocore fails with a RecursionError. */
const MAX_DEPTH = 20;

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

const CALL = Symbol("call");

/** A call that events are about. */
interface Call {
	readonly service: string;
	readonly operation: string;
	/** botocore's context. */
	readonly context: Record<string, unknown>;
	/** How many handlers it is sent within. */
	readonly depth: number;
	/** Whether it makes a presigned URL. */
	readonly isUrl: boolean;
}

interface CallArguments {
	readonly input: object;
	readonly request: EventRequest;
	/** Here, because clients with `cacheMiddleware` share the SDK's context among calls. */
	readonly [CALL]?: Call;
}

interface CallResult {
	readonly response?: EventResponse;
	readonly output: Record<string, unknown>;
}

/** A middleware that knows its call. */
type Step = (
	args: CallArguments,
	next: (args: object) => Promise<CallResult>,
	call: Call,
) => Promise<Partial<CallResult>>;

/** Emits botocore's events of the calls of a session's clients. */
export class ClientEvents {
	readonly #handlers: EventHandlers;
	readonly #clock: Clock;
	readonly #lifetime: AbortSignal;
	/** How deep the handler is nested that runs now, until it first waits. */
	#depth = 0;

	/** @param lifetime - Ends the wait for a handler, with its own reason. */
	constructor(handlers: EventHandlers, clock: Clock, lifetime: AbortSignal) {
		this.#handlers = handlers;
		this.#clock = clock;
		this.#lifetime = lifetime;
	}

	/** Makes a client emit events. */
	addTo({ config, middlewareStack }: EmittingClient): void {
		const service = String(config.serviceId).toLowerCase().replace(/ /g, "-");
		const isSigning = middlewareStack.identify?.().join().includes(SIGNER) ?? false;
		const middleware = (run: Step, isUrl: boolean) => (next: Parameters<Step>[1], context: CallContext) => {
			const operation = String(context.commandName).replace(/Command$/, "");
			return (args: CallArguments) =>
				run(args, next, args[CALL] ?? { service, operation, context: {}, depth: this.#depth, isUrl });
		};
		const add = (
			run: Step,
			step: "initialize" | "build" | "finalizeRequest" | "deserialize",
			priority: "high" | "low",
			isUrl = false,
			stack: ClientStack = middlewareStack,
		) => stack.add(middleware(run, isUrl), { step, priority, name: `echoStream-${step}-events`, override: isUrl });
		add(this.#call, "initialize", "high");
		add(this.#request, "build", "high");
		if (!isSigning) add(this.#attempt, "finalizeRequest", "low");
		else middlewareStack.addRelativeTo(middleware(this.#attempt, false), { relation: "before", toMiddleware: SIGNER });
		add(this.#send, "deserialize", "low");
		const { clone } = middlewareStack;
		// Only presigners clone the stack.
		middlewareStack.clone = () => {
			const copy = clone();
			add(this.#call, "initialize", "high", true, copy);
			return copy;
		};
	}

	/** The parameters, and the outcome of the whole call. */
	readonly #call: Step = async (args, next, call) => {
		try {
			if (call.depth > MAX_DEPTH) {
				throw new Error(`A handler sends ${call.operation} for ever. Register it for others.`);
			}
			// A copy, because the caller may use its object again.
			const given = { ...args.input };
			const input = (await this.#emit("provide-client-params", call, { params: given })) ?? given;
			check(typeof input === "object", "provide-client-params", "parameters");
			await this.#emit("before-parameter-build", call, { params: input });
			let result: CallResult;
			try {
				result = await next({ ...args, input, [CALL]: call });
			} catch (error) {
				const httpResponse = responseOf(error);
				if (httpResponse === undefined) await this.#emit("after-call-error", call, { exception: thrownBy(error) });
				else await this.#emit("after-call", call, { httpResponse, parsed: parsedError(error) });
				throw error;
			}
			await this.#emit("after-call", call, { httpResponse: result.response, parsed: result.output });
			return result;
		} catch (error) {
			throw thrownBy(error);
		}
	};

	/** The request of the call, before its length and its checksums are known. */
	readonly #request: Step = async (args, next, call) => {
		const given = await this.#emit("before-call", call, { params: args.request });
		if (given === undefined) return next(args);
		const { 0: response, 1: parsed } = given as [EventResponse, MadeUpOutput?];
		check(isResponse(response), "before-call", "[{ statusCode: 200, headers: {} }, output]");
		const { statusCode } = response;
		const $metadata = { httpStatusCode: statusCode };
		if (statusCode < 300) return { response, output: { $metadata, ...parsed } };
		const { Code: name = "Error", Message } = parsed?.Error ?? {};
		throw Object.assign(new Error(Message), { name, $fault: "client", $metadata, $response: response });
	};

	/** The request of each attempt, before it is signed, and its outcome. */
	readonly #attempt: Step = async (args, next, call) => {
		// A copy, because the SDK sends the same object again when it retries.
		const { request: given } = args;
		const own = { headers: { ...given.headers }, query: { ...given.query } };
		const request = { __proto__: Object.getPrototypeOf(given), ...given, ...own } as EventRequest;
		await this.#emit("request-created", call, { request }, false);
		await this.#emit("before-sign", call, { request });
		const received = (responseDict: EventResponse | undefined, parsedResponse?: object, exception?: unknown) =>
			this.#emit("response-received", call, { responseDict, parsedResponse, exception });
		let result: CallResult;
		try {
			result = await next({ ...args, request });
		} catch (error) {
			const response = responseOf(error);
			if (response === undefined) await received(undefined, undefined, thrownBy(error));
			else await received(response, parsedError(error));
			throw error;
		}
		await received(result.response, result.output);
		return result;
	};

	/** The signed request of each attempt. */
	readonly #send: Step = async (args, next, call) => {
		const { request } = args;
		await this.#emit("request-created", call, { request }, true);
		const given = (await this.#emit("before-send", call, { request })) as EventResponse | undefined;
		if (given === undefined) return next(args);
		check(isResponse(given), "before-send", "{ statusCode: 200, headers: {} }");
		const { body, headers = {} } = given;
		return { response: { ...given, headers, body: typeof body === "string" ? new TextEncoder().encode(body) : body } };
	};

	/**
	 * Calls the handlers of an event, one after the other. Returns the first result, which ends the event `before-call`.
	 *
	 * @param isSigned - Whether to call the handlers of `request-created` that botocore calls after its own, which signs, or the others.
	 * @throws HandlerFailure
	 */
	async #emit<Kind extends keyof EventArguments>(
		kind: Kind,
		{ service, operation, context, depth, isUrl }: Call,
		args: Omit<EventArguments[Kind], "context" | "model" | "operationName">,
		isSigned?: boolean,
	): Promise<unknown> {
		if (isUrl && !URL_EVENTS.test(kind)) return;
		const eventName = `${kind}.${service}.${operation}`;
		let given: unknown;
		try {
			for (const { name, handler } of this.#handlers.of(eventName)) {
				const isAfterSigning = name === "request-created" || name === `request-created.${service}`;
				if (isSigned === !isAfterSigning) continue;
				const all = { ...args, context, model: { name: operation }, operationName: operation, eventName };
				const outer = this.#depth;
				this.#depth = depth + 1;
				let result: unknown;
				try {
					result = (handler as (args: object) => unknown)(all);
				} finally {
					this.#depth = outer;
				}
				if (typeof (result as Partial<PromiseLike<unknown>> | undefined | null)?.then === "function") {
					result = await this.#settled(result, eventName);
				}
				given ??= result ?? undefined;
				if (kind === "before-call" && given !== undefined) break;
			}
			return given;
		} catch (error) {
			throw new HandlerFailure(error);
		}
	}

	#settled(result: unknown, eventName: string): Promise<unknown> {
		const onTimeout = () => new DOMException(`A handler of ${eventName} has not settled within 60 s.`, "TimeoutError");
		const settled = (async () => result)();
		// It may reject after the call has failed.
		settled.catch(() => {});
		return withDeadline(this.#clock, HANDLER_TIMEOUT_MS, onTimeout, () => settled, this.#lifetime);
	}
}

/** Carries what a handler has thrown through the SDK, which would send the request again for some errors. */
class HandlerFailure extends Error {
	readonly thrown: unknown;

	constructor(thrown: unknown) {
		super("A handler failed.");
		this.thrown = thrown;
	}
}

/** What a handler has thrown, else the error itself. */
function thrownBy(error: unknown): unknown {
	return error instanceof HandlerFailure ? error.thrown : error;
}

/** The middleware that signs: its name in releases of the SDK before 2024, and another name of it since. */
const SIGNER = "awsAuthMiddleware";

/** The events of a presigned URL, as in botocore. */
const URL_EVENTS = /^provide|^before-(param|sign)/;

/** The output of a response that a handler of `before-call` has made up. */
interface MadeUpOutput {
	readonly Error?: { readonly Code?: string; readonly Message?: string };
}

const isResponse = (value: unknown) => typeof (value as EventResponse | undefined)?.statusCode === "number";

/** Rejects a result that cannot be used: an arrow function may return anything by mistake. */
function check(isFitting: boolean, event: keyof EventArguments, fitting: string): void {
	if (!isFitting) throw new TypeError(`A handler of ${event} must return ${fitting}, or nothing.`);
}

/** The response of an error that a service has sent. */
function responseOf(error: unknown): EventResponse | undefined {
	const { $response, $fault } = (error ?? {}) as { $response?: EventResponse; $fault?: unknown };
	return $fault === undefined ? undefined : $response;
}

/**
 * The error of a service as botocore parses it. `Code` of the SDK is that of the older query protocol, as SQS has it. Errors without
 * a name have the status.
 */
function parsedError(error: unknown): Record<string, unknown> {
	const {
		Code,
		name,
		message: Message,
		$metadata,
	} = error as Error & {
		Code?: string;
		$metadata?: { httpStatusCode?: number };
	};
	const status = String($metadata?.httpStatusCode);
	return { Error: { Code: Code ?? (/^Unknown(Error)?$/.test(name) ? status : name), Message } };
}
