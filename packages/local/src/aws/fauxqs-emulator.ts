import type { TenantRequest, TenantResponse } from "../http/exchange.ts";
import { parseObject } from "../json.ts";
import { AwsException } from "./aws-exception.ts";
import type { Emulator } from "./emulator.ts";
import { importFauxqs } from "./import-fauxqs.ts";
import { readJsonBody } from "./json-body.ts";
import { dispatch } from "./server-dispatch.ts";

const OWN_HOST = "localhost";

/** The errors of SQS whose codes in the query protocol have a prefix. Fauxqs gives it to all. */
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

/**
 * Fauxqs, in this process and without a port of its own: SQS and SNS.
 *
 * @param url - what the URLs of queues begin with.
 */
export async function startFauxqs(region: string, url: string): Promise<Emulator> {
	const { buildApp } = await importFauxqs();
	const app = buildApp({ logger: false, defaultRegion: region });
	await app.ready();

	async function respond(request: TenantRequest): Promise<TenantResponse> {
		const isJson = request.headers["x-amz-target"] !== undefined;
		if (isJson) readJsonBody(request.body);
		const contentType = isJson ? "application/x-amz-json-1.0" : "application/x-www-form-urlencoded";
		// The SDK sends an SQS request to the path of the queue; to fauxqs that would be an S3 object.
		const response = await dispatch(app.routing, {
			...request,
			method: "POST",
			url: "/",
			headers: { ...request.headers, "content-type": contentType, host: OWN_HOST },
			body:
				request.method === "GET"
					? Buffer.from(request.query.toString())
					: mapQueues(request.body, (name) => `http://sqs.${region}.${OWN_HOST}/000000000000/${name}`),
		});
		return { ...response, body: mapQueues(Buffer.from(response.body), (name) => `${url}/000000000000/${name}`) };
	}

	return {
		async respond(request, operation) {
			const response = await respond(request);
			throwFailure(response, operation);
			return withQueryError(response);
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

/** A response whose header has the code that SQS has for an error in the query protocol. */
function withQueryError(response: TenantResponse): TenantResponse {
	const [, code, fault] =
		/^AWS\.SimpleQueueService\.(\w+);(\w+)$/.exec(response.headers["x-amzn-query-error"] ?? "") ?? [];
	if (code === undefined || PREFIXED.has(code)) return response;
	const own = code === "QueueNameExists" ? "QueueAlreadyExists" : code;
	return { ...response, headers: { ...response.headers, "x-amzn-query-error": `${own};${fault}` } };
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
