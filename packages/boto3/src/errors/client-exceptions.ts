import { isProbed, missingMember } from "../strict.ts";
import { ClientError } from "./client-error.ts";

/** Names that TypeScript knows to have a class, also where `noUncheckedIndexedAccess` is on. */
export type KnownException =
	| "BatchEntryIdsNotDistinct"
	| "BatchRequestTooLong"
	| "BucketAlreadyExists"
	| "BucketAlreadyOwnedByYou"
	| "ClientError"
	| "ConditionalCheckFailedException"
	| "EmptyBatchRequest"
	| "InvalidMessageContents"
	| "InvalidObjectState"
	| "ItemCollectionSizeLimitExceededException"
	| "LimitExceededException"
	| "MessageNotInflight"
	| "NoSuchBucket"
	| "NoSuchKey"
	| "NoSuchUpload"
	| "NotFound"
	| "OverLimit"
	| "ProvisionedThroughputExceededException"
	| "PurgeQueueInProgress"
	| "QueueDeletedRecently"
	| "QueueDoesNotExist"
	| "QueueNameExists"
	| "ReceiptHandleIsInvalid"
	| "RequestLimitExceeded"
	| "ResourceInUseException"
	| "ResourceNotFoundException"
	| "ThrottlingException"
	| "TooManyEntriesInBatchRequest"
	| "TransactionCanceledException"
	| "TransactionConflictException"
	| "TransactionInProgressException"
	| "UnsupportedOperation";

/** The error classes of a service. */
export type Exceptions = Readonly<Record<KnownException, typeof ClientError> & Record<string, typeof ClientError>>;

const INSTEAD = { fromCode: "error.response.Error.Code === code of a ClientError" };

/** A class for each name, to which the errors of that name belong. */
export const exceptions: Exceptions = new Proxy<Record<string, typeof ClientError> & Exceptions>(
	{ ClientError } as Record<string, typeof ClientError> & Exceptions,
	{
		get(target, name) {
			if (typeof name === "symbol" || name in target || isProbed(name)) return Reflect.get(target, name);
			if (!/^[A-Z]\w*$/.test(name)) throw missingMember("client.exceptions", name, INSTEAD);
			target[name] ??= class extends ClientError {
				static override [Symbol.hasInstance](value: unknown): boolean {
					return value instanceof ClientError && (value.name === name || value.response.Error.Code === name);
				}
			};
			return target[name];
		},
	},
);
