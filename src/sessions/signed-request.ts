/** The context of a call, as the middleware of an SDK client sees it. */
interface CallContext {
	/** Name of the client class in the SDK, such as `DynamoDBClient`. */
	readonly clientName?: string;
	readonly endpointV2?: { readonly url?: { readonly host?: string } };
	readonly __smithy_context?: {
		readonly selectedHttpAuthScheme?: { readonly identity?: { readonly accessKeyId?: string } };
	};
	[SIGNED]?: SignedRequest;
}

interface SignedRequest {
	readonly headers?: Readonly<Record<string, string>>;
	readonly query?: Readonly<Record<string, unknown>>;
}

const SIGNED = Symbol("signed request");

/** Keeps a signed request in the context of its call, for {@link signingKeyOf}. */
export function keepSignedRequest(context: object, request: unknown): void {
	(context as CallContext)[SIGNED] = request as SignedRequest;
}

/** Returns the access key id that a call was last signed with. SDK releases before 2024 show it in the signature only. */
export function signingKeyOf(context: object): string | undefined {
	const { __smithy_context: smithy, [SIGNED]: signed } = context as CallContext;
	if (signed === undefined) return smithy?.selectedHttpAuthScheme?.identity?.accessKeyId;
	return /\bCredential=([^/,\s]+)\//.exec(signed.headers?.authorization ?? "")?.[1];
}

/** Returns the service of a call, and the host of its endpoint with the port. */
export function serviceAndHostOf(context: object): string {
	const { clientName, endpointV2 } = context as CallContext;
	return `${clientName} ${endpointV2?.url?.host}`;
}

/** A URL that a presigner made of a call. */
export interface PresignedUrl {
	/** The access key id that it was signed with. */
	readonly accessKeyId: string;
	/** Its lifetime, seconds. */
	readonly expiresIn: number;
}

/** Returns the URL that a presigner made of a call. `undefined` for a call that was sent. */
export function presignedUrlOf(result: unknown): PresignedUrl | undefined {
	const { output } = result as { readonly output?: { readonly presigned?: SignedRequest } };
	const query = output?.presigned?.query;
	if (query === undefined) return undefined;
	const [accessKeyId = ""] = String(query["X-Amz-Credential"]).split("/");
	return { accessKeyId, expiresIn: Number(query["X-Amz-Expires"]) };
}
