// Compiled by `npm run check`, never run: the clients that the stores accept.
import { DynamoDB, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { createClient as createClient4, createCluster as createCluster4 } from "redis-4";
import {
	createClient as createClient5,
	createClientPool as createClientPool5,
	createCluster as createCluster5,
	createSentinel as createSentinel5,
} from "redis-5";
import { AppSession } from "../../src/index.ts";
import { DynamoDBStore, FileStore, RedisStore, type Store } from "../../src/stores.ts";

const cluster = { rootNodes: [] };
const sentinel = { name: "primary", sentinelRootNodes: [] };

const redisStores: readonly Store[] = [
	new RedisStore(createClient()),
	new RedisStore(createClient({ RESP: 3 })),
	new RedisStore(createClientPool()),
	new RedisStore(createCluster(cluster)),
	new RedisStore(createSentinel(sentinel)),
	new RedisStore(createClient5()),
	new RedisStore(createClientPool5()),
	new RedisStore(createCluster5(cluster)),
	new RedisStore(createSentinel5(sentinel)),
	new RedisStore(createClient4()),
	new RedisStore(createCluster4(cluster)),
	new RedisStore(new Redis(), { prefix: "a-program:" }),
	new RedisStore(new Cluster([])),
	new RedisStore(new Redis5()),
	new RedisStore(new Cluster5([])),
];

const dynamodb = new DynamoDBClient({});
const otherStores: readonly Store[] = [
	new FileStore(),
	new FileStore("a-folder"),
	new DynamoDBStore(dynamodb, "table"),
	new DynamoDBStore(new DynamoDB({}), "table"),
	new DynamoDBStore(DynamoDBDocumentClient.from(dynamodb), "table"),
	new DynamoDBStore(new AppSession().client(DynamoDBClient), "table"),
];

// @ts-expect-error: a client is required
new RedisStore();
// @ts-expect-error: a client of neither package
new RedisStore({ get: async () => "" });
// @ts-expect-error: a table is required
new DynamoDBStore(dynamodb);
// @ts-expect-error: the arguments are in the wrong order
new DynamoDBStore("table", dynamodb);

export type Checked = [typeof redisStores, typeof otherStores];
