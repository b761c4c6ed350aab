import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";

/** What a server of `node:http` calls for every request. */
export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Hands a request to a server's listener as if it had come through a socket, and waits for the answer. */
export function dispatch(
	listener: RequestListener,
	{ body, headers, method, url }: TenantRequest,
): Promise<TenantResponse> {
	const { "transfer-encoding": _chunked, expect: _expect, ...rest } = headers;
	const incoming = new IncomingMessage(new Socket());
	incoming.method = method;
	incoming.url = url;
	incoming.httpVersion = "1.1";
	Object.assign(incoming.headers, rest, { "content-length": String(body.length) });
	incoming.push(body);
	incoming.push(null);
	incoming.complete = true;
	return new Promise((resolve) => listener(incoming, new CollectedResponse(incoming, resolve)));
}

/** A response that nobody reads from a socket: it is collected, and given away when it ends. */
class CollectedResponse extends ServerResponse {
	readonly #chunks: Buffer[] = [];
	readonly #ended: (answer: TenantResponse) => void;

	constructor(request: IncomingMessage, ended: (answer: TenantResponse) => void) {
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
