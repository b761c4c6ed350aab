import { CognitoIdentityProviderClient, GetUserCommand } from "@aws-sdk/client-cognito-identity-provider";

/** Where the SDK's client would send Cognito's requests in a region: URL without a slash at its end. */
export async function endpointBySdk(region: string): Promise<string> {
	const client = new CognitoIdentityProviderClient({ region });
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
