// Compiled by `npm run check`, never run: what must hold of the public types, and what must not compile.
import { DynamoDB, type DynamoDBClient, type QueryCommandOutput } from "@aws-sdk/client-dynamodb";
import { type ListObjectsV2CommandOutput, S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { Attr, ClientError, Key, Session, type Table, TransferConfig } from "echostream-boto3";
import { AppSession } from "echostream-botocore";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

const botocoreSession = new AppSession();
const services = { dynamodb: DynamoDB, sqs: SQS, s3: S3 };
const session = new Session({ botocoreSession, regionName: "us-east-1", services });
new Session({ services, credentials: botocoreSession.credentials });
new Session({ services, credentials: { accessKeyId: "AK", secretAccessKey: "SK" } });
// @ts-expect-error the services are needed
new Session({ botocoreSession });
// @ts-expect-error Python's spelling
new Session({ services, region_name: "us-east-1" });
// @ts-expect-error not a client
new Session({ services: { dynamodb: Date } });

// A client is the aggregated client of its class, with its own configuration.
const dynamodb = session.client("dynamodb");
const aggregated: DynamoDB = dynamodb;
const sdkClient: DynamoDBClient = dynamodb;
void [aggregated, sdkClient];
void dynamodb.getItem({ TableName: "t", Key: { pk: { S: "a" } } });
session.client("s3", { forcePathStyle: true });
// @ts-expect-error an option of another service
session.client("dynamodb", { forcePathStyle: true });
// @ts-expect-error not among the services
session.client("lambda");
// @ts-expect-error no such resource
session.resource("ec2");
const { client } = new Session({ services: { sqs: SQS } });
// @ts-expect-error a resource whose client was not passed
new Session({ services: { sqs: SQS } }).resource("dynamodb");
void client;

// Paginators, by both spellings.
const pages = dynamodb.getPaginator("query").paginate({ TableName: "t", PaginationConfig: { MaxItems: 1 } });
async function reads(): Promise<void> {
	for await (const page of pages) holds<Equals<typeof page, QueryCommandOutput>>();
	const full = await pages.buildFullResult();
	holds<Equals<typeof full.Count, number | undefined>>();
	holds<Equals<typeof full.NextToken, string | undefined>>();
	const s3 = session.client("s3");
	for await (const page of s3.getPaginator("list_objects_v2").paginate({ Bucket: "b" })) {
		holds<Equals<typeof page, ListObjectsV2CommandOutput>>();
	}
	void s3.getPaginator("listObjectsV2").paginate({ Bucket: "b" });
	void s3.getPaginator("list_object_versions").paginate({ Bucket: "b" });
	// @ts-expect-error the bucket is missing
	void s3.getPaginator("listObjectsV2").paginate({});
	// @ts-expect-error of another service
	s3.getPaginator("query");
	// @ts-expect-error it has no pages
	dynamodb.getPaginator("putItem");
	// @ts-expect-error not a setting
	dynamodb.getPaginator("query").paginate({ TableName: "t", PaginationConfig: { maxItems: 1 } });
}
void reads;

// The events of a session are those of its botocore session.
session.events.register("before-call.sqs", ({ params }) => {
	holds<Equals<typeof params.path, string>>();
});
// @ts-expect-error no such event
session.events.register("before-parse", () => {});
// @ts-expect-error a session on credentials has no events
new Session({ services, credentials: botocoreSession.credentials }).events.register;
const region: string = dynamodb.meta.regionName;
void [region, dynamodb.canPaginate("query"), dynamodb.waiterNames];
// @ts-expect-error no such operation
dynamodb.canPaginate("kwery");

// Waiters, by both spellings.
void dynamodb.getWaiter("table_exists").wait({ TableName: "t", WaiterConfig: { Delay: 1, MaxAttempts: 2 } });
void dynamodb.getWaiter("tableNotExists").wait({ TableName: "t" });
// @ts-expect-error the table is missing
void dynamodb.getWaiter("table_exists").wait({});
// @ts-expect-error of another service
dynamodb.getWaiter("bucket_exists");

// Transfers and presigned URLs are those of S3.
const s3 = session.client("s3");
void s3.uploadFile("a.txt", "b", "k", {
	ExtraArgs: { ContentType: "text/plain" },
	Callback: (bytes) => bytes.toFixed(),
});
void s3.generatePresignedUrl("get_object", { Params: { Bucket: "b", Key: "k" }, ExpiresIn: 60 });
void s3.generatePresignedUrl("putObject", { Params: { Bucket: "b", Key: "k" } });
// @ts-expect-error the key is missing
void s3.generatePresignedUrl("get_object", { Params: { Bucket: "b" } });
// @ts-expect-error no such method
void s3.generatePresignedUrl("get_objekt", { Params: { Bucket: "b", Key: "k" } });
// @ts-expect-error a client of DynamoDB uploads nothing
void dynamodb.uploadFile("a.txt", "b", "k");
new TransferConfig({ multipartThreshold: 1, useThreads: false });
// @ts-expect-error Python's spelling
new TransferConfig({ multipart_threshold: 1 });

// Tables take conditions where boto3 does, and know their name.
const table: Table = session.resource("dynamodb").Table("t");
void table.query({ KeyConditionExpression: Key("pk").eq("a").and(Key("sk").beginsWith("b")), Limit: 1 });
void table.query({ KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": "a" } });
void table.putItem({ Item: { pk: "a", n: 1n }, ConditionExpression: Attr("pk").notExists() });
// @ts-expect-error the table has a name
void table.getItem({ TableName: "t", Key: { pk: "a" } });
// @ts-expect-error a key is no attribute: it cannot be missing
Key("pk").notExists();
// @ts-expect-error conditions are combined with conditions
Key("pk").eq("a").and("b");
// @ts-expect-error misspelt
void table.fooBar;
// @ts-expect-error Python's spelling
void table.put_item;
void table.meta.client.getPaginator("scan").paginate({ TableName: "t" });
// @ts-expect-error an item, not a key
void table.batchWriter({ overwriteByPkeys: ["pk"] }).putItem({ Key: { pk: "a" } });

// Queues know their URL.
const queue = session.resource("sqs").Queue("url");
void queue.sendMessages({ Entries: [{ Id: "1", MessageBody: "a" }] });
// @ts-expect-error the queue has a URL
void queue.sendMessage({ QueueUrl: "url", MessageBody: "a" });
async function receives(): Promise<void> {
	for (const message of await queue.receiveMessages({ MaxNumberOfMessages: 10 })) {
		holds<Equals<typeof message.body, string | undefined>>();
		await message.delete();
	}
}
void receives;
void queue.receiveMessages({ MessageSystemAttributeNames: ["SentTimestamp"] });
// @ts-expect-error an attribute of a message, not of a queue
void queue.receiveMessages({ AttributeNames: ["SentTimestamp"] });

const caught: unknown = table;
if (caught instanceof ClientError) holds<Equals<typeof caught.response.Error.Code, string>>();
if (caught instanceof dynamodb.exceptions.ResourceNotFoundException) {
	holds<Equals<typeof caught.operationName, string>>();
}
// Of a name that no type knows.
const { BackupInUseException = ClientError } = dynamodb.exceptions;
if (caught instanceof BackupInUseException) holds<Equals<typeof caught.operationName, string>>();
