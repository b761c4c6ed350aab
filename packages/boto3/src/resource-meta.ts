import { strict } from "./strict.ts";

/** What boto3 knows of a resource: `resource.meta`. */
export class ResourceMeta<C> {
	static {
		strict(ResourceMeta, {
			data: "the responses of the client, such as those of headObject() and describeTable()",
			identifiers: "the members of the resource, such as name, bucketName, key and url",
			resourceModel: "the types of the client's package",
			serviceName: "the name that was passed to session.resource()",
		});
	}

	/** The client of the resource. */
	readonly client: C;

	/** `resource.meta` creates it. @internal */
	constructor(client: C) {
		this.client = client;
	}
}
