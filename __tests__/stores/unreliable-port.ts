import { connect, type Socket } from "node:net";
import { FrontPort } from "./front-port.ts";

const DELAY_MS = 3_000;

/**
 * How a port treats connections.
 *
 * - `drop`: closes them at once.
 * - `delay`: forwards everything 3 s later.
 * - `halfClose`: forwards commands, and ends the direction of the responses.
 * - `blackHole`: accepts connections and forwards nothing. What was sent arrives afterwards, as TCP sends it again.
 */
export const FAULTS = ["drop", "delay", "halfClose", "blackHole"] as const;
export type Fault = (typeof FAULTS)[number];

/** A port in front of a server, with a network between them that fails as a test requires. */
export class UnreliablePort extends FrontPort {
	readonly #connections = new Set<{ readonly client: Socket; end(): void }>();
	#fault: Fault | undefined;
	#held: (() => void)[] = [];
	/** Number of chunks and connections that met a fault, by fault. */
	readonly met = new Map<Fault, number>();

	/** Begins a fault, and ends the one before. `undefined`: everything is forwarded. */
	fail(fault: Fault | undefined): void {
		this.#fault = fault;
		for (const forward of this.#held.splice(0)) forward();
		if (fault === "drop") for (const { end } of this.#connections) this.#meet(fault, end);
		if (fault === "halfClose") for (const { client } of this.#connections) this.#meet(fault, () => client.end());
	}

	protected override get allowsHalfOpen(): boolean {
		return true;
	}

	protected override endAll(): void {
		for (const { end } of this.#connections) end();
	}

	#meet(fault: Fault, act: () => void): void {
		this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
		act();
	}

	protected override connect(client: Socket): void {
		if (this.#fault === "drop") {
			this.#meet("drop", () => client.on("error", () => {}).destroy());
			return;
		}
		const server = connect(this.target, "127.0.0.1");
		const connection = {
			client,
			end: () => {
				client.destroy();
				server.destroy();
				this.#connections.delete(connection);
			},
		};
		this.#connections.add(connection);
		for (const socket of [client, server]) socket.on("error", connection.end).on("close", connection.end);
		client.on("data", (data) => this.#forward(server, data)).on("end", () => server.end());
		server.on("data", (data) => {
			if (this.#fault === "halfClose" && client.writable) this.#meet("halfClose", () => client.end());
			this.#forward(client, data);
		});
	}

	#forward(to: Socket, data: Buffer): void {
		const forward = () => {
			if (to.writable) to.write(data);
		};
		if (this.#fault === "blackHole") this.#meet("blackHole", () => this.#held.push(forward));
		else if (this.#fault === "delay") this.#meet("delay", () => void setTimeout(forward, DELAY_MS).unref());
		else forward();
	}
}
