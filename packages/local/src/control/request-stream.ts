import type { ServerResponse } from "node:http";
import type { RequestLog, RequestLogEntry } from "../http/request-log.ts";
import { printedEntry } from "./request-routes.ts";

/** How much may wait for a client that does not read. More than this ends its stream. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Sends the requests of the log as server-sent events named `request`: first the last ones, then each when it has a response.
 * Returns a function that ends the stream.
 */
export function streamRequests(log: RequestLog, outgoing: ServerResponse, last: number): () => void {
	outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
	const send = (entry: RequestLogEntry) => {
		if (outgoing.writableLength > MAX_WAITING_BYTES) outgoing.destroy();
		else outgoing.write(`event: request\ndata: ${JSON.stringify(printedEntry(entry))}\n\n`);
	};
	// The comment makes browsers report that the stream is open.
	outgoing.write(": the requests of the tenant\n\n");
	const finished = log.since().filter(({ fault, status }) => status !== undefined || fault !== undefined);
	if (last > 0) for (const entry of finished.slice(-last)) send(entry);
	const unfollow = log.follow(send);
	outgoing.once("close", unfollow);
	return () => {
		unfollow();
		outgoing.end();
	};
}
