import { AwsException } from "./aws-exception.ts";

/**
 * Decodes a path, or a segment of one.
 *
 * @throws AwsException `malformedUri`.
 */
export function decodeUri(encoded: string): string {
	try {
		return decodeURIComponent(encoded);
	} catch {
		throw new AwsException("malformedUri", "Couldn't parse the specified URI.");
	}
}
