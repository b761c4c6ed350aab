import type { ServerTime } from "./clock.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http-handler.ts";

/** The largest answer that is read, in characters: AppSync sends 5 MB at most, Cognito far less. */
const LARGEST_ANSWER = 6 * 1024 * 1024;

/** What is sent: nothing but what the services here need. */
export interface HttpMessage {
	readonly method: "GET" | "POST";
	readonly url: URL;
	readonly headers: Record<string, string>;
	readonly body?: string | undefined;
}

/** A whole answer. Header names are in lower case. */
export interface HttpAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
	/** Whether it said what time it is. */
	readonly toldTime: boolean;
}

/** Sends one message, reads the whole answer, and notes the time that it names. */
export async function exchange(
	handler: HttpHandler,
	serverTime: Pick<ServerTime, "observe">,
	message: HttpMessage,
	signal: AbortSignal,
): Promise<HttpAnswer> {
	const { response } = await handler.handle(requestOf(message), { abortSignal: signal });
	const { statusCode, headers } = response;
	// An answer from a cache has an old date.
	const time = headers.age === undefined ? Date.parse(headers.date ?? "") : Number.NaN;
	serverTime.observe(time);
	return { status: statusCode, headers, text: await textOf(response, signal), toldTime: Number.isFinite(time) };
}

/** How long the service asks to be left alone, milliseconds; 0 where it does not say. Dates are not read: only seconds. */
export function retryAfterMs(headers: Readonly<Record<string, string>> | undefined): number {
	return 1000 * (Number.parseInt(headers?.["retry-after"] ?? "", 10) || 0);
}

function requestOf({ method, url, headers, body }: HttpMessage): HttpRequest {
	return {
		method,
		protocol: url.protocol,
		hostname: url.hostname,
		path: url.pathname,
		query: Object.fromEntries(url.searchParams),
		headers,
		...(url.port === "" ? {} : { port: Number(url.port) }),
		...(body === undefined ? {} : { body }),
		clone: () => requestOf({ method, url, headers: { ...headers }, body }),
	};
}

async function textOf({ body }: HttpResponse, signal: AbortSignal): Promise<string> {
	const stream = body as { destroy?: (reason?: unknown) => void } | undefined;
	const stop = () => stream?.destroy?.();
	// A handler may answer although it was told to stop.
	if (signal.aborted) stop();
	signal.addEventListener("abort", stop, { once: true });
	try {
		return isAsyncIterable(body) ? await decoded(body) : await new Response(body as BodyInit | null).text();
	} finally {
		// The signal may outlive this attempt, and others follow it.
		signal.removeEventListener("abort", stop);
	}
}

async function decoded(body: AsyncIterable<Uint8Array>): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	for await (const chunk of body) {
		text += decoder.decode(chunk, { stream: true });
		if (text.length > LARGEST_ANSWER) throw new Error(`The answer is longer than ${LARGEST_ANSWER} characters`);
	}
	return text + decoder.decode();
}

function isAsyncIterable(body: unknown): body is AsyncIterable<Uint8Array> {
	return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** The JSON object that a text is, or nothing. `reviver` is that of `JSON.parse`. */
export function parseObject(
	text: string,
	reviver?: (key: string, value: unknown) => unknown,
): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text, reviver);
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Whether a value of an answer is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
