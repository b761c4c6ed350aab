import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import {
	type Caller,
	jsonResponse,
	type Operation,
	readRequest,
	type TenantRequest,
	type TenantResponse,
} from "./exchange.ts";
import { type Fault, type FaultEffect, Faults } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { operationOf } from "./operation-of.ts";

/** What stands behind the port. */
export interface HttpPortOptions {
	readonly port: number;
	readonly requestDelayMs: number;
	/** Whether browsers may call. */
	readonly cors: boolean;
	now(): number;
	handle(request: TenantRequest, asked: Operation, caller: Caller): Promise<TenantResponse>;
}

/** The tenant's one port, on the loopback interface: keeps the ledger, and lets faults happen. */
export class HttpPort {
	readonly ledger = new Ledger();
	readonly faults: Faults;
	readonly #options: HttpPortOptions;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	readonly #stopping = new AbortController();
	#port = 0;

	constructor(options: HttpPortOptions) {
		this.#options = options;
		// Any number of requests may be held up at once, and each waits for the end.
		setMaxListeners(0, this.#stopping.signal);
		this.faults = new Faults((open) => this.#setOpen(open));
		this.#server = createServer((incoming, outgoing) => void this.#exchange(incoming, outgoing));
		this.#server.on("connection", (socket) => {
			this.#sockets.add(socket);
			socket.once("close", () => this.#sockets.delete(socket));
		});
	}

	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	async open(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(this.#options.port, "127.0.0.1", () => {
				this.#server.off("error", reject);
				resolve();
			});
		});
		this.#port = (this.#server.address() as AddressInfo).port;
	}

	/** Closes the port and every connection, also those that hang. */
	async close(): Promise<void> {
		this.#stopping.abort();
		const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
		for (const socket of this.#sockets) socket.destroy();
		await closed;
	}

	#setOpen(open: boolean): void {
		if (this.#stopping.signal.aborted) return;
		if (open) {
			this.#server.listen(this.#port, "127.0.0.1");
			return;
		}
		this.#server.close();
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	async #exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
		try {
			const request = await readRequest(incoming);
			if (request.method === "OPTIONS" && this.#options.cors) return this.#preflight(request, outgoing);
			await this.#answer(request, outgoing);
		} catch {
			// The client has gone, or the port is closing: there is nobody to answer to.
			outgoing.destroy();
		}
	}

	async #answer(request: TenantRequest, outgoing: ServerResponse): Promise<void> {
		const asked = operationOf(request);
		const entry = this.ledger.enter(this.#options.now(), asked);
		const fault = this.faults.meet(asked);
		if (fault !== undefined) entry.fault = faultName(fault);
		await this.#wait(this.#options.requestDelayMs + (fault !== undefined && "delayMs" in fault ? fault.delayMs : 0));
		if (fault !== undefined && "hang" in fault) return;
		if (isDrop(fault, "before")) return breakOff(outgoing);
		const answer =
			fault !== undefined && "status" in fault ? plannedResponse(fault) : await this.#handle(request, asked, entry);
		if (isDrop(fault, "after")) return breakOff(outgoing);
		entry.status = answer.status;
		await this.#write(fault === undefined ? answer : spoil(answer, fault), request, outgoing, fault);
	}

	async #handle(request: TenantRequest, asked: Operation, caller: Caller): Promise<TenantResponse> {
		try {
			return await this.#options.handle(request, asked, caller);
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			return jsonResponse(500, { __type: "InternalFailure", message: `The local tenant failed: ${message}` });
		}
	}

	async #write(answer: TenantResponse, request: TenantRequest, outgoing: ServerResponse, fault: Fault | undefined) {
		const skewMs = fault !== undefined && "dateSkewMs" in fault ? fault.dateSkewMs : 0;
		const body = Buffer.from(answer.body as string);
		outgoing.statusCode = answer.status;
		outgoing.setHeader("x-amzn-requestid", randomUUID());
		for (const [name, value] of Object.entries(answer.headers)) outgoing.setHeader(name, value);
		if (request.method !== "HEAD") outgoing.setHeader("content-length", body.length);
		outgoing.setHeader("date", new Date(this.#options.now() + skewMs).toUTCString());
		if (this.#options.cors && request.headers.origin !== undefined) {
			outgoing.setHeader("access-control-allow-origin", "*");
			outgoing.setHeader("access-control-expose-headers", "*, date, x-amzn-requestid, x-amzn-errortype, etag");
		}
		if (isDrop(fault, "midway")) {
			outgoing.write(body.subarray(0, Math.max(1, body.length >> 1)), () => breakOff(outgoing));
			return;
		}
		if (fault !== undefined && "slowDripMs" in fault) {
			for (const byte of body) {
				if (outgoing.destroyed) return;
				outgoing.write(Uint8Array.of(byte));
				await this.#wait(fault.slowDripMs);
			}
			outgoing.end();
			return;
		}
		outgoing.end(body);
	}

	#preflight({ headers }: TenantRequest, outgoing: ServerResponse): void {
		outgoing.writeHead(204, {
			"access-control-allow-origin": "*",
			"access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE",
			"access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
			"access-control-max-age": "86400",
		});
		outgoing.end();
	}

	async #wait(ms: number): Promise<void> {
		if (ms > 0) await wait(ms, undefined, { signal: this.#stopping.signal });
	}
}

function isDrop(fault: Fault | undefined, moment: "before" | "after" | "midway"): boolean {
	return fault !== undefined && "drop" in fault && fault.drop === moment;
}

/** Resets the connection, as a process that died or a firewall does. */
function breakOff({ socket }: ServerResponse): void {
	socket?.resetAndDestroy();
}

function faultName(fault: Fault): string {
	if ("drop" in fault) return `drop ${fault.drop}`;
	const name = ["delayMs", "hang", "slowDripMs", "status", "corrupt", "dateSkewMs"].find((kind) => kind in fault);
	return name ?? "fault";
}

function plannedResponse({ body, headers, status }: Extract<FaultEffect, { readonly status: number }>): TenantResponse {
	if (typeof body === "string") return { status, headers: { "content-type": "text/plain", ...headers }, body };
	const answer = jsonResponse(status, body ?? {}, { ...headers });
	return body === undefined ? { ...answer, body: "" } : answer;
}

function spoil(answer: TenantResponse, fault: Fault): TenantResponse {
	if (!("corrupt" in fault)) return answer;
	const body = Buffer.from(answer.body as string).toString();
	switch (fault.corrupt) {
		case "html":
			return {
				...answer,
				headers: { "content-type": "text/html" },
				body: "<html><body>Sign in to Wi-Fi</body></html>",
			};
		case "truncated":
			return { ...answer, body: body.slice(0, body.length >> 1) };
		case "empty":
			return { ...answer, body: "" };
		case "null":
			return { ...answer, body: "null" };
		default:
			return { ...answer, body: fault.corrupt(body) };
	}
}
