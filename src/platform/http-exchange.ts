import { SettingsError } from "../errors.ts";
import { RedirectError, ResponseTooLargeError } from "./http-failures.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "./http-handler.ts";

/**
 * Maximum number of commas, colons and opening brackets outside the strings of a JSON text. `JSON.parse` blocks the event
 * loop for a few milliseconds with 5 MB of strings, and for most of a second with 5 MB of brackets. Up to this limit it
 * takes less than 100 ms.
 */
const MAX_MARKS = 200_000;
/** Maximum depth of a JSON text, because code that reads a value may be recursive. */
const MAX_DEPTH = 500;

/** A request, with the parts that the services here require. */
export interface HttpMessage {
	readonly method: "GET" | "POST";
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | undefined;
	/** Value of `User-Agent`. Browsers send their own. */
	readonly userAgent: string;
	/** Maximum size of the response, bytes. */
	readonly maxBytes: number;
}

/** A response that was read to its end. Header names are in lower case. */
export interface HttpResponseText {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
	/** Its `Date`, milliseconds since 1970. `NaN` without one, and for a response from a cache, whose date is old. */
	readonly dateMs: number;
}

/**
 * Sends a request, and reads the whole response.
 *
 * @throws RedirectError, ResponseTooLargeError, a {@link SettingsError} for a header that cannot be sent, and the errors of
 * the handler.
 */
export async function exchange(
	handler: HttpHandler,
	message: HttpMessage,
	signal: AbortSignal,
): Promise<HttpResponseText> {
	signal.throwIfAborted();
	const { response } = await handler.handle(requestOf(message), { abortSignal: signal });
	const { statusCode, headers } = response;
	const body = openBody(response);
	// In a page, a redirect that is not followed has status 0 and nothing else.
	if (statusCode === 0 || (statusCode >= 300 && statusCode < 400)) {
		body.close();
		throw new RedirectError(headers.location);
	}
	const text = await textOf(body, message.maxBytes, signal);
	const dateMs = headers.age === undefined ? Date.parse(String(headers.date).slice(0, 64)) : Number.NaN;
	return { status: statusCode, headers, text, dateMs };
}

/** Delay that `Retry-After` requires, milliseconds. 0 without one. Only seconds are read, not dates. */
export function retryAfterMs(headers: Readonly<Record<string, string>> | undefined): number {
	const seconds = headers?.["retry-after"] ?? "";
	return seconds.length < 10 && /^\d+$/.test(seconds) ? 1000 * Number(seconds) : 0;
}

function requestOf(message: HttpMessage): HttpRequest {
	const { method, url, body } = message;
	const headers = headersOf(message);
	const query = [...new Set(url.searchParams.keys())].map((name) => {
		const values = url.searchParams.getAll(name);
		return [name, values.length === 1 ? (values[0] ?? "") : values] as const;
	});
	return {
		method,
		protocol: url.protocol,
		hostname: url.hostname,
		path: url.pathname,
		query: Object.fromEntries(query),
		headers,
		...(url.port === "" ? {} : { port: Number(url.port) }),
		...(body === undefined ? {} : { body }),
		clone: () => requestOf({ ...message, headers: { ...message.headers } }),
	};
}

/**
 * Outside browsers a request needs `User-Agent`: the core rule set of AWS WAF blocks requests without it. Some browsers
 * ignore the header when a page sets it, others require a preflight for it.
 */
const isPage = globalThis.process?.versions?.node === undefined;

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const INVALID_HEADER =
	"contains a line break or another character that is invalid in an HTTP header: use printable ASCII";

/** What is wrong with the value of a header. `undefined` if it can be sent: Node would send other characters as UTF-8. */
export function headerProblem(value: string): string | undefined {
	return /[^\t\x20-\x7e]/.test(value) ? INVALID_HEADER : undefined;
}

