import { CredentialsError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { parseAwsDateTime } from "./aws-date-time.ts";

/** New AWS credentials, validated. */
export interface FetchedCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Expiry by the servers' clock, milliseconds since 1970. */
	readonly expiresAtMs: number;
	/** When another process fetched them, by the servers' clock, milliseconds since 1970. */
	readonly issuedAtMs?: number | undefined;
}

/** Maximum lengths of the fields. The SDK sends them in headers, or signs with them. */
const MAX_LENGTHS = { accessKeyId: 128, secretAccessKey: 256, sessionToken: 16_384 };

function isKey(value: unknown, maxLength: number): boolean {
	return typeof value === "string" && value.length <= maxLength && /^[\x21-\x7e]+$/.test(value);
}

/**
 * Validates the AWS credentials of a response.
 *
 * @throws CredentialsError `InvalidCredentials` that lists the missing or invalid fields.
 */
export function fetchedCredentials(response: unknown): FetchedCredentials {
	const { accessKeyId, secretAccessKey, sessionToken, expiration } = isRecord(response) ? response : {};
	const expiresAtMs = parseAwsDateTime(expiration);
	const keys: Record<string, unknown> = { accessKeyId, secretAccessKey, sessionToken };
	const wrong = Object.entries(MAX_LENGTHS)
		.filter(([name, maxLength]) => !isKey(keys[name], maxLength))
		.map(([name]) => name);
	if (expiresAtMs === undefined) wrong.push("expiration");
	if (wrong.length > 0) {
		throw new CredentialsError(
			"InvalidCredentials",
			`AppSync returned AWS credentials with a missing or invalid ${wrong.join(", ")}. Try again later.`,
			{ transient: true },
		);
	}
	return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } as FetchedCredentials;
}
