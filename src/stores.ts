/**
 * Stores in which the processes of a fleet share one login.
 *
 * @module echostream-botocore/stores
 */

export { DynamoDBStore, type DynamoDBStoreClient } from "./stores/dynamodb-store.ts";
export { FileStore } from "./stores/file-store.ts";
export { type IoRedisClient, type NodeRedisClient, RedisStore, type RedisStoreOptions } from "./stores/redis-store.ts";
export { Store } from "./stores/store.ts";
export type { StoreEngine, StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./stores/store-engine.ts";
