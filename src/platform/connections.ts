import { defaultRequestHandler } from "#request-handler";
import { type HttpHandler, type HttpHandlerOptions, isHttpHandler } from "./http-handler.ts";

/** The connections of a session or a user. */
export interface Connections {
	/** Sends the requests. */
	readonly handler: HttpHandler;
	/** Closes them, unless somebody else owns them. */
	destroy(): void;
}

/** The caller's request handler, else one of the platform's, which is created on first use, and closed. */
export class OwnConnections implements Connections {
	readonly #given: HttpHandler | HttpHandlerOptions | undefined;
	#own: HttpHandler | undefined;

	/** @param given - The caller's handler, or options of the platform's. */
	constructor(given: HttpHandler | HttpHandlerOptions | undefined) {
		this.#given = given;
	}

	get handler(): HttpHandler {
		if (isHttpHandler(this.#given)) return this.#given;
		this.#own ??= defaultRequestHandler(this.#given);
		return this.#own;
	}

	destroy(): void {
		this.#own?.destroy?.();
	}

	/** The same connections, for an object that must not close them. */
	borrowed(): Connections {
		const handler = () => this.handler;
		return {
			get handler() {
				return handler();
			},
			destroy() {},
		};
	}
}
