import type { BotocoreSession } from "./botocore-session.ts";
import { serviceEvent } from "./service-event.ts";
import { strict } from "./strict.ts";

/** What a session of `echostream-botocore` has for events. */
interface EventMethods {
	register(eventName: string, handler: never, uniqueId?: string): void;
	unregister(eventName: string, handler?: never, uniqueId?: string): void;
}

/** The methods of the botocore session, with the types of its events. */
export type Events<B extends BotocoreSession> = B extends { register: infer Register; unregister: infer Unregister }
	? {
			/** Registers a handler of an event for all clients of the botocore session. */
			readonly register: Register;
			/** Removes a handler. */
			readonly unregister: Unregister;
		}
	: unknown;

/** `session.events`: registers handlers with the botocore session, by the names of services that botocore knows. */
export class SessionEvents {
	static {
		const order = "register(), which keeps the order of the names and the calls";
		const none = "a call of a client, which emits its events";
		strict(SessionEvents, { registerFirst: order, registerLast: order, emit: none, emitUntilResponse: none });
	}

	readonly #session: EventMethods;

	/** @throws TypeError if the botocore session has no events. */
	constructor(session: BotocoreSession | undefined) {
		if (session === undefined || !("register" in session && "unregister" in session)) {
			throw new TypeError(
				"This Session has no events, because it has no botocoreSession of echostream-botocore. " +
					"Pass one, or add a middleware to client.middlewareStack.",
			);
		}
		this.#session = session as unknown as EventMethods;
	}

	register(eventName: string, handler: never, uniqueId?: string): void {
		this.#session.register(serviceEvent(eventName), handler, uniqueId);
	}

	unregister(eventName: string, handler?: never, uniqueId?: string): void {
		this.#session.unregister(serviceEvent(eventName), handler, uniqueId);
	}
}
