import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * What the programs of the recipes call: AWS Secrets Manager and HashiCorp Vault with one secret, which `PUT` replaces, a person
 * who reads codes, and the test itself, where a program waits for something to happen.
 */
export class RecipeServer implements AsyncDisposable {
	/** The secret. */
	secret = "";
	/** How often the secret was read. */
	reads = 0;
	/** How often a code was requested. */
	codes = 0;
	/** Returns a code. The argument is what the program sends. */
	code: (about: string) => Promise<string> | string = () => "";
	/** What the test does when a program reaches a step. */
	steps: Readonly<Record<string, () => Promise<void> | void>> = {};
	readonly #server: Server;

	private constructor(server: Server) {
		this.#server = server;
	}

	static async start(): Promise<RecipeServer> {
		const server = createServer();
		const started = new RecipeServer(server);
		server.on("request", async (request, response) => {
			try {
				response.end(await started.#respond(request));
			} catch (error) {
				response.writeHead(500).end(String(error));
			}
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		return started;
	}

	/** The variables of a program that calls the server. */
	get environment(): Record<string, string> {
		const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
		return {
			AWS_ACCESS_KEY_ID: "AKIAMACHINE",
			AWS_SECRET_ACCESS_KEY: "of the machine",
			AWS_REGION: "us-east-1",
			AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
			VAULT_ADDR: url,
			VAULT_TOKEN: "of-the-machine",
			STORE_URL: `${url}/store`,
			CODE_URL: `${url}/code`,
			STEP_URL: `${url}/step`,
		};
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#server.closeAllConnections();
		await once(this.#server.close(), "close");
	}

	async #respond(request: IncomingMessage): Promise<string> {
		const { headers, method, url = "" } = request;
		const body = await text(request);
		if (method === "PUT") this.secret = body;
		const [, kind = "", about = ""] = url.split("/");
		if (headers["x-amz-target"] === "secretsmanager.GetSecretValue") {
			this.reads++;
			return JSON.stringify({ Name: JSON.parse(body).SecretId, SecretString: this.#json });
		}
		if (url === "/v1/secret/data/echostream/shop" && headers["x-vault-token"] === "of-the-machine") {
			this.reads++;
			return JSON.stringify({ data: { data: JSON.parse(this.#json), metadata: { version: 1 } } });
		}
		if (kind === "code") {
			this.codes++;
			return this.code(about);
		}
		if (kind === "step") await this.steps[about]?.();
		return "";
	}

	get #json(): string {
		return JSON.stringify({ password: this.secret });
	}
}
