import type { SQS, Message as SqsMessage } from "@aws-sdk/client-sqs";
import { checkOptions } from "../options.ts";
import { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";

/** A message that was received from a queue. */
export class Message {
	static {
		strict(Message);
	}

	/** URL of the queue. */
	readonly queueUrl: string;
	/** Handle for the deletion of the message. */
	readonly receiptHandle: string;
	readonly #client: SQS;
	readonly #data: SqsMessage;

	/** `queue.receiveMessages()` creates it. @internal */
	constructor(client: SQS, queueUrl: string, data: SqsMessage) {
		this.#client = client;
		this.#data = data;
		this.queueUrl = queueUrl;
		this.receiptHandle = String(data.ReceiptHandle);
	}

	/** `client`: the client of SQS. */
	get meta(): ResourceMeta<SQS> {
		return new ResourceMeta(this.#client);
	}

	/** ID of the message. */
	get messageId(): string | undefined {
		return this.#data.MessageId;
	}

	/** Body of the message. */
	get body(): string | undefined {
		return this.#data.Body;
	}

	/** MD5 digest of the body. */
	get md5OfBody(): string | undefined {
		return this.#data.MD5OfBody;
	}

	/** Attributes of the queue's, if `MessageSystemAttributeNames` requested them. */
	get attributes(): SqsMessage["Attributes"] {
		return this.#data.Attributes;
	}

	/** Attributes of the sender's, if `MessageAttributeNames` requested them. */
	get messageAttributes(): SqsMessage["MessageAttributes"] {
		return this.#data.MessageAttributes;
	}

	/** Deletes the message from the queue. */
	async delete(): Promise<void> {
		await this.#client.deleteMessage({ QueueUrl: this.queueUrl, ReceiptHandle: this.receiptHandle });
	}

	/** Changes how long other receivers do not see the message, seconds from now on. */
	async changeVisibility(params: { readonly VisibilityTimeout: number }): Promise<void> {
		checkOptions("changeVisibility()", params, ["VisibilityTimeout"]);
		const { queueUrl: QueueUrl, receiptHandle: ReceiptHandle } = this;
		const { VisibilityTimeout } = params;
		await this.#client.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout });
	}
}
