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
import { checkOptions } from "../options.ts";
import { ResourceMeta } from "../resource-meta.ts";
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

	/** `client`: the client of SQS. */
	get meta(): ResourceMeta<SQS> {
		return new ResourceMeta(this.#client);
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
	async sendMessages(params: { readonly Entries: readonly SendMessageBatchRequestEntry[] }): Promise<{
		Successful: SendMessageBatchResultEntry[];
	}> {
		checkOptions("sendMessages()", params, ["Entries"]);
		const send = (some: SendMessageBatchRequestEntry[]) =>
			this.#client.sendMessageBatch({ QueueUrl: this.url, Entries: some });
		return inBatches("SendMessageBatch", params.Entries, send);
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
	async deleteMessages(params: { readonly Entries: readonly DeleteMessageBatchRequestEntry[] }): Promise<{
		Successful: DeleteMessageBatchResultEntry[];
	}> {
		checkOptions("deleteMessages()", params, ["Entries"]);
		const send = (some: DeleteMessageBatchRequestEntry[]) =>
			this.#client.deleteMessageBatch({ QueueUrl: this.url, Entries: some });
		return inBatches("DeleteMessageBatch", params.Entries, send);
	}

	/**
	 * Changes how long other receivers do not see these messages, ten in a request.
	 *
	 * @throws {@link BatchError} if that failed for some of them.
	 */
	async changeMessageVisibilityBatch(params: {
		readonly Entries: readonly ChangeMessageVisibilityBatchRequestEntry[];
	}): Promise<{ Successful: ChangeMessageVisibilityBatchResultEntry[] }> {
		checkOptions("changeMessageVisibilityBatch()", params, ["Entries"]);
		const send = (some: ChangeMessageVisibilityBatchRequestEntry[]) =>
			this.#client.changeMessageVisibilityBatch({ QueueUrl: this.url, Entries: some });
		return inBatches("ChangeMessageVisibilityBatch", params.Entries, send);
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
