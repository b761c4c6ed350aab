import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";

/** What a server of `node:http` calls for every request. */
export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * Hands a request to a server's listener as if it had come through a socket, and waits for the response. Rejects with what
 * the listener throws, also later, when it reads the body.
 */
export function dispatch(
	listener: RequestListener,
	{ body, headers, method, url }: TenantRequest,
): Promise<TenantResponse> {
	const { "transfer-encoding": _chunked, expect: _expect, ...rest } = headers;
	return new Promise((resolve, reject) => {
		const incoming = new FedRequest(reject);
		incoming.method = method;
		incoming.url = url;
		incoming.httpVersion = "1.1";
		Object.assign(incoming.headers, rest, { "content-length": String(body.length) });
		incoming.push(body);
		incoming.push(null);
		incoming.complete = true;
		listener(incoming, new CollectedResponse(incoming, resolve));
	});
}

/** A request that no socket feeds. */
class FedRequest extends IncomingMessage {
	readonly #fail: (error: unknown) => void;

	constructor(fail: (error: unknown) => void) {
		super(new Socket());
		this.#fail = fail;
	}

	/** Catches what a listener throws while it reads the body, on a later tick, where nothing else would. */
	override emit(...event: Parameters<IncomingMessage["emit"]>): boolean {
		try {
			return super.emit(...event);
		} catch (error) {
			this.#fail(error);
			return true;
		}
	}
}

/** A response that goes to no socket: it is collected, and passed on when it ends. */
class CollectedResponse extends ServerResponse {
	readonly #chunks: Buffer[] = [];
	readonly #ended: (response: TenantResponse) => void;

	constructor(request: IncomingMessage, ended: (response: TenantResponse) => void) {
		super(request);
		this.#ended = ended;
	}

	override writeHead(status: number, ...more: unknown[]): this {
		this.statusCode = status;
		const headers = more.find((one) => typeof one === "object" && one !== null);
		for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, value as string);
		return this;
	}

	override write(chunk: string | Uint8Array): boolean {
		this.#chunks.push(Buffer.from(chunk as string));
		return true;
	}

	override end(chunk?: unknown): this {
		if (typeof chunk === "string" || chunk instanceof Uint8Array) this.write(chunk);
		const headers: Record<string, string> = {};
		for (const [name, value] of Object.entries(this.getHeaders())) {
			if (value !== undefined && name !== "date" && name !== "connection") headers[name] = String(value);
		}
		this.#ended({ status: this.statusCode, headers, body: Buffer.concat(this.#chunks) });
		this.emit("finish");
		this.emit("close");
		return this;
	}
}
