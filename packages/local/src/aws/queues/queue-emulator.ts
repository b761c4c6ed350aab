import type { Records } from "../../data/records.ts";
import type { TenantRequest, TenantResponse } from "../../http/exchange.ts";
import { AwsException } from "../aws-exception.ts";
import type { Emulator } from "../emulator.ts";
import { readJsonBody } from "../json-body.ts";
import { withQueryError } from "../sqs-query.ts";
import type { Route } from "./fauxqs.ts";
import { KeptQueues } from "./kept-queues.ts";
import { KeptTopics } from "./kept-topics.ts";

/** A queue with its messages, oldest first. */
export interface QueueContent {
	readonly attributes: Readonly<Record<string, string>>;
	readonly messages: {
		/** Those that can be received. */
		readonly ready: readonly QueueMessage[];
		/** Those that cannot be received yet. */
		readonly delayed: readonly QueueMessage[];
		/** Those that were received and not deleted. */
		readonly inflight: readonly { readonly message: QueueMessage; readonly visibilityDeadline: number }[];
	};
}

/** A message of a queue. */
export interface QueueMessage {
	readonly messageId: string;
	readonly body: string;
	readonly messageAttributes: Readonly<Record<string, unknown>>;
	/** Milliseconds since 1970. */
	readonly sentTimestamp: number;
	readonly approximateReceiveCount: number;
	readonly messageGroupId?: string;
}

/** The emulator of SQS and SNS. */
export interface QueueEmulator extends Emulator {
	/** Reads a queue with its messages, which stay as they are. `undefined` if there is no such queue. */
	inspectQueue(name: string): QueueContent | undefined;
}

/**
 * SQS and SNS: the queues and topics of fauxqs, in this process.
 *
 * @param url - what the URLs of queues begin with.
 */
export async function startQueues(region: string, url: string, records: Records): Promise<QueueEmulator> {
	const { createFauxqs } = await import("./fauxqs.ts");
	const { queues, sns, sqs, topics } = createFauxqs(region);
	const keptQueues = records.areKept ? new KeptQueues(queues, records) : undefined;
	const keptTopics = records.areKept ? new KeptTopics(topics, records) : undefined;
	const ownUrl = (queue: string) => `http://sqs.${region}.localhost/000000000000/${queue}`;
	const publicUrl = (queue: string) => `${url}/000000000000/${queue}`;

	async function respondAsSqs(request: TenantRequest, operation: string): Promise<TenantResponse> {
		const input = withQueueUrls(readJsonBody(request.body), ownUrl);
		const { headers, output, status } = await run(sqs, request, input);
		keptQueues?.changed(operation, input.QueueUrl);
		return {
			status,
			headers: withQueryError(headers),
			body: JSON.stringify(withQueueUrls(output as Input, publicUrl)),
		};
	}

	async function respondAsSns(request: TenantRequest, operation: string): Promise<TenantResponse> {
		const isGet = request.method === "GET";
		const form = Object.fromEntries(isGet ? request.query : new URLSearchParams(request.body.toString()));
		if (operation === "Subscribe" && form.Protocol !== "sqs") throw new AwsException("invalidParameter", ONLY_QUEUES);
		const { output, ...response } = await run(sns, request, form);
		keptTopics?.save();
		return { ...response, body: String(output) };
	}

	return {
		async respond(request, operation) {
			try {
				const isSqs = request.headers["x-amz-target"] !== undefined;
				return isSqs ? await respondAsSqs(request, operation) : await respondAsSns(request, operation);
			} catch (error) {
				if (error instanceof AwsException) throw error;
				throw new AwsException("invalidValue", `fauxqs cannot handle this ${operation}: ${(error as Error).message}`);
			}
		},
		inspectQueue: (name) => queues.inspectQueue(name) as QueueContent | undefined,
		async stop() {
			queues.shutdown();
		},
	};
}

/** The tenant sends no mail and calls no address. */
const ONLY_QUEUES = "Invalid parameter: Protocol. The local tenant delivers messages of topics to SQS queues only.";

type Input = Record<string, unknown>;

async function run(route: Route, { headers }: TenantRequest, body: Input) {
	let status = 200;
	const replied: Record<string, string> = {};
	// The host decides how fauxqs forms the URL of a queue.
	const output = await route(
		{ headers: { ...headers, host: "localhost" }, body },
		{
			status: (code) => {
				status = code;
			},
			header: (name, value) => {
				replied[name] = value;
			},
		},
	);
	return { status, headers: replied, output };
}

/** An input or output of SQS with the URLs of its queues changed. */
function withQueueUrls(content: Input | undefined, urlOf: (queue: string) => string): Input {
	const changed = (url: unknown) => (typeof url === "string" ? urlOf(url.split("/").pop() ?? "") : url);
	const { QueueUrl, QueueUrls, ...others } = content ?? {};
	return {
		...others,
		...(QueueUrl !== undefined && { QueueUrl: changed(QueueUrl) }),
		...(QueueUrls !== undefined && { QueueUrls: Array.isArray(QueueUrls) ? QueueUrls.map(changed) : QueueUrls }),
	};
}
