import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CachedCredentials } from "../access/credentials-file.ts";
import { variablesWithoutDefaultProfile } from "./aws-config.ts";

/** The path of the credentials. */
const PATH = "/credentials";

/**
 * A server of AWS credentials on 127.0.0.1, as the AWS SDKs find it in a container: they request their credentials from it again before
 * these expire. It serves only who knows its random token, which is new for every endpoint.
 */
export class ContainerEndpoint {
	readonly #server: Server;
	readonly #token = randomBytes(32).toString("base64url");
	readonly #credentials: () => Promise<CachedCredentials>;

	/**
	 * Starts an endpoint.
	 *
	 * @param credentials - The current credentials. Called for each request.
	 * @param port - Default: any free port.
	 */
	static async start(credentials: () => Promise<CachedCredentials>, port = 0): Promise<ContainerEndpoint> {
		const endpoint = new ContainerEndpoint(credentials);
		await new Promise<void>((resolve, reject) => {
			const failed = (error: NodeJS.ErrnoException) =>
				reject(
					error.code === "EADDRINUSE"
						? new Error(`Port ${port} of 127.0.0.1 is in use. Pass another --port, or none.`)
						: error,
				);
			endpoint.#server.once("error", failed);
			endpoint.#server.listen(port, "127.0.0.1", resolve);
		});
		return endpoint;
	}

	private constructor(credentials: () => Promise<CachedCredentials>) {
		this.#credentials = credentials;
		this.#server = createServer((request, response) => this.#respond(request, response));
	}

	/** The variables by which an AWS SDK finds the endpoint, and no other credentials before it. */
	get variables(): Record<string, string> {
		const { port } = this.#server.address() as AddressInfo;
		return {
			...variablesWithoutDefaultProfile(),
			AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${PATH}`,
			AWS_CONTAINER_AUTHORIZATION_TOKEN: this.#token,
		};
	}

	/** Ends the endpoint, and the requests in progress. */
	close(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}

	async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const respond = (status: number, body: object) => {
			response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
			response.end(JSON.stringify(body));
		};
		// A page in a browser can send requests here, but neither the token nor this name as the host.
		const { address, port } = this.#server.address() as AddressInfo;
		if (!isEqual(request.headers.authorization ?? "", this.#token) || request.headers.host !== `${address}:${port}`) {
			respond(401, { code: "Unauthorized", message: "AWS_CONTAINER_AUTHORIZATION_TOKEN is missing or wrong." });
		} else if (request.url !== PATH || request.method !== "GET") {
			respond(404, { code: "NotFound", message: `Only GET ${PATH} exists.` });
		} else {
			try {
				const { accessKeyId, expiresAtMs, secretAccessKey, sessionToken } = await this.#credentials();
				respond(200, {
					AccessKeyId: accessKeyId,
					SecretAccessKey: secretAccessKey,
					Token: sessionToken,
					Expiration: new Date(expiresAtMs).toISOString().replace(/\.\d+Z$/, "Z"),
				});
			} catch (error) {
				const { code = "Unavailable", message, transient } = error as Error & { code?: string; transient?: boolean };
				// SDKs repeat a request after a 5xx only.
				respond(transient === false ? 400 : 503, { code, message });
			}
		}
	}
}

function isEqual(one: string, other: string): boolean {
	const [first, second] = [one, other].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
	return timingSafeEqual(first, second);
}
