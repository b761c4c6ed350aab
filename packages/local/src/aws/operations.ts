import { COGNITO_OPERATIONS } from "../user-pool/user-pool.ts";
import { DYNAMODB_OPERATIONS } from "./dynalite-emulator.ts";
import { LAMBDA_OPERATIONS } from "./lambda.ts";
import { S3_OPERATIONS } from "./s3/s3-emulator.ts";
import { STS_OPERATIONS } from "./sts.ts";

const SQS_OPERATIONS = [
	"ChangeMessageVisibility",
	"ChangeMessageVisibilityBatch",
	"CreateQueue",
	"DeleteMessage",
	"DeleteMessageBatch",
	"DeleteQueue",
	"GetQueueAttributes",
	"GetQueueUrl",
	"ListQueueTags",
	"ListQueues",
	"PurgeQueue",
	"ReceiveMessage",
	"SendMessage",
	"SendMessageBatch",
	"SetQueueAttributes",
	"TagQueue",
	"UntagQueue",
];

const SNS_OPERATIONS = [
	"ConfirmSubscription",
	"CreateTopic",
	"DeleteTopic",
	"GetSubscriptionAttributes",
	"GetTopicAttributes",
	"ListSubscriptions",
	"ListSubscriptionsByTopic",
	"ListTagsForResource",
	"ListTopics",
	"Publish",
	"PublishBatch",
	"SetSubscriptionAttributes",
	"SetTopicAttributes",
	"Subscribe",
	"TagResource",
	"Unsubscribe",
	"UntagResource",
];

/** The operations that the gateway hands on, by service. It hands on all of DynamoDB's, which depend on the engine. */
export const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
	lambda: LAMBDA_OPERATIONS,
	s3: S3_OPERATIONS,
	sns: SNS_OPERATIONS,
	sqs: SQS_OPERATIONS,
	sts: STS_OPERATIONS,
};

/** All operations that the tenant has, by service. */
export const OFFERED_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
	...OPERATIONS,
	"cognito-idp": COGNITO_OPERATIONS,
	dynamodb: DYNAMODB_OPERATIONS,
};
