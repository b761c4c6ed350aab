import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import { type AwsCredentials, clientConfig, credentialsOf, plainSignIn, signed } from "../tenant-client.ts";

// The query protocol, as boto3 before 1.28 sends it. `npm run test:interop` runs that, and the AWS SDK for JavaScript has it no more.

let tenant: LocalTenant;
let admin: AwsCredentials;
let sqs: SQSClient;
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
	admin = await credentialsOf(tenant, { apiUser: "admin" });
	sqs = new SQSClient(clientConfig(tenant, admin));
});
afterAll(() => tenant.stop());

async function call(Action: string, parameters: Record<string, string> = {}, credentials = admin, path = "/") {
	const { init, url } = await signed(tenant, credentials, {
		service: "sqs",
		path,
		headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
		body: String(new URLSearchParams({ Action, Version: "2012-11-05", ...parameters })),
	});
	const response = await fetch(url, init);
	const text = await response.text();
	const values = (name: string) =>
		[...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, value]) => value);
	const value = (name: string) => values(name)[0];
	return { status: response.status, contentType: response.headers.get("content-type"), text, value, values };
}

test("a queue is created with attributes and tags, described, and deleted", async () => {
	const made = await call("CreateQueue", {
		QueueName: "made",
		"Attribute.1.Name": "VisibilityTimeout",
		"Attribute.1.Value": "7",
		"Tag.1.Key": "team",
		"Tag.1.Value": "a & b",
	});
	const QueueUrl = made.value("QueueUrl") ?? "";
	expect([made.status, made.contentType, QueueUrl]).toEqual([200, "text/xml", tenant.queueUrl("made")]);
	expect(made.text).toMatch(
		/^<\?xml version="1.0"\?><CreateQueueResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/"><CreateQueueResult>/,
	);
	expect((await call("GetQueueUrl", { QueueName: "made" })).value("QueueUrl")).toBe(QueueUrl);
	const described = await call("GetQueueAttributes", { QueueUrl, "AttributeName.1": "VisibilityTimeout" });
	expect(described.text).toContain("<Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute>");
	expect((await call("ListQueueTags", { QueueUrl })).text).toContain(
		"<Tag><Key>team</Key><Value>a &amp; b</Value></Tag>",
	);
	expect((await call("ListQueues", { QueueNamePrefix: "ma" })).values("QueueUrl")).toEqual([QueueUrl]);
	const set = { "Attribute.1.Name": "DelaySeconds", "Attribute.1.Value": "3" };
	expect((await call("SetQueueAttributes", { QueueUrl, ...set })).status).toBe(200);
	const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["DelaySeconds"] }));
	expect(Attributes).toEqual({ DelaySeconds: "3" });
	expect((await call("DeleteQueue", {}, admin, new URL(QueueUrl).pathname)).text).toContain("<DeleteQueueResponse");
	expect((await call("GetQueueUrl", { QueueName: "made" })).value("Code")).toBe(
		"AWS.SimpleQueueService.NonExistentQueue",
	);
});

