import type { SQSClient } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { printableJson } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { ifAllowed } from "./allowed.ts";
import { inColumns } from "./columns.ts";
import { type Edge, edgesOf } from "./edges.ts";

/** The flags of `echostream queues`. */
export interface QueuesFlags extends SessionFlags {
	/** Whether the messages are counted. */
	readonly counts?: boolean;
	readonly json?: boolean;
}

/** Approximate numbers of messages in a queue. */
interface Counts {
	/** Messages that can be received. */
	readonly available: number;
	/** Messages that were received, and are not deleted yet. */
	readonly inFlight: number;
	readonly delayed: number;
}

/** An edge of the apps, or a queue that is none of theirs. */
interface Queue extends Partial<Edge> {
	readonly url: string;
	/** `undefined` unless they are wanted, and the user may read them. */
	readonly counts?: Counts | undefined;
}

/** Queues that are counted at the same time. */
const CONCURRENCY = 10;

/** `echostream queues`: the queues of the app's edges, or of all apps, and the others that the user may list. */
export async function queues(flags: QueuesFlags, terminal: Terminal): Promise<void> {
	await withSession(flags, terminal, async (session) => {
		const found = await withSpinner(terminal, "Listing queues", async () => {
			const { SQSClient } = await import("@aws-sdk/client-sqs");
			const sqs = session.client(SQSClient);
			const edges = await edgesOf(session);
			const known = new Set(edges.map(({ url }) => url));
			const urls = (await ifAllowed(urlsOfQueues(sqs))) ?? [];
			const all: Queue[] = [...edges, ...urls.filter((url) => !known.has(url)).map((url) => ({ url }))];
			return flags.counts ? withCounts(all, sqs) : all;
		});
		if (flags.json) {
			terminal.print(printableJson(found, 2));
			return;
		}
		const rows = found.map((queue) => [
			session instanceof AppSession ? directionOf(queue) : "",
			queue.source ?? "",
			queue.target ?? "",
			queue.messageType ?? "",
			queue.draining ? "draining" : "",
			...(flags.counts ? countsOf(queue) : ["", "", ""]),
			queue.url,
		]);
		const headings = ["APP", "SOURCE", "TARGET", "MESSAGE TYPE", "STATE", "MESSAGES", "IN FLIGHT", "DELAYED", "QUEUE"];
		if (rows.length === 0) terminal.printError("There are no queues.");
		else terminal.print(inColumns(headings, rows, terminal));
	});
}

/** What the app does with a queue. */
function directionOf({ receivingApp, sendingApp }: Queue): string {
	return [...(receivingApp === undefined ? [] : ["receives"]), ...(sendingApp === undefined ? [] : ["sends"])].join(
		", ",
	);
}

function countsOf({ counts }: Queue): string[] {
	if (counts === undefined) return ["denied", "", ""];
	return [counts.available, counts.inFlight, counts.delayed].map(String);
}

async function urlsOfQueues(client: SQSClient): Promise<string[]> {
	const { paginateListQueues } = await import("@aws-sdk/client-sqs");
	const urls: string[] = [];
	// Without a page size, SQS returns 1,000 queues and no token for more.
	for await (const { QueueUrls } of paginateListQueues({ client, pageSize: 1000 }, {})) urls.push(...(QueueUrls ?? []));
	return urls;
}

async function withCounts(all: readonly Queue[], sqs: SQSClient): Promise<Queue[]> {
	const { GetQueueAttributesCommand } = await import("@aws-sdk/client-sqs");
	const counted: Queue[] = [...all];
	const waiting = all.entries();
	const work = async () => {
		for (const [index, queue] of waiting) {
			const command = new GetQueueAttributesCommand({
				QueueUrl: queue.url,
				AttributeNames: [
					"ApproximateNumberOfMessages",
					"ApproximateNumberOfMessagesNotVisible",
					"ApproximateNumberOfMessagesDelayed",
				],
			});
			const attributes = (await ifAllowed(sqs.send(command)))?.Attributes;
			if (attributes === undefined) continue;
			const counts = {
				available: Number(attributes.ApproximateNumberOfMessages),
				inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible),
				delayed: Number(attributes.ApproximateNumberOfMessagesDelayed),
			};
			counted[index] = { ...queue, counts };
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, work));
	return counted;
}
