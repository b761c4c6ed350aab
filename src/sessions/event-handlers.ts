/** The request of a call, as the AWS SDK has it. */
export interface EventRequest {
	method: string;
	protocol: string;
	hostname: string;
	port?: number;
	path: string;
	query: Record<string, unknown>;
	headers: Record<string, string>;
	body?: unknown;
}

/** A service's response, as the AWS SDK has it. */
export interface EventResponse {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Text, bytes, or a stream. */
	readonly body?: unknown;
}

/** What the handlers of one call share. */
interface CallEvent {
	/** `name` is the name of the operation: `PutItem`. */
	readonly model: { readonly name: string };
	/** The same object for all handlers of a call. */
	readonly context: Record<string, unknown>;
}

interface RequestEvent {
	readonly request: EventRequest;
	readonly operationName: string;
}

// biome-ignore-start lint/suspicious/noExplicitAny: the input and the output of any operation.
/** What a handler gets, by event: botocore's arguments, in one object. */
export interface EventArguments {
	/** Before the parameters are validated. May change `params`, or return other ones. */
	"provide-client-params": CallEvent & { readonly params: Record<string, any> };
	/** As above, after all handlers of that event. What it returns is ignored. */
	"before-parameter-build": CallEvent & { readonly params: Record<string, any> };
	/** Once for each call, with its request. `[response, output]` is returned to the caller, and nothing is sent. */
	"before-call": CallEvent & { readonly params: EventRequest };
	/**
	 * Once for each attempt. As in botocore, handlers that were registered for an operation or with `*` are called before the
	 * request is signed, and those for `request-created` or a service alone, after it.
	 */
	"request-created": RequestEvent;
	/** Once for each attempt, before it is signed. */
	"before-sign": RequestEvent;
	/** Once for each attempt, after it was signed. A response that it returns is used, and nothing is sent. */
	"before-send": RequestEvent;
	/** Once for each attempt, with what came of it: a response, or an exception without one. */
	"response-received": {
		readonly responseDict: EventResponse | undefined;
		/** The output. Of an error: `{ Error: { Code, Message } }`. */
		readonly parsedResponse: Record<string, any> | undefined;
		readonly exception: unknown;
		readonly context: Record<string, unknown>;
	};
	/** Once for each call that the service has responded to. May change `parsed`. */
	"after-call": CallEvent & {
		readonly httpResponse: EventResponse | undefined;
		/** The output. Of an error: `{ Error: { Code, Message } }`. */
		readonly parsed: Record<string, any>;
	};
	/** Once for each call that failed without a response. */
	"after-call-error": CallEvent & { readonly exception: unknown };
}
// biome-ignore-end lint/suspicious/noExplicitAny: see above

type EventKind = keyof EventArguments;

/** The arguments of the handlers of a name of an event. With `*` in the first place, it may be any of them. */
type ArgumentsOf<Name extends string> = Name extends EventKind
	? EventArguments[Name]
	: Name extends `${infer Kind extends EventKind}.${string}`
		? EventArguments[Kind]
		: EventArguments[EventKind] & { readonly eventName: string };

/**
 * A handler of an event of botocore. It gets the event's {@link EventArguments} and its full name. It may be async: the call
 * waits for it, for 60 s at most. If it throws, the call fails with its error.
 */
export type EventHandler<Name extends string> = (args: ArgumentsOf<Name> & { readonly eventName: string }) => unknown;

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
] satisfies EventKind[]);

/** What stands in the place of the events that sessions do not emit. */
const INSTEAD: Readonly<Record<string, string>> = {
	"choose-signer": "Use the option authSchemePreference of the client.",
	"needs-retry": "Use the option retryStrategy of the client.",
	"creating-client-class": "Extend the class of the client.",
};

/** The handlers of botocore's events, found by name as in botocore. */
export class EventHandlers {
	readonly #handlers = new Map<string, AnyHandler[]>();
	readonly #byId = new Map<string, AnyHandler>();
	readonly #found = new Map<string, readonly RegisteredHandler[]>();

	/** Adds a handler, unless there is one with the same `uniqueId`. */
	register(name: string, handler: AnyHandler, uniqueId?: string): void {
		checkName(name);
		if (typeof handler !== "function") {
			throw new TypeError(
				`The handler of ${name} must be a function. Write register("${name}", ({ context }) => { ... }).`,
			);
		}
		if (uniqueId !== undefined) {
			if (this.#byId.has(uniqueId)) return;
			this.#byId.set(uniqueId, handler);
		}
		this.#found.clear();
		this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
	}

	/** Removes a handler: the one with `uniqueId`, if given. Ignores a handler that there is not. */
	unregister(name: string, handler?: AnyHandler, uniqueId?: string): void {
		const removed = uniqueId === undefined ? handler : this.#byId.get(uniqueId);
		if (uniqueId !== undefined) this.#byId.delete(uniqueId);
		const handlers = [...(this.#handlers.get(name) ?? [])];
		const index = handlers.indexOf(removed as AnyHandler);
		if (index === -1) return;
		handlers.splice(index, 1);
		this.#found.clear();
		if (handlers.length > 0) this.#handlers.set(name, handlers);
		else this.#handlers.delete(name);
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
function checkName(name: unknown): void {
	if (typeof name !== "string") {
		throw new TypeError('The name of an event must be a string, such as "before-call.dynamodb.PutItem".');
	}
	const [kind = "", service = "*", operation = "*", ...more] = name.split(".");
	const given = JSON.stringify(name.slice(0, 100));
	const fail = (problem: string) => {
		throw new TypeError(`A session emits no event ${given}. ${problem}`);
	};
	if (kind !== "*" && !KINDS.has(kind)) fail(INSTEAD[kind] ?? `Its events are ${[...KINDS].join(", ")}.`);
	if (service !== "*" && !/^[a-z0-9][a-z0-9-]*$/.test(service)) {
		fail(`Write the service id in lower case, with hyphens: ${kind}.${service.toLowerCase().replace(/[ _]/g, "-")}.`);
	}
	if (operation !== "*" && !/^[A-Z][A-Za-z0-9]*$/.test(operation)) {
		fail('Write the operation as the service does: "PutItem".');
	}
	if (more.length > 0) fail("A name has three parts: the event, the service and the operation.");
}
