import type { Snake } from "../method-names.ts";
import { missingPackage } from "../optional-package.ts";
import { checkOptions } from "../options.ts";
import { commandOf, type InputOf, type OperationOf, operation } from "./service-class.ts";

/** The names of the methods of a client: `get_object` as in boto3, or `getObject`. */
export type MethodName<C> = OperationOf<C> | Snake<OperationOf<C>>;

/** Options of a presigned URL, as in boto3. */
export interface PresignedUrlOptions<Input> {
	/** Parameters of the operation. */
	readonly Params: Input;
	/** Lifetime of the URL, seconds. Default: 3600. */
	readonly ExpiresIn?: number | undefined;
}

/** The input of a method with this name. */
export type InputOfMethod<C, Name> = {
	[Operation in OperationOf<C>]: Name extends Operation | Snake<Operation> ? InputOf<C[Operation]> : never;
}[OperationOf<C>];

/**
 * Signs a URL with which somebody without credentials calls an operation of S3.
 *
 * @throws TypeError for a client of another service, whose URLs the presigner of the SDK would sign for S3.
 */
export async function presignedUrl(
	client: object,
	name: string,
	options: PresignedUrlOptions<object>,
): Promise<string> {
	checkOptions("generatePresignedUrl()", options, ["Params", "ExpiresIn"]);
	if (operation(client, "putObject") === undefined) {
		throw new TypeError(
			"generatePresignedUrl() signs URLs of S3 only. For other services, use presign() of a SignatureV4 of @smithy/signature-v4.",
		);
	}
	if (operation(client, name) === undefined) throw new TypeError(`Client does not have method: ${name}.`);
	const wanted = "generatePresignedUrl()";
	const presigner = "@aws-sdk/s3-request-presigner";
	const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner").catch(missingPackage(presigner, wanted));
	const { Params, ExpiresIn } = options;
	const command = await commandOf(client, name, Params);
	return getSignedUrl(client as never, command as never, { expiresIn: ExpiresIn ?? 3600 });
}
