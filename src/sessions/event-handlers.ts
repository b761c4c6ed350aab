/** The request of a call, as the AWS SDK has it. */
export interface EventRequest {
	/** `POST` */
	method: string;
	/** `https:` */
	protocol: string;
	/** Host, without the port. */
	hostname: string;
	/** Default: that of the protocol. */
	port?: number;
	/** Path, encoded, without the query. */
	path: string;
	/** Parameters of the query, not encoded. */
	query: Record<string, unknown>;
	/** Headers. Names are as the SDK wrote them, mostly in lower case. */
	headers: Record<string, string>;
	/** Text, bytes, or a stream. Default: none. */
	body?: unknown;
}

/** A service's response, as the AWS SDK has it. */
export interface EventResponse {
	/** HTTP status. */
	readonly statusCode: number;
	/** Headers. Names are in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** Text, bytes, or a stream. Default: none. */
	readonly body?: unknown;
}

// biome-ignore-start lint/suspicious/noExplicitAny: the input and the output of any operation.
/**
 * What a handler gets, by event: botocore's arguments, in one object. `model.name` is the name of the operation, `PutItem`.
 * `context` is the same object for all handlers of a call. An error is parsed to `{ Error: { Code, Message } }`.
 */
export interface EventArguments {
	/** Before the parameters are validated. May change `params`, or return other ones. */
	"provide-client-params": { params: Record<string, any>; model: { name: string }; context: Record<string, any> };
	/** As above, after all handlers of that event. What it returns is ignored. */
	"before-parameter-build": { params: Record<string, any>; model: { name: string }; context: Record<string, any> };
	/** Once for each call, with its request. `[response, output]` is returned to the caller, and nothing is sent. */
	"before-call": { params: EventRequest; model: { name: string }; context: Record<string, any> };
	/**
	 * Once for each attempt. As in botocore, handlers that were registered for an operation or with `*` are called before the
	 * request is signed, and those for `request-created` or a service alone, after it.
	 */
	"request-created": { request: EventRequest; operationName: string };
	/** Once for each attempt, before it is signed. */
	"before-sign": { request: EventRequest; operationName: string };
	/** Once for each attempt, after it was signed. A response that it returns is used, and nothing is sent. */
	"before-send": { request: EventRequest; operationName: string };
	/** Once for each attempt, with what came of it: a response, or an exception without one. */
	"response-received": {
		responseDict: EventResponse | undefined;
		parsedResponse: Record<string, any> | undefined;
		exception: unknown;
		context: Record<string, any>;
	};
	/** Once for each call that the service has responded to. May change `parsed`. */
	"after-call": {
		httpResponse: EventResponse | undefined;
		parsed: Record<string, any>;
		model: { name: string };
		context: Record<string, any>;
	};
	/** Once for each call that failed without a response. */
	"after-call-error": { exception: unknown; model: { name: string }; context: Record<string, any> };
}
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** The name of an event of botocore, of which the service and the operation may be missing. Each part may be `*`. */
export type EventName = keyof EventArguments | "*" | `${keyof EventArguments | "*"}.${string}`;

/**
 * A handler of an event of botocore. It gets the event's {@link EventArguments} and its full name. With `*` for the event, it
 * gets those of any. It may be async: the call waits for it, for 60 s at most. If it throws, the call fails with its error.
 */
export type EventHandler<Name extends string> = (
	args: (Name extends keyof EventArguments
		? EventArguments[Name]
		: Name extends `${infer Kind extends keyof EventArguments}.${string}`
			? EventArguments[Kind]
			: Partial<EventArguments[keyof EventArguments]>) & { readonly eventName: string },
) => unknown;

/** A handler, for any event. */
type AnyHandler = (args: never) => unknown;

/** A handler, and the name that it was registered for. */
interface RegisteredHandler {
	readonly name: string;
	readonly handler: AnyHandler;
}

const KINDS = new Set<string>([
	"provide-client-params",
	"before-parameter-build",
	"before-call",
	"request-created",
	"before-sign",
	"before-send",
	"response-received",
	"after-call",
	"after-call-error",
] satisfies (keyof EventArguments)[]);

/** What stands in the place of the events that sessions do not emit. */
const INSTEAD = new Map([
	["choose-signer", "Use the client option authSchemePreference."],
	["needs-retry", "Use the client option retryStrategy."],
	["creating-client-class", "Extend the client class."],
]);

/** The handlers of botocore's events, found by name as in botocore. */
export class EventHandlers {
	readonly #handlers = new Map<string, AnyHandler[]>();
	readonly #byId = new Map<string, AnyHandler>();
	readonly #found = new Map<string, readonly RegisteredHandler[]>();

	/** Adds a handler, unless there is one with the same `uniqueId`. */
	register(name: string, handler: AnyHandler, uniqueId?: string): void {
		checkName(name);
		if (typeof handler !== "function") {
			throw new TypeError(`A handler must be a function: register("${name}", () => { ... })`);
		}
		// Python's None is often ported to null.
		if (uniqueId != null) {
			if (this.#byId.has(uniqueId)) return;
			this.#byId.set(uniqueId, handler);
		}
		this.#found.clear();
		const handlers = this.#handlers.get(name);
		if (handlers === undefined) this.#handlers.set(name, [handler]);
		else handlers.push(handler);
	}

	/** Removes a handler: the one with `uniqueId`, if given. Ignores a handler that there is not. */
	unregister(name: string, handler?: AnyHandler, uniqueId?: string): void {
		const removed = uniqueId == null ? handler : this.#byId.get(uniqueId);
		if (uniqueId != null) this.#byId.delete(uniqueId);
		const handlers = this.#handlers.get(name) ?? [];
		const index = handlers.indexOf(removed as AnyHandler);
		if (index === -1) return;
		handlers.splice(index, 1);
		this.#found.clear();
		if (handlers.length === 0) this.#handlers.delete(name);
	}

	/**
	 * Returns the handlers of an event in botocore's order: `*` before a name in each place, a longer name before a shorter one,
	 * then by the time of their registration.
	 */
	of(event: string): readonly RegisteredHandler[] {
		let found = this.#found.get(event);
		if (found === undefined) {
			found = namesFor(event.split(".")).flatMap((name) =>
				(this.#handlers.get(name) ?? []).map((handler) => ({ name, handler })),
			);
			this.#found.set(event, found);
		}
		return found;
	}
}

/** The names by which handlers are found for an event, in their order. */
function namesFor([part, ...rest]: string[], before = ""): string[] {
	if (part === undefined) return [];
	return ["*", part].flatMap((one) => [...namesFor(rest, `${before}${one}.`), `${before}${one}`]);
}

/** Rejects a name that no event can have, because its handler would never be called. */
function checkName(name: string): void {
	const text = String(name);
	const { length, 0: kind = "", 1: service, 2: operation } = text.split(".");
	const isKnown = kind === "*" || KINDS.has(kind);
	const right = [
		kind,
		service?.toLowerCase().replace(/[^a-z0-9*]+/g, "-") || "*",
		operation?.replace(/(^|[^A-Za-z0-9*])([a-z]?)/g, (_, __, letter: string) => letter.toUpperCase()) || "*",
	]
		.slice(0, length)
		.join(".");
	if (isKnown && right === name) return;
	const problem = isKnown ? `Write ${right}.` : (INSTEAD.get(kind) ?? `Its events are ${[...KINDS].join(", ")}.`);
	throw new TypeError(`A session emits no event ${JSON.stringify(text.slice(0, 100))}. ${problem}`);
}
