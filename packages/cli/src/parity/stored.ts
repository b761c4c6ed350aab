import { createHash, createHmac } from "node:crypto";
import type { ApiSession } from "echostream-botocore";

/** What the tables and queues of a tenant contain, in an order that does not depend on time. */
export interface Stored {
	/** The items of each table, as sorted JSON. */
	readonly tables: Readonly<Record<string, readonly string[]>>;
	/** The bodies of the messages of each queue, sorted. `in flight` are those that were received and not deleted. */
	readonly queues: Readonly<Record<string, { readonly messages: readonly string[]; readonly inFlight: number }>>;
}

interface Place {
	readonly url: string;
	readonly region: string;
}

/** Reads what a tenant contains. It takes the messages from their queues. */
export async function storedIn(place: Place, session: ApiSession): Promise<Stored> {
	const call = (service: string, target: string, input: object) => request(place, session, service, target, input);
	const tables: Record<string, string[]> = {};
	for (const table of await namesOf(call, "dynamodb", `${DYNAMODB}.ListTables`, "TableNames")) {
		tables[table] = (await allOf(call, table)).map(sortedJson).sort();
	}
	const queues: Record<string, { messages: string[]; inFlight: number }> = {};
	for (const QueueUrl of await namesOf(call, "sqs", "AmazonSQS.ListQueues", "QueueUrls")) {
		const AttributeNames = ["ApproximateNumberOfMessagesNotVisible"];
		const { Attributes } = await call("sqs", "AmazonSQS.GetQueueAttributes", { QueueUrl, AttributeNames });
		const inFlight = Number((Attributes as Record<string, string> | undefined)?.[AttributeNames[0] ?? ""] ?? 0);
		queues[QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1)] = { messages: await messagesOf(call, QueueUrl), inFlight };
	}
	return { tables, queues };
}

const DYNAMODB = "DynamoDB_20120810";

type Call = (service: string, target: string, input: object) => Promise<Record<string, unknown>>;

async function namesOf(call: Call, service: string, target: string, field: string): Promise<string[]> {
	const { [field]: names } = await call(service, target, {});
	return [...((names as string[] | undefined) ?? [])].sort();
}

async function allOf(call: Call, TableName: string): Promise<unknown[]> {
	const items: unknown[] = [];
	let start: unknown;
	do {
		const input = { TableName, ...(start === undefined ? {} : { ExclusiveStartKey: start }) };
		const { Items, LastEvaluatedKey } = await call("dynamodb", `${DYNAMODB}.Scan`, input);
		items.push(...((Items as unknown[] | undefined) ?? []));
		start = LastEvaluatedKey;
	} while (start !== undefined);
	return items;
}

async function messagesOf(call: Call, QueueUrl: string): Promise<string[]> {
	const bodies: string[] = [];
	for (;;) {
		const { Messages } = await call("sqs", "AmazonSQS.ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
		const messages = (Messages as { Body: string; ReceiptHandle: string }[] | undefined) ?? [];
		if (messages.length === 0) return bodies.sort();
		for (const { Body, ReceiptHandle } of messages) {
			bodies.push(Body);
			// The other messages of a FIFO queue's group come only when this one is deleted.
			await call("sqs", "AmazonSQS.DeleteMessage", { QueueUrl, ReceiptHandle });
		}
	}
}

/** Sends one signed request of the JSON protocol. */
async function request(
	{ url, region }: Place,
	session: ApiSession,
	service: string,
	target: string,
	input: object,
): Promise<Record<string, unknown>> {
	const { accessKeyId, secretAccessKey, sessionToken = "" } = await session.credentials();
	const body = JSON.stringify(input);
	const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
	const signed: Record<string, string> = {
		host: new URL(url).host,
		"x-amz-date": date,
		"x-amz-security-token": sessionToken,
		"x-amz-target": target,
	};
	const names = Object.keys(signed).join(";");
	const headers = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
	const canonical = ["POST", "/", "", headers.join(""), names, sha256(body)].join("\n");
	const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
	const key = scope.split("/").reduce<string | Buffer>((one, part) => hmac(one, part), `AWS4${secretAccessKey}`);
	const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
	const { host: _, ...sent } = signed;
	const response = await fetch(url, {
		method: "POST",
		body,
		headers: {
			...sent,
			"content-type": "application/x-amz-json-1.0",
			authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
		},
	});
	const text = await response.text();
	if (!response.ok)
		throw new Error(`The tenant could not be read (${target}, status ${response.status}): ${text.slice(0, 300)}`);
	return text === "" ? {} : JSON.parse(text);
}

function sha256(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
	return createHmac("sha256", key).update(text).digest();
}

/** Returns JSON whose objects have sorted keys. */
export function sortedJson(value: unknown): string {
	return JSON.stringify(value, (_, one: unknown) =>
		typeof one === "object" && one !== null && !Array.isArray(one)
			? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
			: one,
	);
}
