import { loadEsmPeer } from "../peers.ts";
import type { Emulator } from "./dynamodb-emulator.ts";
import { dispatch, type RequestListener } from "./server-dispatch.ts";

interface FauxqsApp {
	ready(): PromiseLike<unknown>;
	readonly routing: RequestListener;
	close(): Promise<unknown>;
}

type Fauxqs = { buildApp(options: { logger: boolean; defaultRegion: string }): FauxqsApp };

const OWN_HOST = "localhost";

/**
 * Fauxqs, in this process and without a port of its own: SQS, SNS and S3.
 *
 * @param url - what the URLs of queues begin with.
 */
export async function startFauxqs(region: string, url: string): Promise<Emulator> {
	const { buildApp } = await loadEsmPeer<Fauxqs>("fauxqs");
	const app = buildApp({ logger: false, defaultRegion: region });
	await app.ready();
	return {
		async answer(request) {
			if (!/x-amz-json-1\.0|x-www-form-urlencoded/.test(request.headers["content-type"] ?? ""))
				return dispatch(app.routing, request);
			// The SDK sends an SQS request to the path of the queue; to fauxqs that would be an S3 object.
			const asked = {
				...request,
				url: "/",
				body: mapQueues(request.body, (name) => `http://sqs.${region}.${OWN_HOST}/000000000000/${name}`),
			};
			const answer = await dispatch(app.routing, { ...asked, headers: { ...request.headers, host: OWN_HOST } });
			return { ...answer, body: mapQueues(Buffer.from(answer.body), (name) => `${url}/000000000000/${name}`) };
		},
		async stop() {
			await app.close();
		},
	};
}

/** A body with the URLs of queues changed; it is left as it is where there are none. */
function mapQueues(body: Buffer, urlOf: (name: string) => string): Buffer {
	const text = body.toString();
	if (!text.includes('"QueueUrl')) return body;
	const content = JSON.parse(text) as { QueueUrl?: unknown; QueueUrls?: unknown };
	const changed = (url: unknown) => urlOf(String(url).split("/").pop() ?? "");
	if (typeof content.QueueUrl === "string") content.QueueUrl = changed(content.QueueUrl);
	if (Array.isArray(content.QueueUrls)) content.QueueUrls = content.QueueUrls.map(changed);
	return Buffer.from(JSON.stringify(content));
}
