import type { CachedCredentials } from "../access/credentials-file.ts";
import { printableJson } from "../printable-json.ts";

/** Credentials as `credential_process` in the AWS config file requires them. */
export function processCredentials(credentials: CachedCredentials): string {
	return printableJson({
		Version: 1,
		AccessKeyId: credentials.accessKeyId,
		SecretAccessKey: credentials.secretAccessKey,
		SessionToken: credentials.sessionToken,
		Expiration: new Date(credentials.expiresAtMs).toISOString(),
	});
}
