import { Cluster, Redis } from "ioredis";
import { Redis as Redis5 } from "ioredis-5";
import { createClient, createCluster } from "redis";
import { createClient as createClient4 } from "redis-4";
import { createClient as createClient5 } from "redis-5";
import type { IoRedisClient, NodeRedisClient } from "../../src/stores.ts";

/** A client of one of the packages, which is connected. */
export interface OpenedClient {
	readonly client: NodeRedisClient | IoRedisClient;
	close(): unknown;
}

/** Connects a client of a package to a port. */
export type OpenClient = (
	port: number,
	user?: { readonly username: string; readonly password: string },
) => Promise<OpenedClient>;

const socketOf = (port: number) => ({ host: "127.0.0.1", port });

// Without a listener, an error of the connection would end the process.
const ignore = () => {};

/** The clients that a `RedisStore` accepts, by package and version. */
export const CLIENTS = {
	async "redis 6"(port, user = { username: "default", password: "" }) {
		const { password, username } = user;
		const client = createClient({
			socket: socketOf(port),
			...(password === "" ? {} : { password, username }),
		});
		await client.on("error", ignore).connect();
		return { client, close: () => client.destroy() };
	},
	async "redis 5"(port) {
		const client = createClient5({ socket: socketOf(port) });
		await client.on("error", ignore).connect();
		return { client, close: () => client.destroy() };
	},
	async "redis 4"(port) {
		const client = createClient4({ socket: socketOf(port) });
		await client.on("error", ignore).connect();
		return { client, close: () => client.disconnect() };
	},
	async "ioredis 6"(port, user = { username: "default", password: "" }) {
		const client = new Redis({ ...socketOf(port), ...(user.password === "" ? {} : user) }).on("error", ignore);
		return { client, close: () => client.disconnect() };
	},
	async "ioredis 5"(port) {
		const client = new Redis5(socketOf(port)).on("error", ignore);
		return { client, close: () => client.disconnect() };
	},
} satisfies Record<string, OpenClient>;

/** The clients of a cluster. */
export const CLUSTER_CLIENTS = {
	async "redis 6"(port) {
		const client = createCluster({ rootNodes: [{ socket: socketOf(port) }] });
		await client.on("error", ignore).connect();
		return { client, close: () => client.destroy() };
	},
	async "ioredis 6"(port) {
		const client = new Cluster([socketOf(port)]).on("error", ignore);
		return { client, close: () => client.disconnect() };
	},
} satisfies Record<string, OpenClient>;
