import { strict } from "./strict.ts";

/** What boto3 knows of a client: `client.meta`. */
export class ClientMeta {
	static {
		strict(ClientMeta, {
			config: "client.config, whose options have other names",
			endpointUrl: 'getEndpointFromInstructions() of "@smithy/core/endpoints": an endpoint belongs to an operation',
			events: "session.events, for all clients of the session, or client.middlewareStack",
			methodToApiMapping: "the types of the client's package",
			partition: 'partition(await client.config.region()).name of "@aws-sdk/core/client"',
			serviceModel: "the types of the client's package",
		});
	}

	readonly #region: unknown;

	/** `client.meta` creates it. @internal */
	constructor(region: unknown) {
		this.#region = region;
	}

	/**
	 * Region of the client, if it was passed as `regionName` of the session or as `region` of the client.
	 *
	 * @throws TypeError if it is found when it is first needed: `await client.config.region()` is the region of any client.
	 */
	get regionName(): string {
		if (typeof this.#region === "string") return this.#region;
		throw new TypeError(
			"The region of this client is not known yet. Use await client.config.region(), or pass regionName to the Session.",
		);
	}
}
