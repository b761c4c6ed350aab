import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isInstalled } from "../support/installed.ts";
import { FrontPort } from "./front-port.ts";

/** The programs that may be installed. */
export const PROGRAMS = ["redis-server", "valkey-server"] as const;

/** A server that the tests can start. */
export type RedisProgram = (typeof PROGRAMS)[number];

/** The servers in `PATH`. */
export const installed: readonly RedisProgram[] = PROGRAMS.filter(isInstalled);

/** A Redis or Valkey server on the loopback interface that keeps everything in memory. */
export class RedisServer {
	readonly port: number;
	readonly #program: RedisProgram;
	readonly #options: readonly string[];
	/** Where a node of a cluster keeps its configuration. */
	readonly #folder = mkdtempSync(join(tmpdir(), "redis-"));
	#child: ChildProcess | undefined;

	/** Starts a server. `isCluster` makes it the only node of a cluster. */
	static async start(program: RedisProgram, { isCluster = false } = {}): Promise<RedisServer> {
		const options = isCluster ? ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"] : [];
		const server = new RedisServer(program, await freePort(isCluster), options);
		await server.restart();
		if (isCluster) {
			await server.send("CLUSTER ADDSLOTSRANGE 0 16383");
			while (!(await server.send("CLUSTER INFO")).includes("cluster_state:ok")) await pause(20);
		}
		return server;
	}

	private constructor(program: RedisProgram, port: number, options: readonly string[]) {
		this.#program = program;
		this.port = port;
		this.#options = options;
	}

	/** Starts the server again, empty. */
	async restart(): Promise<void> {
		const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
		const child = spawn(this.#program, [...own, ...this.#options], { cwd: this.#folder, stdio: "ignore" });
		this.#child = child;
		while ((await this.send("PING").catch(() => "")) === "") {
			if (child.exitCode !== null) throw new Error(`${this.#program} ended with the code ${child.exitCode}`);
			await pause(20);
		}
	}

	/** Kills the server. */
	async stop(): Promise<void> {
		const child = this.#child;
		if (child === undefined) return;
		this.#child = undefined;
		child.kill("SIGKILL");
		await once(child, "exit");
	}

	/** Kills the server, and removes its folder. */
	async close(): Promise<void> {
		await this.stop();
		rmSync(this.#folder, { recursive: true });
	}

	/** Makes the server accept connections without any response. */
	freeze(): void {
		this.#child?.kill("SIGSTOP");
	}

	/** Ends {@link freeze}. */
	thaw(): void {
		this.#child?.kill("SIGCONT");
	}

	/** Sends a command over a connection of its own. Returns the beginning of the response. */
	async send(command: string): Promise<string> {
		const socket = connect(this.port, "127.0.0.1");
		try {
			await once(socket, "connect");
			socket.write(`${command}\r\n`);
			const [data] = await once(socket, "data");
			return String(data);
		} finally {
			socket.destroy();
		}
	}
}

/** A port in front of a server that can lose a response. */
export class LossyPort extends FrontPort {
	readonly #sockets = new Set<Socket>();
	#losesNext: string | undefined;
	/** Number of responses that were lost. */
	lost = 0;

	/** Forwards the next command that contains a text, and breaks the connection in place of the response. */
	loseResponse(text: string): void {
		this.#losesNext = text;
	}

	protected override endAll(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	protected override connect(client: Socket): void {
		const server = connect(this.target, "127.0.0.1");
		let isLosing = false;
		const end = () => [client, server].map((socket) => socket.destroy());
		for (const socket of [client, server]) {
			this.#sockets.add(socket);
			socket.on("error", end).on("close", end);
		}
		client.on("data", (data) => {
			if (this.#losesNext !== undefined && data.includes(this.#losesNext)) {
				this.#losesNext = undefined;
				isLosing = true;
			}
			server.write(data);
		});
		server.on("data", (data) => {
			if (!isLosing) return client.write(data);
			this.lost++;
			return end();
		});
	}
}

/** A free port. The bus of a cluster uses the port above it by 10,000. */
async function freePort(isCluster: boolean): Promise<number> {
	for (;;) {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		server.close();
		await once(server, "close");
		if (!isCluster || port <= 55_000) return port;
	}
}
