import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A port in front of a server of this host, whose subclass forwards the connections. */
export abstract class FrontPort {
	protected readonly target: number;
	readonly #server = createServer({ allowHalfOpen: this.allowsHalfOpen }, (client) => this.connect(client));

	/** Opens a port that forwards to a port of this host. */
	static async open<T extends FrontPort>(this: new (target: number) => T, target: number): Promise<T> {
		const port = new this(target);
		port.#server.listen(0, "127.0.0.1");
		await once(port.#server, "listening");
		return port;
	}

	constructor(target: number) {
		this.target = target;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** Ends all connections, and accepts no more. */
	close(): void {
		this.endAll();
		this.#server.close();
	}

	/** Whether a client that ends its direction still receives. */
	protected get allowsHalfOpen(): boolean {
		return false;
	}

	protected abstract connect(client: Socket): void;
	protected abstract endAll(): void;
}