test("messages with attributes go from one protocol to the other", async () => {
	const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "both" }));
	const sent = await call("SendMessage", {
		...{ QueueUrl, MessageBody: "<hi> & bye", DelaySeconds: "0" },
		...{
			"MessageAttribute.1.Name": "t",
			"MessageAttribute.1.Value.DataType": "String",
			"MessageAttribute.1.Value.StringValue": "v",
		},
		...{
			"MessageAttribute.2.Name": "b",
			"MessageAttribute.2.Value.DataType": "Binary",
			"MessageAttribute.2.Value.BinaryValue": "AQI=",
		},
	});
	const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }));
	expect(Messages).toMatchObject([
		{
			MessageId: sent.value("MessageId"),
			Body: "<hi> & bye",
			MD5OfMessageAttributes: sent.value("MD5OfMessageAttributes"),
			MessageAttributes: { t: { StringValue: "v" }, b: { BinaryValue: new Uint8Array([1, 2]) } },
		},
	]);
	const MessageAttributes = { t: { DataType: "Number", StringValue: "5" } };
	await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));
	const received = await call("ReceiveMessage", {
		...{
			QueueUrl,
			MaxNumberOfMessages: "10",
			VisibilityTimeout: "30",
			"MessageAttributeName.1": "All",
			"AttributeName.1": "All",
		},
	});
	expect(received.text).toContain(
		"<MessageAttribute><Name>t</Name><Value><DataType>Number</DataType><StringValue>5</StringValue></Value></MessageAttribute>",
	);
	expect(received.text).toMatch(/<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1<\/Value><\/Attribute>/);
	const ReceiptHandle = received.value("ReceiptHandle") ?? "";
	expect((await call("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: "1" })).status).toBe(200);
	expect((await call("DeleteMessage", { QueueUrl, ReceiptHandle })).status).toBe(200);
	expect((await call("ReceiveMessage", { QueueUrl })).text).toMatch(/<ReceiveMessageResponse[^>]*><ResponseMetadata>/);
});

test("a batch has one result for each entry, also where some of them fail", async () => {
	const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "batch" }));
	const entry = (operation: string, number: number, members: Record<string, string>) =>
		Object.fromEntries(
			Object.entries(members).map(([name, value]) => [`${operation}RequestEntry.${number}.${name}`, value]),
		);
	const sent = await call("SendMessageBatch", {
		QueueUrl,
		...entry("SendMessageBatch", 1, { Id: "a", MessageBody: "1" }),
		...entry("SendMessageBatch", 2, { Id: "b", MessageBody: "2", DelaySeconds: "0" }),
	});
	expect(sent.text.match(/<SendMessageBatchResultEntry>/g)).toHaveLength(2);
	expect(sent.values("Id")).toEqual(["a", "b"]);
	const handles = (await call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: "10" })).values("ReceiptHandle");
	const changed = await call("ChangeMessageVisibilityBatch", {
		QueueUrl,
		...entry("ChangeMessageVisibilityBatch", 1, { Id: "a", ReceiptHandle: handles[0] ?? "", VisibilityTimeout: "9" }),
		...entry("ChangeMessageVisibilityBatch", 2, { Id: "b", ReceiptHandle: "made-up", VisibilityTimeout: "9" }),
	});
	expect(changed.text).toContain(
		"<ChangeMessageVisibilityBatchResultEntry><Id>a</Id></ChangeMessageVisibilityBatchResultEntry>",
	);
	expect(changed.text).toMatch(/<BatchResultErrorEntry><Id>b<\/Id>.*<SenderFault>true<\/SenderFault>/);
	const deleted = await call("DeleteMessageBatch", {
		QueueUrl,
		...entry("DeleteMessageBatch", 1, { Id: "a", ReceiptHandle: handles[0] ?? "" }),
		...entry("DeleteMessageBatch", 2, { Id: "b", ReceiptHandle: handles[1] ?? "" }),
	});
	expect(deleted.values("Id")).toEqual(["a", "b"]);
	expect((await call("SendMessageBatch", { QueueUrl })).value("Code")).toBe("AWS.SimpleQueueService.EmptyBatchRequest");
});

test("errors are in XML, with the codes of the query protocol", async () => {
	const codeOf = async (...args: Parameters<typeof call>) => {
		const { contentType, status, text, value } = await call(...args);
		expect([status >= 400, contentType]).toEqual([true, "text/xml"]);
		expect(text).toContain("<ErrorResponse");
		return value("Code");
	};
	expect(await codeOf("GetQueueUrl", { QueueName: "none" })).toBe("AWS.SimpleQueueService.NonExistentQueue");
	expect(
		await codeOf("ReceiveMessage", { QueueUrl: tenant.queueUrl("app-external-app"), MaxNumberOfMessages: "11" }),
	).toBe("InvalidParameterValue");
	expect(
		await codeOf("ReceiveMessage", { QueueUrl: tenant.queueUrl("app-external-app"), MaxNumberOfMessages: "many" }),
	).toBe("MalformedInput");
	expect(await codeOf("AddPermission")).toBe("InvalidAction");
	expect(await codeOf("Nothing")).toBe("InvalidAction");
	expect(await codeOf("ListQueues", {}, { ...admin, accessKeyId: "ASIAUNKNOWN" })).toBe("InvalidClientTokenId");
	expect(await codeOf("ListQueues", {}, { ...admin, secretAccessKey: "wrong" })).toBe("SignatureDoesNotMatch");
});

test("an app may use its own queue only, also in the query protocol", async () => {
	const app = await credentialsOf(tenant, { app: "external-app" });
	const sendTo = async (queue: string) => {
		const parameters = { QueueUrl: tenant.queueUrl(queue), MessageBody: "x" };
		return (await call("SendMessage", parameters, app)).value("Code");
	};
	expect(await sendTo("app-external-app")).toBeUndefined();
	expect(await sendTo("app-managed-app")).toBe("AccessDenied");
});
