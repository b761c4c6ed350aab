import { parseAwsDateTime } from "./aws-date-time.ts";
import { CredentialsError } from "./errors.ts";
import { isRecord } from "./http-exchange.ts";

/** A new set, as it was fetched: already checked, its end by the servers' clock. */
export interface FetchedCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	/** Milliseconds since 1970, by the servers' clock. */
	readonly expiresAtMs: number;
}

/** The longest that the fields may be: they travel in headers. */
const MOST_CHARACTERS = { accessKeyId: 128, secretAccessKey: 256, sessionToken: 16_384 };

function isKey(value: unknown, most: number): boolean {
	return typeof value === "string" && value.length <= most && /^[\x21-\x7e]+$/.test(value);
}

/** The set in an answer of EchoStream's, of which nothing is believed until every field has been looked at. */
export function fetchedCredentials(answer: unknown): FetchedCredentials {
	const { accessKeyId, secretAccessKey, sessionToken, expiration } = isRecord(answer) ? answer : {};
	const expiresAtMs = parseAwsDateTime(expiration);
	const keys: Record<string, unknown> = { accessKeyId, secretAccessKey, sessionToken };
	const wrong = Object.entries(MOST_CHARACTERS)
		.filter(([name, most]) => !isKey(keys[name], most))
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
