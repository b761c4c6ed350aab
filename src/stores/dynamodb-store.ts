import { abortable } from "../platform/deadlines.ts";
import { checkedValue } from "./checked-value.ts";
import { ObservedLease } from "./observed-lease.ts";
import { Store } from "./store.ts";
import type { StoreEntry, StoreLease, StoreRequest, StoreWrite } from "./store-engine.ts";

/** The part of the AWS SDK's `DynamoDBClient` that a {@link DynamoDBStore} uses. */
export interface DynamoDBStoreClient {
	/** Sends a command. */
	send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** An item of the table. */
interface Item {
	readonly version?: { readonly S?: string };
	readonly value?: { readonly S?: string };
	readonly expires?: { readonly N?: string };
}

/**
 * A {@link Store} in a DynamoDB table, for processes on any number of hosts, and for AWS Lambda.
 *
 * - **Client.** The caller's own `DynamoDBClient`, with credentials that do not come from the session which uses the store: those of the
 *   instance, the container or the function. Its deadlines and retries apply, and the calls of a session end by the session's own deadline.
 *   The package `@aws-sdk/client-dynamodb` is loaded by the first call.
 * - **Table.** One partition key, the string `key`, and no sort key. Items have the strings `value`, up to 64 KiB, and `version`, and the
 *   number `expires`, seconds since 1970. There are two items per key: the entry `<key>`, and the lease `<key>#lease`.
 *   Enable TTL on `expires`, so that DynamoDB deletes expired items.
 * - **Rights.** `dynamodb:GetItem` and `dynamodb:PutItem` on the table.
 * - **Expiry.** In whole seconds, by the local clock of each process, so it may be off by the difference between two clocks. Content that must
 *   not be used after some time has its own expiry.
 * - **Lease.** Compares no clocks: see {@link DynamoDBStore.lease}.
 * - **Capacity.** A read costs one read unit per 4 KB, because it is consistent. A write costs one write unit per 1 KB. A contender for a lease
 *   reads one unit per call.
 *
 * In a global table, processes that share a login must use one region, because a condition is checked in one region only.
 *
 * @example The table
 * ```sh
 * aws dynamodb create-table --table-name echostream-logins --billing-mode PAY_PER_REQUEST \
 *   --attribute-definitions AttributeName=key,AttributeType=S --key-schema AttributeName=key,KeyType=HASH
 * aws dynamodb wait table-exists --table-name echostream-logins
 * aws dynamodb update-time-to-live --table-name echostream-logins \
 *   --time-to-live-specification Enabled=true,AttributeName=expires
 * ```
 *
 * @example The rights
 * ```json
 * {
 *   "Effect": "Allow",
 *   "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
 *   "Resource": "arn:aws:dynamodb:us-east-1:111122223333:table/echostream-logins"
 * }
 * ```
 *
 * @example The store
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { DynamoDBStore } from "echostream-botocore/stores";
 *
 * const store = new DynamoDBStore(new DynamoDBClient({}), "echostream-logins");
 * ```
 */
export class DynamoDBStore extends Store {
	readonly #client: DynamoDBStoreClient;
	readonly #tableName: string;
	readonly #lease = new ObservedLease(this);

	/**
	 * Sends nothing.
	 *
	 * @param client - A `DynamoDBClient` of the AWS SDK for JavaScript v3.
	 * @param tableName - Name or ARN of the table.
	 * @throws TypeError if the client has no `send` method, or the name is empty.
	 */
	constructor(client: DynamoDBStoreClient, tableName: string) {
		super();
		if (typeof client?.send !== "function") {
			throw new TypeError(
				"Cannot create a DynamoDBStore: the client is invalid. Pass a DynamoDBClient of the package @aws-sdk/client-dynamodb",
			);
		}
		if (typeof tableName !== "string" || tableName === "") {
			throw new TypeError("Cannot create a DynamoDBStore: the table name is missing. Pass the name of a table");
		}
		this.#client = client;
		this.#tableName = tableName;
	}

	/**
	 * Returns the entry under a key, by a consistent read. `undefined` if there is none, or if its time has passed.
	 *
	 * @throws The AWS SDK's own error if the request fails, such as `ResourceNotFoundException` or `AccessDeniedException`.
	 */
	async read(key: string, { signal }: StoreRequest): Promise<StoreEntry | undefined> {
		signal.throwIfAborted();
		const { GetItemCommand } = await abortable(import("@aws-sdk/client-dynamodb"), signal);
		const command = new GetItemCommand({
			TableName: this.#tableName,
			Key: { key: { S: key } },
			ConsistentRead: true,
		});
		const { Item } = (await this.#send(command, signal)) as { readonly Item?: Item };
		if (Item?.version?.S === undefined || Number(Item.expires?.N) <= Date.now() / 1_000) return undefined;
		return { value: Item.value?.S ?? "", version: Item.version.S };
	}

	/**
	 * Writes an entry if its version is unchanged.
	 *
	 * @throws The AWS SDK's own error if the request fails, such as `ProvisionedThroughputExceededException`.
	 * @throws TypeError if the value is longer than 64 KiB, or not printable ASCII.
	 */
	async write(key: string, value: string, { ifVersion, signal, ttlMs }: StoreWrite): Promise<string | undefined> {
		signal.throwIfAborted();
		const version = crypto.randomUUID();
		const expires = (Date.now() + ttlMs) / 1_000;
		const item = {
			key: { S: key },
			value: { S: checkedValue(value) },
			version: { S: version },
			expires: { N: String(Math.ceil(expires)) },
		};
		const [expected, values] =
			ifVersion === undefined
				? ["attribute_not_exists(version) OR expires <= :now", { ":now": { N: String(Date.now() / 1_000) } }]
				: ["version = :old", { ":old": { S: ifVersion } }];
		const { PutItemCommand } = await abortable(import("@aws-sdk/client-dynamodb"), signal);
		const command = new PutItemCommand({
			TableName: this.#tableName,
			Item: item,
			// A request that the SDK sends twice, because the first response was lost, finds its own version, and succeeds again.
			ConditionExpression: `version = :new OR ${expected}`,
			ExpressionAttributeValues: { ":new": { S: version }, ...values },
		});
		try {
			await this.#send(command, signal);
			return version;
		} catch (error) {
			if ((error as Error | undefined)?.name === "ConditionalCheckFailedException") return undefined;
			throw error;
		}
	}

	/**
	 * Takes the lease of a key for a holder, or extends it. The lease of a holder that died is free once another process has found it
	 * unchanged for its `ttlMs`, so that process must call this method repeatedly.
	 *
	 * @throws The AWS SDK's own error if a request fails.
	 */
	lease(key: string, holder: string, request: StoreLease): Promise<boolean> {
		return this.#lease.lease(key, holder, request);
	}

	/**
	 * Ends the lease of a key, if it is still the holder's.
	 *
	 * @throws The AWS SDK's own error if a request fails.
	 */
	release(key: string, holder: string, request: StoreRequest): Promise<void> {
		return this.#lease.release(key, holder, request);
	}

	#send(command: unknown, signal: AbortSignal): Promise<unknown> {
		return abortable(this.#client.send(command as never, { abortSignal: signal }), signal);
	}
}
