import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { ApiSession, AppSession } from "echostream-botocore";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { EXIT } from "../exit-code.ts";
import { InvalidInput } from "../invalid-input.ts";
import { printableJson, printableText } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { untilStopped } from "../until-stopped.ts";
import { ifAllowed } from "./allowed.ts";
import { type Edge, edgesOf } from "./edges.ts";
import { receive } from "./receiver.ts";
import { sqsClientFor } from "./sqs-client.ts";

/** The flags of `echostream tail`. */
export interface TailFlags extends SessionFlags {
	/** Name of the node that receives. */
	readonly node?: string;
	readonly queueUrl?: string;
	/** Number of messages after which it ends. */
	readonly count?: number;
	/** Whether messages are deleted. */
	readonly delete?: boolean;
	readonly json?: boolean;
}

/** A queue to read, and its edge if it has one. */
type Source = Pick<Edge, "url"> & Partial<Edge>;

/** `echostream tail`: prints the messages that arrive at the nodes of an app, until it is interrupted. */
export async function tail(flags: TailFlags, terminal: Terminal): Promise<number> {
	return withSession(flags, terminal, (session) =>
		untilStopped(async (stop) => {
			const sources = await withSpinner(terminal, "Looking for the edges", () => sourcesOf(session, flags));
			const ended = new AbortController();
			let left = flags.count ?? Number.POSITIVE_INFINITY;
			const results = await Promise.all(
				sources.map(async (source) => {
					const client = await sqsClientFor(session, source.receivingApp);
					return receive({
						client,
						queueUrl: source.url,
						isConsuming: flags.delete === true,
						maxReceiveCount: (await maxReceiveCountOf(source.url, client)) ?? source.maxReceiveCount,
						show: (message) => {
							if (left <= 0) return false;
							left -= 1;
							terminal.print(flags.json ? asJson(message, source) : asText(message, source, terminal));
							if (left <= 0) ended.abort();
							return true;
						},
						warn: (text) => terminal.printError(text),
						signal: AbortSignal.any([stop, ended.signal]),
					});
				}),
			);
			return results.every(Boolean) ? 0 : EXIT.failed;
		}),
	);
}

async function sourcesOf(session: ApiSession | AppSession, { node, queueUrl }: TailFlags): Promise<Source[]> {
	const isApp = "app" in session;
	if (!isApp && node === undefined && queueUrl === undefined) {
		throw new InvalidInput("Pass --node or --queue-url. Only an app reads all its queues.");
	}
	const edges = (await edgesOf(session)).filter(({ receivingApp }) => receivingApp !== undefined);
	const found = edges.filter(({ target, url }) => (queueUrl ?? url) === url && (node ?? target) === target);
	if (found.length > 0) return found;
	if (queueUrl !== undefined) return [{ url: queueUrl }];
	const nodes = [...new Set(edges.map(({ target }) => target))];
	throw new InvalidInput(
		nodes.length === 0
			? "There is nothing to read: no node of the app receives messages."
			: `No node fits. The nodes that receive messages are ${nodes.join(", ")}.`,
	);
}

/** Number of receives after which a message moves to the dead-letter queue, if there is one and the user may read it. */
async function maxReceiveCountOf(url: string, client: SQSClient): Promise<number | undefined> {
	const { GetQueueAttributesCommand } = await import("@aws-sdk/client-sqs");
	const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["RedrivePolicy"] });
	const policy = (await ifAllowed(client.send(command)))?.Attributes?.RedrivePolicy;
	if (policy === undefined) return undefined;
	const { maxReceiveCount } = JSON.parse(policy) as { maxReceiveCount?: unknown };
	return maxReceiveCount === undefined ? undefined : Number(maxReceiveCount);
}

/** A message on lines for people, whose control characters are escaped. */
function asText(message: Message, source: Source, terminal: Terminal): string {
	const way = source.source === undefined ? [] : [`${source.source} -> ${source.target}`];
	const trackingId = message.MessageAttributes?.trackingId?.StringValue;
	const parts = [sentAt(message) ?? "", ...way, ...(trackingId === undefined ? [] : [trackingId])];
	const body = (message.Body ?? "").split(/\r?\n/).map((line) => line.split("\t").map(printableText).join("\t"));
	return [terminal.emphasized(printableText(parts.join("  "))), ...body].join("\n");
}

function asJson({ Attributes, Body, MessageAttributes, MessageId }: Message, source: Source): string {
	const { trackingId, ...others } = MessageAttributes ?? {};
	const attributes = Object.entries(others).map(([name, { BinaryValue, StringValue }]) => [
		name,
		StringValue ?? Buffer.from(BinaryValue ?? []).toString("base64"),
	]);
	return printableJson({
		messageId: MessageId,
		trackingId: trackingId?.StringValue,
		sent: sentAt({ Attributes }),
		source: source.source,
		target: source.target,
		messageType: source.messageType,
		groupId: Attributes?.MessageGroupId,
		receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 0),
		attributes: Object.fromEntries(attributes),
		body: Body,
	});
}

function sentAt({ Attributes }: Pick<Message, "Attributes">): string | undefined {
	const ms = Number(Attributes?.SentTimestamp);
	return ms > 0 ? new Date(ms).toISOString() : undefined;
}
