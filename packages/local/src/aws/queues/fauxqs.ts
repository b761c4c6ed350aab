// The parts of fauxqs that the tenant uses: its queues and topics, without its web server, its S3 and its clients of AWS. The package
// exports none of them. The build copies them.

import type { IncomingHttpHeaders } from "node:http";
import { confirmSubscription } from "fauxqs/dist/sns/actions/confirmSubscription.js";
import { createTopic } from "fauxqs/dist/sns/actions/createTopic.js";
import { deleteTopic } from "fauxqs/dist/sns/actions/deleteTopic.js";
import { getSubscriptionAttributes } from "fauxqs/dist/sns/actions/getSubscriptionAttributes.js";
import { getTopicAttributes } from "fauxqs/dist/sns/actions/getTopicAttributes.js";
import { listSubscriptions, listSubscriptionsByTopic } from "fauxqs/dist/sns/actions/listSubscriptions.js";
import { listTopics } from "fauxqs/dist/sns/actions/listTopics.js";
import { publish, publishBatch } from "fauxqs/dist/sns/actions/publish.js";
import { setSubscriptionAttributes } from "fauxqs/dist/sns/actions/setSubscriptionAttributes.js";
import { setTopicAttributes } from "fauxqs/dist/sns/actions/setTopicAttributes.js";
import { subscribe } from "fauxqs/dist/sns/actions/subscribe.js";
import { listTagsForResource, tagResource, untagResource } from "fauxqs/dist/sns/actions/tagResource.js";
import { unsubscribe } from "fauxqs/dist/sns/actions/unsubscribe.js";
import { SnsRouter } from "fauxqs/dist/sns/snsRouter.js";
import { SnsStore } from "fauxqs/dist/sns/snsStore.js";
import { changeMessageVisibility } from "fauxqs/dist/sqs/actions/changeMessageVisibility.js";
import { changeMessageVisibilityBatch } from "fauxqs/dist/sqs/actions/changeMessageVisibilityBatch.js";
import { createQueue } from "fauxqs/dist/sqs/actions/createQueue.js";
import { deleteMessage } from "fauxqs/dist/sqs/actions/deleteMessage.js";
import { deleteMessageBatch } from "fauxqs/dist/sqs/actions/deleteMessageBatch.js";
import { deleteQueue } from "fauxqs/dist/sqs/actions/deleteQueue.js";
import { getQueueAttributes } from "fauxqs/dist/sqs/actions/getQueueAttributes.js";
import { getQueueUrl } from "fauxqs/dist/sqs/actions/getQueueUrl.js";
import { listQueues } from "fauxqs/dist/sqs/actions/listQueues.js";
import { listQueueTags } from "fauxqs/dist/sqs/actions/listQueueTags.js";
import { purgeQueue } from "fauxqs/dist/sqs/actions/purgeQueue.js";
import { receiveMessage } from "fauxqs/dist/sqs/actions/receiveMessage.js";
import { sendMessage } from "fauxqs/dist/sqs/actions/sendMessage.js";
import { sendMessageBatch } from "fauxqs/dist/sqs/actions/sendMessageBatch.js";
import { setQueueAttributes } from "fauxqs/dist/sqs/actions/setQueueAttributes.js";
import { tagQueue } from "fauxqs/dist/sqs/actions/tagQueue.js";
import { untagQueue } from "fauxqs/dist/sqs/actions/untagQueue.js";
import { SqsRouter } from "fauxqs/dist/sqs/sqsRouter.js";
import { SqsStore } from "fauxqs/dist/sqs/sqsStore.js";

/** The parts of a request and of a response that a handler of fauxqs uses. */
export interface RoutedRequest {
	readonly headers: IncomingHttpHeaders;
	readonly body: unknown;
}
export interface RoutedReply {
	status(code: number): unknown;
	header(name: string, value: string): unknown;
}

/** Handles a request. Returns the body: JSON for SQS, XML for SNS. */
export type Route = (request: RoutedRequest, reply: RoutedReply) => Promise<unknown>;

const SQS_ACTIONS = {
	ChangeMessageVisibility: changeMessageVisibility,
	ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
	CreateQueue: createQueue,
	DeleteMessage: deleteMessage,
	DeleteMessageBatch: deleteMessageBatch,
	DeleteQueue: deleteQueue,
	GetQueueAttributes: getQueueAttributes,
	GetQueueUrl: getQueueUrl,
	ListQueues: listQueues,
	ListQueueTags: listQueueTags,
	PurgeQueue: purgeQueue,
	ReceiveMessage: receiveMessage,
	SendMessage: sendMessage,
	SendMessageBatch: sendMessageBatch,
	SetQueueAttributes: setQueueAttributes,
	TagQueue: tagQueue,
	UntagQueue: untagQueue,
};

const SNS_ACTIONS = {
	ConfirmSubscription: confirmSubscription,
	CreateTopic: createTopic,
	DeleteTopic: deleteTopic,
	GetSubscriptionAttributes: getSubscriptionAttributes,
	GetTopicAttributes: getTopicAttributes,
	ListSubscriptions: listSubscriptions,
	ListSubscriptionsByTopic: listSubscriptionsByTopic,
	ListTagsForResource: listTagsForResource,
	ListTopics: listTopics,
	Publish: publish,
	PublishBatch: publishBatch,
	SetSubscriptionAttributes: setSubscriptionAttributes,
	SetTopicAttributes: setTopicAttributes,
	Subscribe: subscribe,
	TagResource: tagResource,
	Unsubscribe: unsubscribe,
	UntagResource: untagResource,
};

/** Creates queues and topics, and what handles requests for them. */
export function createFauxqs(region: string): {
	readonly queues: SqsStore;
	readonly topics: SnsStore;
	readonly sqs: Route;
	readonly sns: Route;
} {
	const queues = new SqsStore();
	const topics = new SnsStore();
	Object.assign(queues, { region });
	Object.assign(topics, { region });
	const sqs = new SqsRouter(queues);
	const sns = new SnsRouter(topics, queues);
	for (const [name, action] of Object.entries(SQS_ACTIONS)) sqs.register(name, action);
	for (const [name, action] of Object.entries(SNS_ACTIONS)) sns.register(name, action);
	return {
		queues,
		topics,
		sqs: async (request, reply) => sqs.handle(request as never, reply as never),
		sns: async (request, reply) => sns.handle(request as never, reply as never),
	};
}
