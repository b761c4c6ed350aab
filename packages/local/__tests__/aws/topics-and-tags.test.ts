import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { type AwsCredentials, clientConfig, credentialsOf, plainSignIn } from "../tenant-client.ts";

let tenant: LocalTenant;
let admin: AwsCredentials;
let sns: SNS;
let sqs: SQS;
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
	admin = await credentialsOf(tenant, { apiUser: "admin" });
	sns = new SNS(clientConfig(tenant, admin));
	sqs = new SQS(clientConfig(tenant, admin));
});
afterAll(() => tenant.stop());

const arnOf = (queue: string) => `arn:aws:sqs:${tenant.region}:000000000000:${queue}`;

test("a topic is listed with its attributes and tags until it is deleted", async () => {
	const { TopicArn = "" } = await sns.createTopic({ Name: "news", Tags: [{ Key: "team", Value: "one" }] });
	await sns.setTopicAttributes({ TopicArn, AttributeName: "DisplayName", AttributeValue: "News" });
	const { Attributes } = await sns.getTopicAttributes({ TopicArn });
	expect([Attributes?.TopicArn, Attributes?.DisplayName]).toEqual([TopicArn, "News"]);
	expect((await sns.listTopics()).Topics).toContainEqual({ TopicArn });
	await sns.tagResource({ ResourceArn: TopicArn, Tags: [{ Key: "stage", Value: "two" }] });
	await sns.untagResource({ ResourceArn: TopicArn, TagKeys: ["team"] });
	expect((await sns.listTagsForResource({ ResourceArn: TopicArn })).Tags).toEqual([{ Key: "stage", Value: "two" }]);
	await sns.deleteTopic({ TopicArn });
	expect((await sns.listTopics()).Topics ?? []).not.toContainEqual({ TopicArn });
	await expect(sns.getTopicAttributes({ TopicArn })).rejects.toMatchObject({ name: "NotFoundException" });
});

test("what is published to a topic arrives in the queue that is subscribed to it, until it is unsubscribed", async () => {
	const { TopicArn = "" } = await sns.createTopic({ Name: "orders" });
	const { QueueUrl = "" } = await sqs.createQueue({ QueueName: "subscriber" });
	const { SubscriptionArn = "" } = await sns.subscribe({
		TopicArn,
		Protocol: "sqs",
		Endpoint: arnOf("subscriber"),
		ReturnSubscriptionArn: true,
	});
	await sns.setSubscriptionAttributes({
		SubscriptionArn,
		AttributeName: "RawMessageDelivery",
		AttributeValue: "true",
	});
	const { Attributes } = await sns.getSubscriptionAttributes({ SubscriptionArn });
	expect([Attributes?.Endpoint, Attributes?.RawMessageDelivery]).toEqual([arnOf("subscriber"), "true"]);
	const listed = expect.objectContaining({ SubscriptionArn, TopicArn, Protocol: "sqs" });
	expect((await sns.listSubscriptions()).Subscriptions).toContainEqual(listed);
	expect((await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions).toEqual([listed]);

	await sns.publish({ TopicArn, Message: "one" });
	const { Failed, Successful } = await sns.publishBatch({
		TopicArn,
		PublishBatchRequestEntries: ["two", "three"].map((Message) => ({ Id: Message, Message })),
	});
	expect([Failed ?? [], Successful?.length]).toEqual([[], 2]);
	const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
	expect(Messages.map(({ Body }) => Body).sort()).toEqual(["one", "three", "two"]);

	await sns.unsubscribe({ SubscriptionArn });
	expect((await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions ?? []).toEqual([]);
});

test.each(["https", "email", "lambda"])(
	"a subscription by %s, which the tenant could not deliver, is rejected",
	async (Protocol) => {
		const { TopicArn = "" } = await sns.createTopic({ Name: "undelivered" });
		await expect(sns.subscribe({ TopicArn, Protocol, Endpoint: "https://localhost" })).rejects.toThrow(
			/Protocol.*SQS queues only/,
		);
		expect((await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions ?? []).toEqual([]);
	},
);

test("a subscription cannot be confirmed with an unknown token", async () => {
	const { TopicArn = "" } = await sns.createTopic({ Name: "confirmed" });
	const confirmation = sns.confirmSubscription({ TopicArn, Token: "unknown" });
	await expect(confirmation).rejects.toMatchObject({
		name: "InvalidParameterException",
		message: "Invalid parameter: Token",
	});
});

test("a queue is emptied by PurgeQueue, and has the tags that were not removed", async () => {
	const { QueueUrl = "" } = await sqs.createQueue({ QueueName: "purged", tags: { team: "one", stage: "two" } });
	await sqs.untagQueue({ QueueUrl, TagKeys: ["team"] });
	expect((await sqs.listQueueTags({ QueueUrl })).Tags).toEqual({ stage: "two" });
	await sqs.sendMessage({ QueueUrl, MessageBody: "lost" });
	await sqs.purgeQueue({ QueueUrl });
	const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
	expect(Attributes).toEqual({ ApproximateNumberOfMessages: "0" });
});

test("a table has the throughput and the tags that were set", async () => {
	const dynamodb = new DynamoDB(clientConfig(tenant, admin));
	const { TableDescription: { TableArn = "" } = {} } = await dynamodb.createTable({
		TableName: "tagged",
		AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
		KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
		ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
	});
	await dynamodb.tagResource({ ResourceArn: TableArn, Tags: ["a", "b"].map((Key) => ({ Key, Value: "1" })) });
	await dynamodb.untagResource({ ResourceArn: TableArn, TagKeys: ["a"] });
	expect((await dynamodb.listTagsOfResource({ ResourceArn: TableArn })).Tags).toEqual([{ Key: "b", Value: "1" }]);
	const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
	const isActive = async () => {
		const { Table } = await dynamodb.describeTable({ TableName: "tagged" });
		return Table?.TableStatus === "ACTIVE" ? Table : undefined;
	};
	while ((await isActive()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
	await dynamodb.updateTable({ TableName: "tagged", ProvisionedThroughput });
	while ((await isActive()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
	expect((await isActive())?.ProvisionedThroughput).toMatchObject(ProvisionedThroughput);
});
