import { CredentialsError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { parseAwsDateTime } from "./aws-date-time.ts";

/** A new set, as it was fetched: already checked, its end by the servers' clock. */
export interface FetchedCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Milliseconds since 1970, by the servers' clock. */
	readonly expiresAtMs: number;
}

/** Maximum lengths of the fields. The SDK sends them in headers, or signs with them. */
const MAX_LENGTHS = { accessKeyId: 128, secretAccessKey: 256, sessionToken: 16_384 };

function isKey(value: unknown, maxLength: number): boolean {
	return typeof value === "string" && value.length <= maxLength && /^[\x21-\x7e]+$/.test(value);
}

/** The set in an answer of EchoStream's, of which nothing is believed until every field has been looked at. */
export function fetchedCredentials(answer: unknown): FetchedCredentials {
	const { accessKeyId, secretAccessKey, sessionToken, expiration } = isRecord(answer) ? answer : {};
	const expiresAtMs = parseAwsDateTime(expiration);
	const keys: Record<string, unknown> = { accessKeyId, secretAccessKey, sessionToken };
	const wrong = Object.entries(MAX_LENGTHS)
		.filter(([name, maxLength]) => !isKey(keys[name], maxLength))
		.map(([name]) => name);
	if (expiresAtMs === undefined) wrong.push("expiration");
	if (wrong.length > 0) {
		throw new CredentialsError(
			"InvalidCredentials",
			`AppSync sent AWS credentials without a valid ${wrong.join(", ")}`,
			{ transient: true },
		);
	}
	return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } as FetchedCredentials;
}
