import { randomUUID } from "node:crypto";
import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { escapeXml } from "../http/service-error.ts";
import { isRecord, parseObject } from "../json.ts";
import { AwsException } from "./aws-exception.ts";

// The query protocol, which boto3 before 1.28 and Debian's AWS CLI use for SQS. The operations are the same as in the JSON protocol, and
// so requests and responses are translated.

/** How one member is written in the query protocol, where that differs from JSON. */
type Member = { readonly name: string } & (
	| { readonly kind: "number" }
	/** Written one by one: `TagKey.1`, `TagKey.2`. */
	| { readonly kind: "list"; readonly member?: Members }
	/** Written as pairs: `Attribute.1.Name`, `Attribute.1.Value`. */
	| { readonly kind: "map"; readonly key: string; readonly value: string; readonly member?: Members }
);

/** By the name in JSON. Members that are not here are text, with the same name. */
type Members = Readonly<Record<string, Member>>;

/** A value is text and its type. Binary values are base64 in both protocols. */
const VALUE: Members = {};

const MEMBERS: Members = {
	Attributes: { name: "Attribute", kind: "map", key: "Name", value: "Value" },
	AttributeNames: { name: "AttributeName", kind: "list" },
	DelaySeconds: { name: "DelaySeconds", kind: "number" },
	MaxNumberOfMessages: { name: "MaxNumberOfMessages", kind: "number" },
	MaxResults: { name: "MaxResults", kind: "number" },
	MessageAttributes: { name: "MessageAttribute", kind: "map", key: "Name", value: "Value", member: VALUE },
	MessageAttributeNames: { name: "MessageAttributeName", kind: "list" },
	MessageSystemAttributes: { name: "MessageSystemAttribute", kind: "map", key: "Name", value: "Value", member: VALUE },
	MessageSystemAttributeNames: { name: "MessageSystemAttributeName", kind: "list" },
	TagKeys: { name: "TagKey", kind: "list" },
	Tags: { name: "Tag", kind: "map", key: "Key", value: "Value" },
	VisibilityTimeout: { name: "VisibilityTimeout", kind: "number" },
	WaitTimeSeconds: { name: "WaitTimeSeconds", kind: "number" },
};

/** The names of the elements in responses. Requests have the same ones. */
const RESPONSE_MEMBERS: Members = {
	...MEMBERS,
	QueueUrls: { name: "QueueUrl", kind: "list" },
	Messages: { name: "Message", kind: "list", member: MEMBERS },
	Failed: { name: "BatchResultErrorEntry", kind: "list" },
};

/** The errors whose codes in the query protocol have a prefix. Fauxqs gives it to all. */
const PREFIXED = new Set([
	"BatchEntryIdsNotDistinct",
	"BatchRequestTooLong",
	"EmptyBatchRequest",
	"InvalidBatchEntryId",
	"MessageNotInflight",
	"NonExistentQueue",
	"PurgeQueueInProgress",
	"QueueDeletedRecently",
	"TooManyEntriesInBatchRequest",
	"UnsupportedOperation",
]);

/** The headers of a response with the code that SQS has for an error in the query protocol. */
export function withQueryError(headers: TenantResponse["headers"]): TenantResponse["headers"] {
	const [, code, fault] = /^AWS\.SimpleQueueService\.(\w+);(\w+)$/.exec(headers["x-amzn-query-error"] ?? "") ?? [];
	if (code === undefined || PREFIXED.has(code)) return headers;
	return { ...headers, "x-amzn-query-error": `${code === "QueueNameExists" ? "QueueAlreadyExists" : code};${fault}` };
}

/** Whether a request to SQS is in the query protocol. */
export function isSqsQuery({ headers }: TenantRequest): boolean {
	return headers["x-amz-target"] === undefined;
}

