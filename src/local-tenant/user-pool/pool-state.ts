import type { ConfirmationCodes } from "./confirmation-codes.ts";
import type { ExpiringStore } from "./expiring-store.ts";
import type { OperationInput } from "./operation-input.ts";
import type { Outbox } from "./outbox.ts";
import type { RandomValues } from "./random-values.ts";
import type { RefreshGrants } from "./refresh-grants.ts";
import type { PendingChallenge, PendingProof } from "./sign-in-attempt.ts";
import type { SrpServer } from "./srp-server.ts";
import type { TokenIssuer } from "./token-issuer.ts";
import type { UserDirectory } from "./user-directory.ts";
import type { UserPoolSettings } from "./user-pool-options.ts";

/** All that a user pool knows; its operations work on it. */
export interface PoolState {
	readonly settings: UserPoolSettings;
	/** The part of the pool's id after the `_`. */
	readonly poolName: string;
	now(): number;
	readonly random: RandomValues;
	readonly srp: SrpServer;
	readonly users: UserDirectory;
	readonly tokens: TokenIssuer;
	readonly grants: RefreshGrants;
	/** By `Session`. */
	readonly challenges: ExpiringStore<PendingChallenge>;
	/** By `SECRET_BLOCK`. */
	readonly proofs: ExpiringStore<PendingProof>;
	readonly outbox: Outbox;
	readonly codes: ConfirmationCodes;
}

/** One operation of Cognito's API: answers with its output, or throws a refusal. */
export type Operation = (
	pool: PoolState,
	input: OperationInput,
) => Promise<Record<string, unknown>> | Record<string, unknown>;
