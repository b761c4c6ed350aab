import type { RequestLogEntry } from "../http/request-log.ts";
import { read } from "./api.ts";

/** A user, as the control API has it. */
export interface UserState {
	readonly username: string;
	readonly status: string;
	readonly disabled: boolean;
	readonly mfa: readonly string[];
	readonly aliases: readonly string[];
	readonly app?: string;
	readonly role?: string;
}

/** A node of the network. */
export interface NodeState {
	readonly name: string;
	readonly app?: string;
	readonly type: string;
	readonly stopped: boolean;
}

/** An edge of the network. */
export interface EdgeState {
	readonly source: string;
	readonly target: string;
	readonly queue: string;
	readonly messageType: string;
}

/** The tenant, as the control API has it. */
export interface TenantState {
	readonly name: string;
	readonly region: string;
	readonly url: string;
	readonly active: boolean;
	readonly users: readonly UserState[];
	readonly apps: readonly {
		readonly name: string;
		readonly type: string;
		readonly username: string;
		readonly queue: string;
	}[];
	readonly nodes: readonly NodeState[];
	readonly edges: readonly EdgeState[];
}

/** A queue with the numbers of its messages. */
export interface QueueState {
	readonly name: string;
	readonly ready: number;
	readonly delayed: number;
	readonly received: number;
}

/** A request of the log. */
export type LoggedRequest = Omit<RequestLogEntry, "at"> & { readonly at: string };

const CLOCK_MS = 1000;
const STATE_MS = 3000;
/** How many requests are kept for the page. */
const MAX_REQUESTS = 1000;

/** The state of the tenant, renewed while the page is visible. Parts of the page listen to it. */
export class Model {
	state: TenantState | undefined;
	queues: readonly QueueState[] = [];
	clock: { readonly now: string; readonly isMovable: boolean } | undefined;
	/** Newest first. */
	requests: LoggedRequest[] = [];
	isConnected = false;
	readonly #listeners = new Set<() => void>();

	/** Calls `listener` now and after each change. Returns a function that ends this. */
	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		listener();
		return () => void this.#listeners.delete(listener);
	}

	start(): void {
		this.#repeat(STATE_MS, () => this.refresh());
		this.#repeat(CLOCK_MS, async () => {
			this.clock = await read("clock");
		});
		const stream = new EventSource("requests/stream?last=200");
		stream.addEventListener("open", () => {
			// The stream begins with the last requests, also when it was interrupted.
			this.requests = [];
			this.#setConnected(true);
		});
		stream.addEventListener("error", () => this.#setConnected(false));
		stream.addEventListener("request", ({ data }: MessageEvent<string>) => {
			this.requests.unshift(JSON.parse(data));
			this.requests.length = Math.min(this.requests.length, MAX_REQUESTS);
			this.#changed();
		});
	}

	/** Reads the state of the tenant and its queues now. */
	async refresh(): Promise<void> {
		const [state, { queues }] = await Promise.all([
			read<TenantState>("state"),
			read<{ queues: readonly QueueState[] }>("queues"),
		]);
		this.state = state;
		this.queues = queues;
		this.#changed();
	}

	/** Forgets the requests. */
	clearRequests(): void {
		this.requests = [];
		this.#changed();
	}

	#setConnected(isConnected: boolean): void {
		this.isConnected = isConnected;
		this.#changed();
	}

	#repeat(ms: number, act: () => Promise<void>): void {
		const run = async () => {
			if (document.visibilityState === "visible") {
				await act().then(
					() => this.#changed(),
					() => this.#setConnected(false),
				);
			}
			setTimeout(run, ms);
		};
		void run();
	}

	#changed(): void {
		for (const listener of this.#listeners) listener();
	}
}

/** A function that calls `draw` if what it depends on has changed since the last call. */
export function whenChanged<T>(dependencies: () => T, draw: (value: T) => void): () => void {
	let last: string | undefined;
	return () => {
		const value = dependencies();
		const now = JSON.stringify(value);
		if (now === last) return;
		last = now;
		draw(value);
	};
}
