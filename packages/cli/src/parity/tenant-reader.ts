import { createHash, createHmac } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import type { ApiSession } from "echostream-botocore";

/** Where a tenant is. */
export interface Place {
	readonly url: string;
	readonly region: string;
}

interface TenantResponse {
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

/** Reads from the AWS services of a tenant, by signed requests. */
export class TenantReader {
	readonly #place: Place;
	readonly #session: ApiSession;

	constructor(place: Place, session: ApiSession) {
		this.#place = place;
		this.#session = session;
	}

	/** Sends a request of the JSON protocol. `target` is that of the header `x-amz-target`. */
	async call(service: string, target: string, input: object): Promise<Record<string, unknown>> {
		const { body } = await this.#send(service, "POST", "/", JSON.stringify(input), { "x-amz-target": target });
		return body.length === 0 ? {} : JSON.parse(body.toString());
	}

	/** Gets a bucket or an object. `path` is not encoded. */
	s3(path: string, query: Readonly<Record<string, string>> = {}): Promise<TenantResponse> {
		const parameters = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
		const target = `/${path.split("/").map(encoded).join("/")}`;
		return this.#send("s3", "GET", [target, parameters.sort().join("&")].join("?"), "");
	}

	async #send(
		service: string,
		method: string,
		target: string,
		body: string,
		more: Readonly<Record<string, string>> = {},
	): Promise<TenantResponse> {
		const { accessKeyId, secretAccessKey, sessionToken = "" } = await this.#session.credentials();
		const { url, region } = this.#place;
		const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
		const signed: Record<string, string> = {
			host: new URL(url).host,
			"x-amz-content-sha256": sha256(body),
			"x-amz-date": date,
			"x-amz-security-token": sessionToken,
			...more,
		};
		const names = Object.keys(signed).join(";");
		const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
		const [path, query = ""] = target.split("?");
		const canonical = [method, path, query, lines.join(""), names, sha256(body)].join("\n");
		const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
		const key = scope.split("/").reduce<string | Buffer>((one, part) => hmac(one, part), `AWS4${secretAccessKey}`);
		const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString("hex");
		const headers = {
			...signed,
			...(method === "POST" && { "content-type": "application/x-amz-json-1.0" }),
			authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
		};
		// `fetch` would change a path with the segment `..`, which is valid in the key of an object.
		const { hostname, port } = new URL(url);
		return await new Promise((resolve, reject) => {
			const sent = request({ hostname, port, method, path: target, headers }, async (response) => {
				const chunks: Buffer[] = [];
				for await (const chunk of response) chunks.push(chunk);
				const received = Buffer.concat(chunks);
				if (response.statusCode === 200) return resolve({ headers: response.headers, body: received });
				const what = `${more["x-amz-target"] ?? path}, status ${response.statusCode}`;
				reject(new Error(`The tenant could not be read (${what}): ${received.toString().slice(0, 300)}`));
			});
			sent.on("error", reject).end(body);
		});
	}
}

/** Encodes a part of a path or a query as signatures require it. */
function encoded(text: string): string {
	return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The hash of a text or of bytes, hexadecimal. */
export function sha256(content: string | Uint8Array): string {
	return createHash("sha256").update(content).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
	return createHmac("sha256", key).update(text).digest();
}
