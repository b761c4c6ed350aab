import { isUtf8 } from "node:buffer";
import type { ApiSession } from "echostream-botocore";
import { type Place, sha256, TenantReader } from "./tenant-reader.ts";

/** What the tables, queues and buckets of a tenant contain, in an order that does not depend on time. */
export interface Stored {
	/** The items of each table, as sorted JSON. */
	readonly tables: Readonly<Record<string, readonly string[]>>;
	/** The bodies of the messages of each queue, sorted. `inFlight` are those that were received and not deleted. */
	readonly queues: Readonly<Record<string, { readonly messages: readonly string[]; readonly inFlight: number }>>;
	/** The objects of each bucket by key, as lines: headers, tags, an empty line, and the body. A UUID in a key is `<uuid>`. */
	readonly buckets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Reads what a tenant contains. It takes the messages from their queues. */
export async function storedIn(place: Place, session: ApiSession): Promise<Stored> {
	const reader = new TenantReader(place, session);
	const tables: Record<string, string[]> = {};
	for (const table of await namesOf(reader, "dynamodb", `${DYNAMODB}.ListTables`, "TableNames")) {
		tables[table] = (await allOf(reader, table)).map((item) => sortedJson(withSortedSets(item))).sort();
	}
	const queues: Record<string, { messages: string[]; inFlight: number }> = {};
	for (const QueueUrl of await namesOf(reader, "sqs", "AmazonSQS.ListQueues", "QueueUrls")) {
		const AttributeNames = ["ApproximateNumberOfMessagesNotVisible"];
		const { Attributes } = await reader.call("sqs", "AmazonSQS.GetQueueAttributes", { QueueUrl, AttributeNames });
		const inFlight = Number((Attributes as Record<string, string> | undefined)?.[AttributeNames[0] ?? ""] ?? 0);
		queues[QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1)] = { messages: await messagesOf(reader, QueueUrl), inFlight };
	}
	const buckets: Record<string, Record<string, string[]>> = {};
	for (const bucket of textsOf((await reader.s3("")).body, "Name")) buckets[bucket] = await objectsOf(reader, bucket);
	return { tables, queues, buckets };
}

const DYNAMODB = "DynamoDB_20120810";

async function namesOf(reader: TenantReader, service: string, target: string, field: string): Promise<string[]> {
	const { [field]: names } = await reader.call(service, target, {});
	return [...((names as string[] | undefined) ?? [])].sort();
}

async function allOf(reader: TenantReader, TableName: string): Promise<unknown[]> {
	const items: unknown[] = [];
	let start: unknown;
	do {
		const input = { TableName, ...(start === undefined ? {} : { ExclusiveStartKey: start }) };
		const { Items, LastEvaluatedKey } = await reader.call("dynamodb", `${DYNAMODB}.Scan`, input);
		items.push(...((Items as unknown[] | undefined) ?? []));
		start = LastEvaluatedKey;
	} while (start !== undefined);
	return items;
}

/** An item whose sets are sorted, as they have no order. */
function withSortedSets(item: unknown): unknown {
	return JSON.parse(JSON.stringify(item), (name, value: unknown) =>
		Array.isArray(value) && /^[BNS]S$/.test(name) ? value.sort() : value,
	);
}

async function messagesOf(reader: TenantReader, QueueUrl: string): Promise<string[]> {
	const bodies: string[] = [];
	for (;;) {
		const { Messages } = await reader.call("sqs", "AmazonSQS.ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
		const messages = (Messages as { Body: string; ReceiptHandle: string }[] | undefined) ?? [];
		if (messages.length === 0) return bodies.sort();
		for (const { Body, ReceiptHandle } of messages) {
			bodies.push(Body);
			// The other messages of a FIFO queue's group come only when this one is deleted.
			await reader.call("sqs", "AmazonSQS.DeleteMessage", { QueueUrl, ReceiptHandle });
		}
	}
}

async function objectsOf(reader: TenantReader, bucket: string): Promise<Record<string, string[]>> {
	const found: [name: string, lines: string[]][] = [];
	for (let keys = await keysOf(reader, bucket); keys.length > 0; keys = await keysOf(reader, bucket, keys.at(-1))) {
		for (const key of keys) {
			const object = await reader.s3(`${bucket}/${key}`);
			const tagging = await reader.s3(`${bucket}/${key}`, { tagging: "" });
			found.push([
				key.replace(UUID, "<uuid>"),
				linesOf(object, textsOf(tagging.body, "Key"), textsOf(tagging.body, "Value")),
			]);
		}
	}
	const objects = new Map<string, string[]>();
	for (const [name, lines] of found.sort((a, b) => (String(a) < String(b) ? -1 : 1))) {
		objects.set(name, [...(objects.get(name) ?? []), ...lines]);
	}
	return Object.fromEntries(objects);
}

/** The next keys of a bucket. */
async function keysOf(reader: TenantReader, bucket: string, after = ""): Promise<string[]> {
	return textsOf((await reader.s3(bucket, { "list-type": "2", "start-after": after })).body, "Key");
}

/** The keys of bulk data. */
const UUID = /[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}/gi;
/** A body with more bytes, or with bytes that are no text, is shown by its hash. */
const MAX_TEXT_BYTES = 100_000;

/** The headers of an object that its writer chooses. */
const HEADERS = /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-(meta-.+|storage-class))$/;

function linesOf(
	{ headers, body }: Awaited<ReturnType<TenantReader["s3"]>>,
	keys: readonly string[],
	values: readonly string[],
): string[] {
	const shown = Object.entries(headers).filter(([name]) => HEADERS.test(name));
	const tags = keys.map((key, index) => `tag ${key}: ${values[index]}`);
	const isShown = body.length <= MAX_TEXT_BYTES && isUtf8(body);
	return [
		...shown.map(([name, value]) => `${name}: ${value}`).sort(),
		...tags.sort(),
		"",
		...(isShown ? body.toString().split("\n") : [`${body.length} bytes, SHA-256 ${sha256(body)}`]),
	];
}

/** The texts of the elements of a name in an XML document. */
function textsOf(xml: Buffer, name: string): string[] {
	const entities: Record<string, string> = { amp: "&", apos: "'", gt: ">", lt: "<", quot: '"' };
	return [...xml.toString().matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) =>
		text.replace(/&(\w+);/g, (entity, of) => entities[of] ?? entity),
	);
}

/** Returns JSON whose objects have sorted keys. */
export function sortedJson(value: unknown): string {
	return JSON.stringify(value, (_, one: unknown) =>
		typeof one === "object" && one !== null && !Array.isArray(one)
			? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
			: one,
	);
}
