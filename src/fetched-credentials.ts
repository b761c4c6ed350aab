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

/** The set in an answer of EchoStream's, of which nothing is believed until every field has been looked at. */
export function fetchedCredentials(answer: unknown): FetchedCredentials {
	const { accessKeyId, secretAccessKey, sessionToken, expiration } = isRecord(answer) ? answer : {};
	const expiresAtMs = parseAwsDateTime(expiration);
	const wrong = Object.entries({ accessKeyId, secretAccessKey, sessionToken })
		.filter(([, value]) => typeof value !== "string" || value === "")
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
