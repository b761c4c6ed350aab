import { parseObject } from "../json.ts";
import { ControlError, limitOf, type RouteContext, type Routes } from "./route.ts";

/** Tables, queues and buckets, to look into: nothing here changes them. */
export const AWS_ROUTES: Routes = {
	async "GET /tables"({ aws }) {
		const { TableNames = [] } = await aws.call("dynamodb", "ListTables", {});
		const describe = async (TableName: string) => {
			const { Table } = await aws.call("dynamodb", "DescribeTable", { TableName });
			// ItemCount of the description is hours old.
			const { Count: items, LastEvaluatedKey: more } = await aws.call("dynamodb", "Scan", {
				TableName,
				Select: "COUNT",
			});
			const { KeySchema: keys } = Table as Record<string, unknown>;
			return { name: TableName, items, isMore: more !== undefined, keys };
		};
		return { tables: await Promise.all((TableNames as string[]).map(describe)) };
	},
	async "GET /tables/:name/items"({ aws }, { path: [name], query }) {
		const start = query.get("start");
		const output = await aws.call("dynamodb", "Scan", {
			TableName: name,
			Limit: Math.max(1, limitOf(query)),
			...(start !== null && { ExclusiveStartKey: parseObject(start) }),
		});
		return { items: output.Items, ...(output.LastEvaluatedKey !== undefined && { next: output.LastEvaluatedKey }) };
	},
	async "GET /queues"({ aws }) {
		const { QueueUrls = [] } = await aws.call("sqs", "ListQueues", {});
		return { queues: await Promise.all((QueueUrls as string[]).map((url) => queueOf(aws, url))) };
	},
	async "GET /queues/:name/messages"({ aws }, { path: [name = ""], query }) {
		const queue = await aws.inspectQueue(name);
		if (queue === undefined) throw new ControlError(404, `The queue ${name} was not found`);
		const { delayed, inflight, ready } = queue.messages;
		const all = [
			...ready.map((message) => ({ message, state: "ready" })),
			...delayed.map((message) => ({ message, state: "delayed" })),
			...inflight.map(({ message }) => ({ message, state: "received" })),
		];
		return {
			total: all.length,
			messages: all.slice(0, limitOf(query)).map(({ message, state }) => ({
				id: message.messageId,
				state,
				body: message.body,
				attributes: message.messageAttributes,
				sentAt: new Date(message.sentTimestamp).toISOString(),
				receives: message.approximateReceiveCount,
				...(message.messageGroupId !== undefined && { group: message.messageGroupId }),
			})),
		};
	},
	async "GET /buckets"({ aws }) {
		return {
			buckets: elementsOf(await aws.readS3("ListBuckets", "/"), "Bucket").map((one) => ({ name: one("Name") })),
		};
	},
	async "GET /buckets/:name/objects"({ aws }, { path: [name = ""], query }) {
		const search = new URLSearchParams({ "list-type": "2", "max-keys": String(limitOf(query)) });
		for (const [parameter, own] of [
			["prefix", "prefix"],
			["start-after", "after"],
		] as const) {
			const value = query.get(own);
			if (value !== null) search.set(parameter, value);
		}
		const xml = await aws.readS3("ListObjectsV2", `/${encodeURIComponent(name)}?${search}`);
		const objects = elementsOf(xml, "Contents").map((one) => ({
			key: one("Key"),
			size: Number(one("Size")),
			modifiedAt: one("LastModified"),
		}));
		return { objects, ...(xml.includes("<IsTruncated>true</IsTruncated>") && { next: objects.at(-1)?.key }) };
	},
};

async function queueOf(aws: RouteContext["aws"], url: string) {
	const name = url.split("/").pop() ?? "";
	const { messages } = (await aws.inspectQueue(name)) ?? {};
	return {
		name,
		url,
		ready: messages?.ready.length ?? 0,
		delayed: messages?.delayed.length ?? 0,
		received: messages?.inflight.length ?? 0,
	};
}

/** The elements of a name in XML that the emulator has written, each as a function that returns the text of an element in it. */
function elementsOf(xml: string, name: string): ((inner: string) => string)[] {
	return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, content = ""]) => (inner) => {
		const text = new RegExp(`<${inner}>([^<]*)<`).exec(content)?.[1] ?? "";
		return text.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/gi, (_, entity: string) => characterOf(entity));
	});
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function characterOf(entity: string): string {
	if (!entity.startsWith("#")) return ENTITIES[entity.toLowerCase()] ?? "";
	return String.fromCodePoint(Number(entity.slice(1).replace(/^x/i, "0x")));
}
