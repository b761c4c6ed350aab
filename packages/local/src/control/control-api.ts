import type { ServerResponse } from "node:http";
import { AwsFailure } from "../aws/aws-failure.ts";
import type { Records } from "../data/records.ts";
import { jsonResponse, type TenantRequest, type TenantResponse } from "../http/exchange.ts";
import { parseObject } from "../json.ts";
import { InvalidValue } from "../shape.ts";
import { AWS_ROUTES } from "./aws-routes.ts";
import { CLOCK_ROUTES } from "./clock-routes.ts";
import { consoleFile } from "./console-files.ts";
import type { ControlledTenant, ControlledUsers, OwnedAws } from "./controlled-tenant.ts";
import { FAULT_ROUTES } from "./fault-routes.ts";
import { denialOf, isJson, isSigned } from "./own-request.ts";
import { REQUEST_ROUTES } from "./request-routes.ts";
import { streamRequests } from "./request-stream.ts";
import { ControlError, numberOf, type RouteContext, type RouteHandler, type Routes } from "./route.ts";
import { TENANT_ROUTES } from "./tenant-routes.ts";
import { USER_ROUTES } from "./user-routes.ts";

/** First segment of the control API's paths. No bucket can have this name. */
const ROOT = "/_control";
const MAX_REPLAYED = 1000;

const HANDLERS: Routes = {
	...TENANT_ROUTES,
	...USER_ROUTES,
	...FAULT_ROUTES,
	...CLOCK_ROUTES,
	...REQUEST_ROUTES,
	...AWS_ROUTES,
};

/** Every request of the API but the stream of requests, such as `GET /users`. */
export const ROUTE_NAMES: readonly string[] = Object.keys(HANDLERS);

const ROUTES = Object.entries<RouteHandler>(HANDLERS).map(([route, handler]) => {
	const [method = "", path = ""] = route.split(" ");
	return { method, segments: path.slice(1).split("/"), handler };
});

/** Headers of every response: it is for this caller, now, and for no other page. */
const HEADERS = {
	"cache-control": "no-store",
	"cross-origin-resource-policy": "same-origin",
	"x-content-type-options": "nosniff",
};

/** The control API and the console of a tenant, under `/_control/` of its port, and `/health`. */
export class ControlApi {
	readonly #context: RouteContext;
	readonly #records: Records;
	readonly #streams = new Set<() => void>();
	readonly #timers = new Set<NodeJS.Timeout>();
	#isClosed = false;

	constructor(tenant: ControlledTenant, users: ControlledUsers, aws: OwnedAws, records: Records) {
		this.#records = records;
		this.#context = { tenant, users, aws, later: (ms, act) => this.#later(ms, act) };
	}

	/** Handles a request for the control API, the console or `/health`. Returns false for all others. */
	handle(request: TenantRequest, outgoing: ServerResponse): boolean {
		if (isSigned(request)) return false;
		if (request.path === "/health") {
			write(outgoing, request, this.#health(request));
			return true;
		}
		if (request.path !== ROOT && !request.path.startsWith(`${ROOT}/`)) return false;
		const responding = this.#records.during(() => this.#respond(request, outgoing));
		void responding.then(
			(response) => response !== undefined && write(outgoing, request, response),
			() => outgoing.destroy(),
		);
		return true;
	}

	/** Ends the streams of requests, and forgets what was to be done later. */
	close(): void {
		this.#isClosed = true;
		for (const end of this.#streams) end();
		for (const timer of this.#timers) clearTimeout(timer);
	}

	#later(ms: number, act: () => void): void {
		if (this.#isClosed) return;
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			act();
		}, ms);
		this.#timers.add(timer);
	}

	#health({ method }: TenantRequest): TenantResponse {
		if (method !== "GET" && method !== "HEAD") return errorResponse(405, "Use GET", { allow: "GET, HEAD" });
		const { name, region } = this.#context.tenant;
		return jsonResponse(200, { status: "ready", name, region });
	}

	async #respond(request: TenantRequest, outgoing: ServerResponse): Promise<TenantResponse | undefined> {
		const denial = denialOf(request);
		if (denial !== undefined) return errorResponse(403, denial);
		if (request.path === ROOT) return { status: 308, headers: { location: `${ROOT}/` }, body: "" };
		const path = request.path.slice(ROOT.length + 1);
		try {
			if (request.method === "GET" || request.method === "HEAD") {
				const file = consoleFile(path);
				if (file !== undefined) return file;
			}
			if (path === "requests/stream" && request.method === "GET") return this.#stream(request, outgoing);
			return await this.#route(path, request, outgoing);
		} catch (error) {
			if (error instanceof ControlError) return errorResponse(error.status, error.message);
			if (error instanceof InvalidValue) return errorResponse(400, error.message);
			if (error instanceof AwsFailure) return errorResponse(isNotFound(error) ? 404 : 400, error.message);
			return errorResponse(500, `The local tenant failed: ${(error as Error).message}`);
		}
	}

	async #route(path: string, request: TenantRequest, outgoing: ServerResponse): Promise<TenantResponse> {
		const segments = path.split("/").map(decoded);
		const found = ROUTES.filter((route) => matches(route.segments, segments));
		if (found.length === 0) throw new ControlError(404, `There is nothing at ${ROOT}/${path}`);
		const route = found.find(({ method }) => method === request.method);
		if (route === undefined) {
			const allow = found.map(({ method }) => method).join(", ");
			return errorResponse(405, `The method is invalid: use ${allow}`, { allow });
		}
		const result = await route.handler(this.#context, {
			path: segments.filter((_, index) => route.segments[index]?.startsWith(":")),
			query: request.query,
			body: bodyOf(request),
			origin: `http://${request.headers.host}`,
			afterResponse(act) {
				outgoing.shouldKeepAlive = false;
				outgoing.socket?.once("close", act);
			},
		});
		return jsonResponse(200, result);
	}

	#stream({ query }: TenantRequest, outgoing: ServerResponse): undefined {
		for (const [name, value] of Object.entries(HEADERS)) outgoing.setHeader(name, value);
		const end = streamRequests(this.#context.tenant.requestLog, outgoing, numberOf(query, "last", 0, MAX_REPLAYED));
		this.#streams.add(end);
		outgoing.once("close", () => this.#streams.delete(end));
	}
}

function isNotFound({ type }: AwsFailure): boolean {
	return ["NoSuchBucket", "ResourceNotFoundException"].includes(type);
}

function matches(route: readonly string[], path: readonly string[]): boolean {
	return route.length === path.length && route.every((name, index) => name.startsWith(":") || name === path[index]);
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw new ControlError(400, "The path is not encoded correctly");
	}
}

function bodyOf(request: TenantRequest): Record<string, unknown> {
	if (request.method !== "POST" && request.method !== "PATCH") return {};
	if (!isJson(request)) throw new ControlError(415, "The body is not JSON: set content-type to application/json");
	const body = request.body.length === 0 ? {} : parseObject(request.body);
	if (body === undefined) throw new ControlError(400, "The body is not a JSON object");
	return body;
}

function errorResponse(status: number, message: string, headers: Record<string, string> = {}): TenantResponse {
	return jsonResponse(status, { error: message }, headers);
}

function write(outgoing: ServerResponse, { method }: TenantRequest, { body, headers, status }: TenantResponse): void {
	outgoing.writeHead(status, { ...HEADERS, ...headers, "content-length": Buffer.byteLength(body) });
	outgoing.end(method === "HEAD" ? undefined : body);
}
