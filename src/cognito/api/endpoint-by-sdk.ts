import { CognitoIdentityProviderClient, GetUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { booleanSelector, loadConfig, SelectorType } from "#config-files";

/** Settings of a session that determine Cognito's endpoint. They have precedence over the variables. */
export interface EndpointSettings {
	/** Profile in the shared config file. */
	readonly profile?: string;
	readonly useDualstackEndpoint?: boolean;
	readonly useFipsEndpoint?: boolean;
}

/** URL to which the SDK's client sends Cognito's requests in a region, without a slash at its end. */
export async function endpointBySdk(region: string, settings: EndpointSettings): Promise<string> {
	const client = new CognitoIdentityProviderClient({ region, ...settings, ...(await configuredUrl(settings)) });
	let url = "";
	client.middlewareStack.add(
		() => async (args) => {
			const { protocol, hostname, port, path } = args.request as {
				protocol: string;
				hostname: string;
				port?: number;
				path: string;
			};
			url = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
			return { output: { $metadata: {} }, response: undefined };
		},
		{ name: "neverSent", step: "build", priority: "low" },
	);
	await client.send(new GetUserCommand({ AccessToken: "none" }));
	client.destroy();
	return url.replace(/\/+$/, "");
}

type ConfigSection = Readonly<Record<string, string | undefined>>;

/**
 * The configured URL, in the SDK's order: variable, services section of the profile, profile. The SDK's client itself reads
 * `endpoint_url` from the profile in `AWS_PROFILE`, even if another one is passed, and releases of 2023 read none.
 */
async function configuredUrl({ profile: chosen }: EndpointSettings) {
	// The variant for browsers, which do not support profiles, lacks this function.
	if (typeof loadConfig !== "function") return {};
	const profile = chosen === undefined ? {} : { profile: chosen };
	const isIgnored = await loadConfig<boolean | undefined>(
		{
			environmentVariableSelector: (env) =>
				booleanSelector(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", SelectorType.ENV),
			configFileSelector: (section) => booleanSelector(section, "ignore_configured_endpoint_urls", SelectorType.CONFIG),
			default: false,
		},
		profile,
	)();
	if (isIgnored) return { ignoreConfiguredEndpointUrls: true };
	const endpoint = await loadConfig<string | undefined>(
		{
			environmentVariableSelector: (env) =>
				env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER || env.AWS_ENDPOINT_URL || undefined,
			configFileSelector: (section, file) => urlOf(section, file?.[`services.${section.services}`]),
			default: undefined,
		},
		profile,
	)();
	return endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint };
}

function urlOf(profile: ConfigSection, services: ConfigSection = {}): string | undefined {
	return services["cognito_identity_provider.endpoint_url"] || profile.endpoint_url || undefined;
}
