import type { ControlledTenant, ControlledUsers, OwnedAws } from "./controlled-tenant.ts";

/** A request to the control API that was rejected. */
export class ControlError extends Error {
	/** HTTP status. */
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

/** The parts of the tenant that a route reads and changes. */
export interface RouteContext {
	readonly tenant: ControlledTenant;
	readonly aws: OwnedAws;
	readonly users: ControlledUsers;
	/** Calls `act` after this many milliseconds of real time, if the tenant still runs. */
	later(ms: number, act: () => void): void;
}

/** One request, for the route that it matches. */
export interface RouteInput {
	/** The variable parts of the path, decoded. */
	readonly path: readonly string[];
	readonly query: URLSearchParams;
	/** The JSON object of the body. Empty for requests without one. */
	readonly body: Readonly<Record<string, unknown>>;
	/** Address by which the caller reaches the tenant: `http://<host>:<port>`. */
	readonly origin: string;
	/** Calls `act` when the caller has the response, and its connection is closed. */
	afterResponse(act: () => void): void;
}

/** Returns the JSON value of the response. */
export type RouteHandler = (context: RouteContext, input: RouteInput) => unknown;

/** Routes of the control API, by method and path, such as `GET /users/:name`. */
export type Routes = Readonly<Record<`${"GET" | "POST" | "PATCH" | "DELETE"} /${string}`, RouteHandler>>;

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** The whole number of a query parameter, from 0 on. */
export function numberOf(
	query: URLSearchParams,
	name: string,
	fallback: number,
	most = Number.MAX_SAFE_INTEGER,
): number {
	const text = query.get(name);
	if (text === null) return fallback;
	if (!/^\d+$/.test(text) || Number(text) > most) {
		throw new ControlError(400, `The parameter ${name} is invalid: use a whole number from 0 to ${most}`);
	}
	return Number(text);
}

/** How many elements a page has at most: the query parameter `limit`, 100 by default. */
export function limitOf(query: URLSearchParams): number {
	return numberOf(query, "limit", DEFAULT_PAGE, MAX_PAGE);
}
