/**
 * Stores in which the processes of a fleet share one login.
 *
 * @module echostream-botocore/stores
 */

// Nothing here imports a module of the main entry: the build would put it into a file of its own, which every session would load.
export { DynamoDBStore, type DynamoDBStoreClient } from "./stores/dynamodb-store.ts";
export { FileStore } from "./stores/file-store.ts";
export { type IoRedisClient, type NodeRedisClient, RedisStore, type RedisStoreOptions } from "./stores/redis-store.ts";
export type { Store, StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./stores/store.ts";