/** A request of the query protocol in the JSON protocol. @throws AwsException for a value that is no number where one is expected. */
export function sqsJsonRequest(request: TenantRequest, operation: string): TenantRequest {
	const form = request.method === "GET" ? request.query : new URLSearchParams(request.body.toString());
	const { Action: _action, Version: _version, ...parameters } = Object.fromEntries(form);
	const entries = { name: `${operation}RequestEntry`, kind: "list", member: MEMBERS } as const;
	const members = operation.endsWith("Batch") ? { ...MEMBERS, Entries: entries } : MEMBERS;
	const input = readStructure(treeOf(parameters), members);
	// Tags have a small letter in the input of one operation only.
	const { Tags, ...others } = input;
	const named = operation === "CreateQueue" && Tags !== undefined ? { ...others, tags: Tags } : input;
	const url = named.QueueUrl ?? (/^\/\d+\/[^/]+$/.test(request.path) ? request.path : undefined);
	const { "content-type": _type, ...headers } = request.headers;
	return {
		...request,
		method: "POST",
		query: new URLSearchParams(),
		headers: { ...headers, "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
		body: Buffer.from(JSON.stringify({ ...named, ...(url !== undefined && { QueueUrl: url }) })),
	};
}

/** A response of the JSON protocol in the query protocol. */
export function sqsXmlResponse({ body, headers, status }: TenantResponse, operation: string): TenantResponse {
	const output = parseObject(Buffer.from(body as string)) ?? {};
	const id = randomUUID();
	const namespace = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"';
	const respondWith = (xml: string): TenantResponse => ({
		status,
		headers: { "content-type": "text/xml", "x-amzn-requestid": id },
		body: `<?xml version="1.0"?>${xml}`,
	});
	if (status >= 400) {
		const [code = "InternalFailure", type = "Sender"] = (headers["x-amzn-query-error"] ?? "").split(";");
		const message = escapeXml(String(output.message ?? ""));
		return respondWith(
			`<ErrorResponse ${namespace}><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message><Detail/></Error><RequestId>${id}</RequestId></ErrorResponse>`,
		);
	}
	const successful = { name: `${operation}ResultEntry`, kind: "list" } as const;
	const result = writeStructure(output, { ...RESPONSE_MEMBERS, Successful: successful });
	const element = result === "" ? "" : `<${operation}Result>${result}</${operation}Result>`;
	return respondWith(
		`<${operation}Response ${namespace}>${element}<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></${operation}Response>`,
	);
}

/** Parameters by the parts of their names: `Tag.1.Key`. */
interface Tree {
	text?: string;
	readonly children: Map<string, Tree>;
}

const MAX_DEPTH = 8;

function treeOf(parameters: Readonly<Record<string, string>>): Tree {
	const root: Tree = { children: new Map() };
	for (const [name, value] of Object.entries(parameters)) {
		let tree = root;
		for (const part of name.split(".", MAX_DEPTH)) {
			const child = tree.children.get(part) ?? { children: new Map() };
			tree.children.set(part, child);
			tree = child;
		}
		tree.text = value;
	}
	return root;
}

function readStructure(tree: Tree, members: Members): Record<string, unknown> {
	const input: [string, unknown][] = [];
	const known = new Set<string>();
	for (const [jsonName, member] of Object.entries(members)) {
		const child = tree.children.get(member.name);
		known.add(member.name);
		if (child !== undefined) input.push([jsonName, readMember(child, member)]);
	}
	for (const [name, child] of tree.children) {
		if (!known.has(name) && child.text !== undefined) input.push([name, child.text]);
	}
	return Object.fromEntries(input);
}

function readMember(tree: Tree, member: Member): unknown {
	switch (member.kind) {
		case "number": {
			const value = Number(tree.text === "" ? Number.NaN : tree.text);
			if (Number.isInteger(value)) return value;
			throw new AwsException("malformedBody", `${member.name} must be an integer`);
		}
		case "list":
			return numbered(tree).map((child) =>
				member.member === undefined ? (child.text ?? "") : readStructure(child, member.member),
			);
		case "map":
			return Object.fromEntries(
				numbered(tree).map((child) => {
					const value = child.children.get(member.value);
					const isText = member.member === undefined;
					const read = isText ? (value?.text ?? "") : readStructure(value ?? { children: new Map() }, member.member);
					return [child.children.get(member.key)?.text ?? "", read];
				}),
			);
	}
}

/** The children of `Tag`: `Tag.1`, `Tag.2`. */
function numbered({ children }: Tree): readonly Tree[] {
	return [...children]
		.filter(([name]) => /^\d+$/.test(name))
		.sort(([a], [b]) => Number(a) - Number(b))
		.map(([, child]) => child);
}

function writeStructure(output: Readonly<Record<string, unknown>>, members: Members): string {
	return Object.entries(output)
		.map(([jsonName, value]) => writeMember(jsonName, value, members[jsonName]))
		.join("");
}

function writeMember(jsonName: string, value: unknown, member: Member | undefined): string {
	if (value === undefined || value === null) return "";
	const name = member?.name ?? jsonName;
	if (member?.kind === "list" && Array.isArray(value)) {
		return value.map((one) => `<${name}>${writeValue(one, member.member ?? {})}</${name}>`).join("");
	}
	if (member?.kind === "map" && isRecord(value)) {
		return Object.entries(value)
			.map(([key, one]) => {
				const written = writeValue(one, member.member ?? {});
				return `<${name}><${member.key}>${escapeXml(key)}</${member.key}><${member.value}>${written}</${member.value}></${name}>`;
			})
			.join("");
	}
	return `<${name}>${writeValue(value, {})}</${name}>`;
}

function writeValue(value: unknown, members: Members): string {
	return isRecord(value) ? writeStructure(value, members) : escapeXml(String(value));
}
