import { LyingServer, type Received, type Reply } from "./lying-server.ts";

const MESSAGE = "The security token included in the request is invalid.";

/** An AWS service at an address of its own, DynamoDB and S3 in one, whose opinion of access keys changes. */
export class FickleService implements AsyncDisposable {
	/** Whether an access key id is rejected. */
	rejects: (accessKeyId: string) => boolean = () => true;
	readonly #keys: string[] = [];
	readonly #server: LyingServer;

	private constructor(server: LyingServer) {
		this.#server = server;
	}

	static async start(): Promise<FickleService> {
		const service: FickleService = new FickleService(await LyingServer.start((request) => service.#respond(request)));
		return service;
	}

	get url(): string {
		return this.#server.url;
	}

	/** The access key ids of the requests since the last call. */
	take(): string[] {
		return this.#keys.splice(0);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#server[Symbol.asyncDispose]();
	}

	#respond({ headers }: Received): Reply {
		const key = /Credential=([^/]+)/.exec(String(headers.authorization))?.[1] ?? "none";
		this.#keys.push(key);
		if (!this.rejects(key)) return {};
		return headers["x-amz-target"] === undefined
			? { status: 403, body: `<Error><Code>InvalidAccessKeyId</Code><Message>${MESSAGE}</Message></Error>` }
			: { status: 400, body: { __type: "UnrecognizedClientException", message: MESSAGE } };
	}
}
