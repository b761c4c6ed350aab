import type { CachedCredentials } from "../access/credentials-file.ts";

/** Variables that an AWS SDK would prefer to those that it is given, or that would lead it elsewhere. */
const OTHERS = [
	"AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN",
	"AWS_SECURITY_TOKEN",
	"AWS_CREDENTIAL_EXPIRATION",
	"AWS_PROFILE",
	"AWS_DEFAULT_PROFILE",
	"AWS_ROLE_ARN",
	"AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
] as const;

/** What opens the tenant to whoever has it. A program with AWS credentials needs none of it. */
const SECRETS = ["PASSWORD", "STORE_KEY"] as const;

/** The variables of AWS credentials. */
export function credentialVariables(credentials: CachedCredentials): Record<string, string> {
	return {
		AWS_ACCESS_KEY_ID: credentials.accessKeyId,
		AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
		AWS_SESSION_TOKEN: credentials.sessionToken,
		AWS_CREDENTIAL_EXPIRATION: new Date(credentials.expiresAtMs).toISOString(),
	};
}

/** The variables of a region, for SDKs of all languages. */
export function regionVariables(region: string): Record<string, string> {
	return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

/** The environment of a program: this one's, with these variables instead of all other AWS credentials, and without the user's password. */
export function environmentWith(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
	const environment = { ...process.env };
	for (const name of [...OTHERS, ...SECRETS]) delete environment[name];
	return { ...environment, ...variables };
}
