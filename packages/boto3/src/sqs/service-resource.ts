import type { CreateQueueCommandInput, GetQueueUrlCommandInput, SQS } from "@aws-sdk/client-sqs";
import { ResourceMeta } from "../resource-meta.ts";
import { strict } from "../strict.ts";
import { Queue } from "./queue.ts";

/** SQS with queues and messages as objects: `session.resource("sqs")`. */
export class SQSResource {
	static {
		strict(SQSResource);
	}

	/** `client`: the client of SQS. */
	readonly meta: ResourceMeta<SQS>;

	/** @internal */
	constructor(client: SQS) {
		this.meta = new ResourceMeta(client);
	}

	/** Returns the queue with this URL. Sends nothing. */
	Queue(url: string): Queue {
		return new Queue(url, this.meta.client);
	}

	/** Returns the queue with this name. */
	async getQueueByName(params: GetQueueUrlCommandInput): Promise<Queue> {
		return this.Queue(String((await this.meta.client.getQueueUrl(params)).QueueUrl));
	}

	/** Creates a queue. */
	async createQueue(params: CreateQueueCommandInput): Promise<Queue> {
		return this.Queue(String((await this.meta.client.createQueue(params)).QueueUrl));
	}
}
