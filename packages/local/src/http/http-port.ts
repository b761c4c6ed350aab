import { randomUUID } from "node:crypto";
import { once, setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { isAllowedHost } from "./allowed-hosts.ts";
import {
	type Caller,
	jsonResponse,
	MAX_BODY_BYTES,
	readBody,
	requestOf,
	type ServiceOperation,
	type TenantRequest,
	type TenantResponse,
} from "./exchange.ts";
import { type Fault, type FaultEffect, Faults } from "./faults.ts";
import { operationOf } from "./operation-of.ts";
import { RequestLog } from "./request-log.ts";
import { responseError } from "./response-error.ts";
import { errorResponse, type ServiceError } from "./service-error.ts";

/**
 * Time for which an idle connection is kept, longer than AWS's clients use one again. With Node's 5 s, a request of a busy
 * process can meet a connection that is being closed, and fail.
 */
const KEEP_ALIVE_MS = 75_000;

/** Time that requests have to end when the port closes. */
const MAX_CLOSING_MS = 5000;

/** Time after which a port that another process has taken is tried again. */
const REOPEN_MS = 100;

/** What the port serves, and to which callers. */
export interface HttpPortOptions {
	/** Address that the port listens on. */
	readonly host: string;
	readonly port: number;
	readonly requestDelayMs: number;
	/** Origins of the pages that may call. `*` allows all. */
	readonly allowedOrigins: readonly string[];
	/** Host names by which the port may be called, beside those of the loopback interface. */
	readonly allowedHosts: readonly string[];
	now(): number;
	handle(request: TenantRequest, operation: ServiceOperation, caller: Caller): Promise<TenantResponse>;
	/** Handles requests that are for no service. They meet no fault, and are not logged. Returns false for all others. */
	handleOwn(request: TenantRequest, outgoing: ServerResponse): boolean;
}

/** The tenant's port: keeps the request log, and injects faults. */
export class HttpPort {
	readonly requestLog = new RequestLog();
	readonly faults: Faults;
	readonly #options: HttpPortOptions;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	readonly #stopping = new AbortController();
	/** The responses of requests that have arrived and met no fault. */
	readonly #unfinished = new Set<ServerResponse>();
	#port = 0;

	constructor(options: HttpPortOptions) {
		this.#options = options;
		// Any number of requests may wait at once, and each listens for the end.
		setMaxListeners(0, this.#stopping.signal);
		this.faults = new Faults((open) => this.#setOpen(open));
		this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
			void this.#exchange(incoming, outgoing, readBody(incoming));
		});
		this.#server.on("checkContinue", (incoming: IncomingMessage, outgoing: ServerResponse) => {
			const isTooLarge = Number(incoming.headers["content-length"] ?? 0) > MAX_BODY_BYTES;
			if (isTooLarge) outgoing.setHeader("connection", "close");
			else outgoing.writeContinue();
			void this.#exchange(incoming, outgoing, isTooLarge ? Promise.resolve(undefined) : readBody(incoming));
		});
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
			this.#server.listen(this.#options.port, this.#options.host, () => {
				this.#server.off("error", reject);
				resolve();
			});
		});
		this.#port = (this.#server.address() as AddressInfo).port;
	}

	/**
	 * Closes the port and every connection. Requests that have arrived get their response first. Those that are incomplete, met a fault or take more than
	 * 5 seconds do not.
	 */
	async close(): Promise<void> {
		this.#stopping.abort();
		const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
		const unfinished = [...this.#unfinished];
		const busy = new Set(unfinished.map(({ socket }) => socket));
		for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroy();
		await Promise.race([
			Promise.all(unfinished.map((response) => new Promise((resolve) => response.once("close", resolve)))),
			wait(MAX_CLOSING_MS, undefined, { ref: false }),
		]);
		for (const socket of this.#sockets) socket.destroy();
		await closed;
	}

	#setOpen(open: boolean): void {
		if (this.#stopping.signal.aborted) return;
		if (open) {
			if (!this.#server.listening) this.#reopen();
			return;
		}
		this.#server.close();
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	/** Opens the port again, as soon as no other process has it. */
	#reopen(): void {
		once(this.#server.listen(this.#port, this.#options.host), "listening").catch(() => {
			setTimeout(() => this.#setOpen(this.faults.isPortOpen()), REOPEN_MS).unref();
		});
	}

	async #exchange(incoming: IncomingMessage, outgoing: ServerResponse, reading: Promise<Buffer | undefined>) {
		try {
			const body = await reading;
			const request = requestOf(incoming, body ?? Buffer.alloc(0));
			const error = this.#errorBefore(request, body === undefined);
			if (error === undefined && this.#options.handleOwn(request, outgoing)) return;
			if (request.method === "OPTIONS" && error === undefined && this.#mayRead(request)) {
				return this.#preflight(request, outgoing);
			}
			await this.#respond(request, error, outgoing);
		} catch {
			// The client has gone, or the port is closing: nobody waits for a response.
			outgoing.destroy();
		}
	}

	async #respond(request: TenantRequest, error: ServiceError | undefined, outgoing: ServerResponse): Promise<void> {
		const operation = operationOf(request);
		const entry = this.requestLog.enter(this.#options.now(), operation);
		const fault = error === undefined ? this.faults.meet(operation) : undefined;
		if (fault === undefined) this.#unfinished.add(outgoing);
		else entry.fault = faultName(fault);
		outgoing.once("close", () => this.#unfinished.delete(outgoing));
		if (this.#options.requestDelayMs > 0) await wait(this.#options.requestDelayMs);
		if (fault !== undefined && "delayMs" in fault) await this.#wait(fault.delayMs);
		if (fault !== undefined && ("hang" in fault || isDrop(fault, "before"))) {
			this.requestLog.finish(entry);
			return "hang" in fault ? undefined : breakOff(outgoing);
		}
		const response =
			fault !== undefined && "status" in fault
				? plannedResponse(fault)
				: await this.#handle(request, error, operation, entry);
		if (!isDrop(fault, "after")) entry.status = response.status;
		const failure = responseError(response);
		if (failure !== undefined) entry.error = failure;
		this.requestLog.finish(entry);
		if (isDrop(fault, "after")) return breakOff(outgoing);
		await this.#write(fault === undefined ? response : spoil(response, fault), request, outgoing, fault);
	}

	/** The error of a request that no service receives. */
	#errorBefore({ headers }: TenantRequest, isTooLarge: boolean): ServiceError | undefined {
		if (!isAllowedHost(headers.host, this.#options.allowedHosts)) return UNKNOWN_HOST(headers.host);
		return isTooLarge ? TOO_LARGE : undefined;
	}

	async #handle(
		request: TenantRequest,
		error: ServiceError | undefined,
		operation: ServiceOperation,
		caller: Caller,
	): Promise<TenantResponse> {
		if (error !== undefined) return errorResponse(error, operation.service, request);
		try {
			return await this.#options.handle(request, operation, caller);
		} catch (failure) {
			const message = failure instanceof Error ? failure.message : String(failure);
			return errorResponse({ ...FAILURE, message: `The local tenant failed: ${message}` }, operation.service, request);
		}
	}

	/** Whether the page that sent a request may read the response. */
	#mayRead({ headers: { origin } }: TenantRequest): boolean {
		const { allowedOrigins } = this.#options;
		return origin !== undefined && (allowedOrigins.includes(origin) || allowedOrigins.includes("*"));
	}

	async #write(response: TenantResponse, request: TenantRequest, outgoing: ServerResponse, fault: Fault | undefined) {
		const skewMs = fault !== undefined && "dateSkewMs" in fault ? fault.dateSkewMs : 0;
		const body = Buffer.from(response.body as string);
		outgoing.statusCode = response.status;
		outgoing.setHeader("x-amzn-requestid", randomUUID());
		if (this.#stopping.signal.aborted) outgoing.setHeader("connection", "close");
		for (const [name, value] of Object.entries(response.headers)) outgoing.setHeader(name, value);
		if (request.method !== "HEAD") outgoing.setHeader("content-length", body.length);
		outgoing.setHeader("date", new Date(this.#options.now() + skewMs).toUTCString());
		if (this.#mayRead(request)) {
			outgoing.setHeader("access-control-allow-origin", request.headers.origin ?? "");
			outgoing.setHeader("vary", "origin");
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
			"access-control-allow-origin": headers.origin,
			vary: "origin, access-control-request-headers",
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

const TOO_LARGE: ServiceError = {
	names: { json: "RequestEntityTooLargeException", query: "RequestEntityTooLarge", s3: "EntityTooLarge" },
	message: `The request body is larger than ${MAX_BODY_BYTES} bytes, the maximum of the local tenant.`,
	status: 413,
};

const FAILURE = {
	names: { json: "InternalFailure", query: "InternalFailure", s3: "InternalError" },
	status: 500,
};

const UNKNOWN_HOST = (host: string | undefined): ServiceError => ({
	names: { json: "AccessDeniedException", query: "AccessDenied", s3: "AccessDenied" },
	message: `The local tenant denied a request with the Host header ${host}: it is not a name of this machine. If it is one of yours, add it to allowedHosts of LocalTenant.start.`,
	status: 403,
});

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
	const response = jsonResponse(status, body ?? {}, { ...headers });
	return body === undefined ? { ...response, body: "" } : response;
}

function spoil(response: TenantResponse, fault: Fault): TenantResponse {
	if (!("corrupt" in fault)) return response;
	const body = Buffer.from(response.body as string).toString();
	switch (fault.corrupt) {
		case "html":
			return {
				...response,
				headers: { "content-type": "text/html" },
				body: "<html><body>Sign in to Wi-Fi</body></html>",
			};
		case "truncated":
			return { ...response, body: body.slice(0, body.length >> 1) };
		case "empty":
			return { ...response, body: "" };
		case "null":
			return { ...response, body: "null" };
		default:
			return { ...response, body: fault.corrupt(body) };
	}
}
