/**
 * Stores in which the processes of a fleet share one login.
 *
 * @module echostream-botocore/stores
 */

export type { Store, StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./stores/store.ts";
