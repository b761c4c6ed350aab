import type {
	ChangeMessageVisibilityBatchRequestEntry,
	ChangeMessageVisibilityBatchResultEntry,
	DeleteMessageBatchRequestEntry,
	DeleteMessageBatchResultEntry,
	ReceiveMessageCommandInput,
	SendMessageBatchRequestEntry,
	SendMessageBatchResultEntry,
	SendMessageCommandInput,
	SendMessageCommandOutput,
	SQS,
} from "@aws-sdk/client-sqs";
import { strict } from "../strict.ts";
import { inBatches } from "./batches.ts";
import { Message } from "./message.ts";

/** A queue of SQS: `session.resource("sqs").Queue(url)`. */
export class Queue {
	static {
		strict(Queue);
	}

	/** URL of the queue. */
	readonly url: string;
	readonly #client: SQS;

	/** `resource.Queue(url)` creates it. @internal */
	constructor(url: string, client: SQS) {
		this.url = url;
		this.#client = client;
	}

	/** Sends a message. */
	sendMessage(params: Omit<SendMessageCommandInput, "QueueUrl">): Promise<SendMessageCommandOutput> {
		return this.#client.sendMessage({ ...params, QueueUrl: this.url });
	}

	/**
	 * Sends any number of messages, ten in a request.
	 *
	 * @throws {@link BatchError} if some of them were not accepted.
	 */
	sendMessages({ Entries }: { readonly Entries: readonly SendMessageBatchRequestEntry[] }): Promise<{
		Successful: SendMessageBatchResultEntry[];
	}> {
		const send = (some: SendMessageBatchRequestEntry[]) =>
			this.#client.sendMessageBatch({ QueueUrl: this.url, Entries: some });
		return inBatches("SendMessageBatch", Entries, send);
	}

	/** Receives up to `MaxNumberOfMessages` messages. Default: 1. */
	async receiveMessages(params: Omit<ReceiveMessageCommandInput, "QueueUrl"> = {}): Promise<Message[]> {
		const { Messages = [] } = await this.#client.receiveMessage({ ...params, QueueUrl: this.url });
		return Messages.map((message) => new Message(this.#client, this.url, message));
	}

	/**
	 * Deletes any number of messages, ten in a request.
	 *
	 * @throws {@link BatchError} if some of them were not deleted.
	 */
	deleteMessages({ Entries }: { readonly Entries: readonly DeleteMessageBatchRequestEntry[] }): Promise<{
		Successful: DeleteMessageBatchResultEntry[];
	}> {
		const send = (some: DeleteMessageBatchRequestEntry[]) =>
			this.#client.deleteMessageBatch({ QueueUrl: this.url, Entries: some });
		return inBatches("DeleteMessageBatch", Entries, send);
	}

	/**
	 * Changes how long other receivers do not see these messages, ten in a request.
	 *
	 * @throws {@link BatchError} if that failed for some of them.
	 */
	changeMessageVisibilityBatch({
		Entries,
	}: {
		readonly Entries: readonly ChangeMessageVisibilityBatchRequestEntry[];
	}): Promise<{ Successful: ChangeMessageVisibilityBatchResultEntry[] }> {
		const send = (some: ChangeMessageVisibilityBatchRequestEntry[]) =>
			this.#client.changeMessageVisibilityBatch({ QueueUrl: this.url, Entries: some });
		return inBatches("ChangeMessageVisibilityBatch", Entries, send);
	}

	/** Deletes all messages of the queue. */
	async purge(): Promise<void> {
		await this.#client.purgeQueue({ QueueUrl: this.url });
	}

	/** Deletes the queue. */
	async delete(): Promise<void> {
		await this.#client.deleteQueue({ QueueUrl: this.url });
	}
}
