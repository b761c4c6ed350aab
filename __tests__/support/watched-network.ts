import type { HttpHandler } from "../../src/index.ts";
import type { HttpRequest } from "../../src/platform/http-handler.ts";
import { operationOf } from "./watched-session.ts";

/** A port of this machine where nobody listens. */
const CLOSED_PORT = 1;

/** What happens to the requests of one step before they reach a server, or after. */
export interface NetworkFault {
	/** Whether a request is one of the step's. */
	readonly matches: (step: string) => boolean;
	/** Whether a request that meets it never ends by itself. */
	readonly isEndless: boolean;
	/** The handler's promise never settles, whatever becomes of the request's signal. */
	readonly neverSettles?: boolean;
	/** Runs when a response has arrived, before the session gets it. */
	readonly beforeResponse?: () => Promise<void>;
}

interface OpenRequest {
	readonly step: string;
	readonly isStuck: boolean;
}

/** The step of a request: the challenge that it responds to, else its operation. */
function stepOf(request: HttpRequest): string {
	const operation = operationOf(request);
	if (operation !== "RespondToAuthChallenge") return operation;
	return /"ChallengeName":"(\w+)"/.exec(String(request.body))?.[1] ?? operation;
}

/** The service that a step is a request to. */
export function serviceOf(step: string): "appsync" | "cognito" | "dynamodb" {
	if (step === "GetItem") return "dynamodb";
	return /^[A-Z]/.test(step) && !step.startsWith("GET ") ? "cognito" : "appsync";
}

/** The network of one session: counts the requests that are in progress, until the last byte of each response. */
export class WatchedNetwork implements HttpHandler {
	/** The steps of all requests, in order. */
	readonly sent: string[] = [];
	/** The step of the last request. */
	lastStep = "";
	/** Refuses every connection. */
	isDown = false;
	fault: NetworkFault | undefined;
	/** Number of requests that have met the fault. */
	met = 0;
	/** Changes whenever a request starts or ends. */
	activity = 0;
	/** Number of requests that are in progress, without those that never end. */
	moving = 0;
	/** Called whenever a request starts or ends. */
	onChange = () => {};
	readonly #open = new Set<OpenRequest>();
	readonly #inner: HttpHandler;

	constructor(inner: HttpHandler) {
		this.#inner = inner;
	}

	/** The steps of the requests that are in progress. */
	get open(): string[] {
		return [...this.#open].map(({ step }) => step);
	}

	async handle(request: HttpRequest, options?: Parameters<HttpHandler["handle"]>[1]) {
		const step = stepOf(request);
		const fault = this.fault?.matches(step) ? this.fault : undefined;
		this.sent.push(step);
		this.lastStep = step;
		this.#change();
		if (fault !== undefined) this.met++;
		if (fault?.neverSettles) return new Promise<never>(() => {});
		const one = { step, isStuck: fault?.isEndless ?? false };
		this.#open.add(one);
		if (!one.isStuck) this.moving++;
		const end = () => {
			if (this.#open.delete(one) && !one.isStuck) this.moving--;
			this.#change();
		};
		try {
			const target = this.isDown ? Object.assign(request.clone(), { port: CLOSED_PORT }) : request;
			const received = await this.#inner.handle(target, options);
			(received.response.body as NodeJS.ReadableStream).once("close", end);
			await fault?.beforeResponse?.();
			return received;
		} catch (error) {
			end();
			throw error;
		}
	}

	#change(): void {
		this.activity++;
		this.onChange();
	}
}