/** Returns the headers, or throws a {@link SettingsError} where one cannot be sent: the network is not at fault. */
function headersOf({ headers, url, userAgent }: HttpMessage): Record<string, string> {
	const named = isPage ? { ...headers } : { "user-agent": userAgent, ...headers };
	const problems = Object.entries(named).flatMap(([name, value]) => {
		const problem = HEADER_NAME.test(name) ? headerProblem(value) : INVALID_HEADER;
		const option = name === "authorization" ? "accessToken" : `header ${name}`;
		return problem === undefined ? [] : [{ option, problem }];
	});
	if (problems.length === 0) return named;
	throw new SettingsError(`a request to ${url.origin}`, problems);
}

/** The body of a response. */
interface Body {
	readonly chunks: AsyncIterable<Uint8Array>;
	/** Discards the rest. */
	close(): void;
}

/** Reads a web stream by its reader, because it is not iterable in older versions of Safari. */
function openBody({ body }: HttpResponse): Body {
	if (isAsyncIterable(body) && !("getReader" in body)) return { chunks: body, close: () => body.destroy?.() };
	const stream = isWebStream(body) ? body : new Response(body as BodyInit | null | undefined).body;
	const reader = stream?.getReader();
	const close = () => void reader?.cancel().catch(() => {});
	return { chunks: reader === undefined ? nothing() : chunksOf(reader, close), close };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* chunksOf(
	reader: ReadableStreamDefaultReader<Uint8Array>,
	close: () => void,
): AsyncGenerator<Uint8Array> {
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
	} finally {
		close();
	}
}

async function textOf({ chunks, close }: Body, maxBytes: number, signal: AbortSignal): Promise<string> {
	// A handler may return a response although its request was aborted.
	if (signal.aborted) close();
	signal.addEventListener("abort", close, { once: true });
	try {
		let received = new Uint8Array();
		let bytes = 0;
		for await (const chunk of chunks) {
			const start = bytes;
			bytes += chunk.byteLength;
			if (bytes > maxBytes) throw new ResponseTooLargeError(`sent a response of more than ${maxBytes} bytes`);
			if (bytes > received.length) {
				const larger = new Uint8Array(Math.max(bytes, 2 * received.length));
				larger.set(received);
				received = larger;
			}
			received.set(chunk, start);
		}
		// All at once, because a decoder for parts takes several times as long.
		const text = new TextDecoder().decode(received.subarray(0, bytes));
		if (isParsable(text)) return text;
		throw new ResponseTooLargeError(
			`sent a response with more than ${MAX_MARKS / 2} values, or nested more than ${MAX_DEPTH} levels deep`,
		);
	} finally {
		// The signal may outlive this attempt, and other attempts may use it.
		signal.removeEventListener("abort", close);
	}
}

function isAsyncIterable(body: unknown): body is AsyncIterable<Uint8Array> & { destroy?: () => void } {
	return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

function isWebStream(body: unknown): body is ReadableStream<Uint8Array> {
	return typeof body === "object" && body !== null && "getReader" in body;
}

/** Whether a text may be parsed as JSON without blocking the event loop for long. */
export function isParsable(text: string): boolean {
	let marks = 0;
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		if (char === '"') at = endOfString(text, at);
		else if (char === "," || char === ":") marks++;
		else if (char === "[" || char === "{") {
			marks++;
			depth++;
		} else if (char === "]" || char === "}") depth--;
		if (marks > MAX_MARKS || depth > MAX_DEPTH) return false;
	}
	return true;
}

/** Where a JSON string ends that starts at `start`: at its closing quote, or at the end of the text. */
function endOfString(text: string, start: number): number {
	let end = text.indexOf('"', start + 1);
	if (end < 0) return text.length;
	if (text[end - 1] !== "\\") return end;
	// The quote may be escaped.
	for (end = start + 1; end < text.length && text[end] !== '"'; end++) end += text[end] === "\\" ? 1 : 0;
	return end;
}

/** Parses a JSON object. Returns `undefined` for any other text. `reviver` is that of `JSON.parse`. */
export function parseObject(
	text: string,
	reviver?: ((key: string, value: unknown) => unknown) | undefined,
): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text, reviver);
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Whether a value of a response is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
