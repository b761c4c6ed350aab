import type { ApiSession, AppSession } from "echostream-botocore";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { readLines, readText } from "../input.ts";
import { InvalidInput } from "../invalid-input.ts";
import { printableJson } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { type Edge, edgesOf } from "./edges.ts";
import { MAX_BYTES, outgoingMessage } from "./outgoing-message.ts";
import { type SentMessage, sendLines } from "./send-lines.ts";
import { sqsClientFor } from "./sqs-client.ts";

/** The flags of `echostream send`. */
export interface SendFlags extends SessionFlags {
	/** Name of the node that receives. */
	readonly to?: string;
	/** Name of the node that sends. */
	readonly from?: string;
	readonly queueUrl?: string;
	readonly file?: string;
	readonly groupId?: string;
	readonly trackingId?: string;
	/** Whether each line is a message. */
	readonly lines?: boolean;
	readonly json?: boolean;
}

/** `echostream send`: sends messages to the queue of an edge, and prints their ids. */
export async function send(argument: string | undefined, flags: SendFlags, terminal: Terminal): Promise<void> {
	if (flags.lines && argument !== undefined && argument !== "-") {
		throw new InvalidInput("With --lines, the messages come from standard input or --file, not from the argument.");
	}
	const print = (message: Partial<SentMessage>) =>
		terminal.print(flags.json ? printableJson(message) : (message.messageId ?? ""));
	await withSession(flags, terminal, async (session) => {
		const { queueUrl, appType, groupId } = await withSpinner(terminal, "Looking for the edge", () =>
			destinationOf(session, flags),
		);
		const isFifo = queueUrl.endsWith(".fifo");
		const messageOf = (body: string) => outgoingMessage(body, { groupId, isFifo, trackingId: flags.trackingId });
		const client = await sqsClientFor(session, appType);
		if (flags.lines) {
			let count = 0;
			const work = (show?: (text: string) => void) =>
				sendLines(readLines(flags.file, terminal), { client, queueUrl, messageOf }, (messages) => {
					count += messages.length;
					for (const message of messages) print(message);
					show?.(`Sent ${count} messages`);
				});
			// Lines that a person types would be overwritten by a spinner.
			await (terminal.stdin.isTTY ? work() : withSpinner(terminal, "Sending", work));
			return;
		}
		const body = await readText({ argument, file: flags.file, name: "message" }, terminal);
		const { bytes, entry, trackingId } = messageOf(body);
		if (body === "") throw new InvalidInput("The message is empty, which SQS rejects.");
		if (bytes > MAX_BYTES) {
			throw new InvalidInput(
				`The message has ${bytes} bytes with its attributes, and EchoStream's limit is ${MAX_BYTES}. Put the content into bulk data storage (GetBulkDataStorage), and send its URL.`,
			);
		}
		const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
		const command = new SendMessageCommand({ ...entry, QueueUrl: queueUrl });
		const { MessageId: messageId = "" } = await withSpinner(terminal, "Sending", () => client.send(command));
		print({ messageId, trackingId });
	});
}

/** The queue that messages are sent to. */
interface Destination {
	readonly queueUrl: string;
	/** Type of the app that sends. */
	readonly appType: string | undefined;
	/** `undefined` for queues without an order. */
	readonly groupId: string | undefined;
}

async function destinationOf(session: ApiSession | AppSession, flags: SendFlags): Promise<Destination> {
	// An API user may send to each queue.
	const edges = (await edgesOf(session)).filter(({ sendingApp }) => !("app" in session) || sendingApp !== undefined);
	const fits = ({ source, target, url }: Edge) =>
		(flags.queueUrl ?? url) === url && (flags.from ?? source) === source && (flags.to ?? target) === target;
	const [edge, ...others] = edges.filter(fits);
	const groupOf = (source: string) => flags.groupId ?? source.replaceAll(" ", "_");
	if (edge !== undefined && others.length === 0) {
		return { queueUrl: edge.url, appType: edge.sendingApp, groupId: groupOf(edge.source) };
	}
	if (flags.queueUrl !== undefined) {
		const name = flags.groupId ?? flags.from;
		if (name === undefined && flags.queueUrl.endsWith(".fifo")) {
			throw new InvalidInput("The queue is that of no edge of the app. Pass --group-id, which a FIFO queue requires.");
		}
		return { queueUrl: flags.queueUrl, appType: undefined, groupId: name === undefined ? undefined : groupOf(name) };
	}
	const candidates = edge === undefined ? edges : [edge, ...others];
	const list = candidates.map(({ source, target }) => `\n  --from ${shown(source)} --to ${shown(target)}`).join("");
	if (edge !== undefined) throw new InvalidInput(`Several edges fit. Choose one:${list}`);
	throw new InvalidInput(
		list === ""
			? "There is no edge to send to: no node of the app sends messages."
			: `No edge fits. The edges are:${list}`,
	);
}

function shown(name: string): string {
	return /^[\w.-]+$/.test(name) ? name : `'${name}'`;
}
