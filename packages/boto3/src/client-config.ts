import { camel } from "./method-names.ts";

/** What the configuration of a client has for the arguments of boto3's `client()` and `Config` that have other names. */
const INSTEAD: Readonly<Record<string, string>> = {
	region_name: "region",
	endpoint_url: "endpoint",
	config: "the options of Config themselves, such as maxAttempts",
	use_ssl: "the scheme of endpoint",
	verify: "requestHandler: { httpsAgent: { ca } }",
	aws_access_key_id: "credentials: { accessKeyId, secretAccessKey, sessionToken }",
	aws_secret_access_key: "credentials: { accessKeyId, secretAccessKey, sessionToken }",
	aws_session_token: "credentials: { accessKeyId, secretAccessKey, sessionToken }",
	aws_account_id: "accountId in credentials",
	signature_version: "signer",
	user_agent: "customUserAgent",
	user_agent_extra: "customUserAgent",
	user_agent_appid: "userAgentAppId",
	connect_timeout: "requestHandler: { connectionTimeout }, in milliseconds",
	read_timeout: "requestHandler: { requestTimeout, throwOnRequestTimeout: true }, in milliseconds",
	parameter_validation: "the types of TypeScript, which check parameters",
	max_pool_connections: "requestHandler: { httpsAgent: { maxSockets } }",
	proxies: "requestHandler: { httpsAgent }, with a proxy agent",
	proxies_config: "requestHandler: { httpsAgent }, with a proxy agent",
	s3: "forcePathStyle, useAccelerateEndpoint and useArnRegion",
	s3_disable_express_session_auth: "disableS3ExpressSessionAuth",
	retries: "maxAttempts and retryMode",
	client_cert: "requestHandler: { httpsAgent: { cert, key } }",
	inject_host_prefix: "disableHostPrefix, with the opposite value",
	tcp_keepalive: "requestHandler: { httpsAgent: { keepAlive } }",
	client_context_params: "the options of the client, such as forcePathStyle",
};

/** The same, by the names of Python in camelCase too. */
const REMEDIES = new Map(Object.entries(INSTEAD).flatMap(([name, use]) => [[name, use] as const, [camel(name), use]]));

/**
 * Checks the configuration of a client. The AWS SDK ignores what it does not know.
 *
 * @throws TypeError for what boto3 has and the AWS SDK does not, with what to use instead.
 */
export function checkClientConfig(config: unknown): void {
	if (typeof config !== "object") {
		throw new TypeError(
			`The configuration of a client must be an object, but is ${typeof config}. Use { region: "us-east-1" }.`,
		);
	}
	for (const name of Object.keys(config ?? {})) {
		const use = REMEDIES.get(name) ?? (name.includes("_") ? camel(name) : undefined);
		if (use !== undefined) throw new TypeError(`A client has no option "${name}". Use ${use}.`);
	}
}
