import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { parseObject } from "../json.ts";
import { AwsException } from "./aws-exception.ts";
import type { Emulator } from "./emulator.ts";
import { importFauxqs } from "./import-fauxqs.ts";
import { readJsonBody } from "./json-body.ts";
import { plainS3Request } from "./s3-body.ts";
import { isGetObjectTagging, taggingResponse, withKeptHeaders, withOwnHeaders } from "./s3-object-headers.ts";
import { dispatch } from "./server-dispatch.ts";

const OWN_HOST = "localhost";

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

/** The emulator of SQS, SNS and S3. */
export interface FauxqsEmulator extends Emulator {
	/** Reads a queue with its messages, which stay as they are. `undefined` if there is no such queue. */
	inspectQueue(name: string): Promise<QueueContent | undefined>;
}

/**
 * Fauxqs, in this process and without a port of its own: SQS, SNS and S3.
 *
 * @param url - what the URLs of queues begin with.
 */
export async function startFauxqs(region: string, url: string): Promise<FauxqsEmulator> {
	const { buildApp } = await importFauxqs();
	const app = buildApp({ logger: false, defaultRegion: region });
	await app.ready();

	async function respond(request: TenantRequest, operation: string): Promise<TenantResponse> {
		const contentType = request.headers["content-type"] ?? "";
		const isJson = contentType.includes("x-amz-json-1.0");
		if (!isJson && !contentType.includes("x-www-form-urlencoded")) {
			return respondToS3(plainS3Request(request, operation));
		}
		if (isJson) readJsonBody(request.body);
		// The SDK sends an SQS request to the path of the queue; to fauxqs that would be an S3 object.
		const response = await dispatch(app.routing, {
			...request,
			url: "/",
			headers: { ...request.headers, host: OWN_HOST },
			body: mapQueues(request.body, (name) => `http://sqs.${region}.${OWN_HOST}/000000000000/${name}`),
		});
		return { ...response, body: mapQueues(Buffer.from(response.body), (name) => `${url}/000000000000/${name}`) };
	}

	async function respondToS3(request: TenantRequest): Promise<TenantResponse> {
		if (isGetObjectTagging(request)) {
			return taggingResponse(await dispatch(app.routing, { ...request, method: "HEAD", url: request.path }));
		}
		return withOwnHeaders(await dispatch(app.routing, withKeptHeaders(request)));
	}

	return {
		async respond(request, operation) {
			const response = await respond(request, operation);
			throwFailure(response, operation);
			return response;
		},
		async inspectQueue(name) {
			const { body, status } = await dispatch(app.routing, {
				method: "GET",
				path: "",
				query: new URLSearchParams(),
				url: `/_fauxqs/queues/${encodeURIComponent(name)}`,
				headers: { host: OWN_HOST },
				body: Buffer.alloc(0),
			});
			return status === 200 ? (parseObject(Buffer.from(body)) as unknown as QueueContent) : undefined;
		},
		async stop() {
			await app.close();
		},
	};
}

/** Fauxqs words most errors as their service does. The web server under it words the others, as for any JSON API. */
function throwFailure({ body, status }: TenantResponse, operation: string): void {
	const failure = status < 400 ? undefined : parseObject(Buffer.from(body as string));
	if (typeof failure?.statusCode !== "number") return;
	const message = `fauxqs cannot handle this ${operation}: ${failure.message}`;
	if (status === 404) throw new AwsException("unsupported", message);
	throw new AwsException(status === 413 ? "tooLarge" : "invalidValue", message);
}

/** A body with the URLs of queues changed. One without any is left as it is. */
function mapQueues(body: Buffer, urlOf: (name: string) => string): Buffer {
	const content = body.includes('"QueueUrl') ? parseObject(body) : undefined;
	if (content === undefined) return body;
	const changed = (url: unknown) => (typeof url === "string" ? urlOf(url.split("/").pop() ?? "") : url);
	if (typeof content.QueueUrl === "string") content.QueueUrl = changed(content.QueueUrl);
	if (Array.isArray(content.QueueUrls)) content.QueueUrls = content.QueueUrls.map(changed);
	return Buffer.from(JSON.stringify(content));
}
