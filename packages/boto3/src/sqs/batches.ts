import { ClientError } from "../errors/client-error.ts";
import { Boto3Error } from "../errors/exceptions.ts";

/** An entry of a batch that SQS did not accept. */
export interface FailedEntry {
	/** ID of the entry. */
	readonly Id?: string | undefined;
	/** Code of the error. `NotSent` after a request that failed. */
	readonly Code?: string | undefined;
	/** Message of the error. */
	readonly Message?: string | undefined;
	/** Whether the entry is invalid. */
	readonly SenderFault?: boolean | undefined;
}

/** The result of a batch. */
interface BatchResult<Successful> {
	readonly Successful?: readonly Successful[] | undefined;
	readonly Failed?: readonly FailedEntry[] | undefined;
}

/**
 * SQS accepted only a part of a batch. The call can be repeated with the entries that failed. boto3 returns them in `Failed`
 * of the response instead, which programs forget to read.
 */
export class BatchError extends Boto3Error {
	/** Name of the class. */
	override readonly name = "BatchError";
	/** The results of all entries. */
	readonly response: { readonly Successful: readonly object[]; readonly Failed: readonly FailedEntry[] };

	/** @param operation - Name of the operation. */
	constructor(operation: string, response: BatchError["response"], options?: { readonly cause?: unknown }) {
		const { Failed, Successful } = response;
		const reasons = Failed.map(
			({ Id, Code, Message }) => `${Id} (${Code}${Message === undefined ? "" : `: ${Message}`})`,
		);
		super(
			`${operation} failed for ${Failed.length} of ${Failed.length + Successful.length} entries: ${reasons.join(", ")}. Send them again.`,
			options,
		);
		this.response = response;
	}
}

/** Maximum number of entries in a request. */
const BATCH = 10;

/**
 * Sends entries in requests of ten, one after the other.
 *
 * @throws {@link BatchError} if some entries failed, after all requests. After a request that failed as a whole, the entries
 * that are left are not sent.
 */
export async function inBatches<Entry extends { readonly Id?: string | undefined }, Successful extends object>(
	operation: string,
	entries: readonly Entry[],
	send: (entries: Entry[]) => Promise<BatchResult<Successful>>,
): Promise<{ Successful: Successful[] }> {
	const successful: Successful[] = [];
	const failed: FailedEntry[] = [];
	for (let start = 0; start < entries.length || start === 0; start += BATCH) {
		try {
			const { Failed = [], Successful = [] } = await send(entries.slice(start, start + BATCH));
			successful.push(...Successful);
			failed.push(...Failed);
		} catch (cause) {
			if (successful.length + failed.length === 0) throw cause;
			const error = cause instanceof ClientError ? cause.response.Error : { Code: "NotSent" };
			const left = entries
				.slice(start)
				.map(({ Id }, index) => ({ Id, ...(index < BATCH ? error : { Code: "NotSent" }) }));
			throw new BatchError(operation, { Successful: successful, Failed: [...failed, ...left] }, { cause });
		}
	}
	if (failed.length > 0) throw new BatchError(operation, { Successful: successful, Failed: failed });
	return { Successful: successful };
}
