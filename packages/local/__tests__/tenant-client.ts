import { createHash } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../src/aws/sha256.ts";
import type { LocalTenant, LocalTenantOptions } from "../src/index.ts";

export interface AwsCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken: string;
	readonly expiration: string;
}

/** The app or the API user that a test signs in as. */
export type TenantIdentity = Parameters<LocalTenant["environment"]>[0];

interface GraphQLResponse {
	// biome-ignore lint/suspicious/noExplicitAny: the response has the type that the test expects.
	readonly data: any;
	readonly errors?: readonly { readonly message: string; readonly errorType?: string | null; readonly path: unknown }[];
}

/** Options for tests that are not about the sign-in: the shortest flow. */
export const plainSignIn = { userPool: { authFlows: ["USER_PASSWORD_AUTH"] } } as const satisfies LocalTenantOptions;

/** Signs in, and returns the access token. Requires a tenant with {@link plainSignIn}. */
export async function signIn(tenant: LocalTenant, of: TenantIdentity): Promise<string> {
	const { CLIENT_ID = "", PASSWORD = "", USER_NAME = "" } = tenant.environment(of);
	return accessToken(tenant.url, { clientId: CLIENT_ID, password: PASSWORD, username: USER_NAME });
}

/** The user of EchoStream's `CognitoCredentials`. */
type PoolUser = Readonly<Record<"clientId" | "password" | "username", string>>;

/** Sends a sign-in by password. */
export function initiateAuth(url: string, { clientId, password, username }: PoolUser): Promise<Response> {
	return fetch(url, {
		method: "POST",
		headers: {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
		},
		body: JSON.stringify({
			ClientId: clientId,
			AuthFlow: "USER_PASSWORD_AUTH",
			AuthParameters: { USERNAME: username, PASSWORD: password },
		}),
	});
}

/** Signs in, and returns the access token. */
export async function accessToken(url: string, user: PoolUser): Promise<string> {
	const response = await initiateAuth(url, user);
	const { AuthenticationResult } = (await response.json()) as { AuthenticationResult: { AccessToken: string } };
	return AuthenticationResult.AccessToken;
}

/** Name of the error that a call of the AWS SDK rejects with. `none` if it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
	const error = await call.then(
		() => ({ name: "none" }),
		(failure: Error) => failure,
	);
	return error.name;
}

/** Posts a GraphQL query. */
export async function sendQuery(
	tenant: LocalTenant,
	token: string | undefined,
	query: string,
	variables: Record<string, unknown> = {},
): Promise<GraphQLResponse & { readonly status: number }> {
	const response = await fetch(`${tenant.url}/graphql`, {
		method: "POST",
		headers: { "content-type": "application/json", ...(token !== undefined && { authorization: token }) },
		body: JSON.stringify({ query, variables }),
	});
	return { status: response.status, ...((await response.json()) as GraphQLResponse) };
}

/** Signs in as an app or an API user, and gets its AWS credentials. */
export async function credentialsOf(tenant: LocalTenant, of: TenantIdentity, duration = 3600): Promise<AwsCredentials> {
	const fields = `GetAwsCredentials(duration: ${duration}) { accessKeyId secretAccessKey sessionToken expiration }`;
	const tenantName = JSON.stringify(tenant.name);
	const query =
		"app" in of
			? `{ one: GetApp(name: ${JSON.stringify(of.app)}, tenant: ${tenantName}) { ... on ExternalApp { ${fields} } ... on ManagedApp { ${fields} } ... on CrossAccountApp { ${fields} } } }`
			: `{ one: GetTenant(tenant: ${tenantName}) { ${fields} } }`;
	const { data } = await sendQuery(tenant, await signIn(tenant, of), query);
	return data.one.GetAwsCredentials;
}

/** What a client of the AWS SDK connects with. It sends each request once. */
export function clientConfig(tenant: LocalTenant, { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials) {
	const credentials = { accessKeyId, secretAccessKey, sessionToken };
	return { region: tenant.region, endpoint: tenant.url, maxAttempts: 1, credentials };
}

export interface RequestToSign {
	readonly service: string;
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly method?: string;
	readonly path?: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly region?: string;
	readonly date?: Date | undefined;
}

/** Signs a request as an SDK does. A test may change the result before it passes it to `fetch`. */
export async function signed(tenant: LocalTenant, credentials: AwsCredentials, request: RequestToSign) {
	const { body = "", date = new Date(tenant.clock.now()), method = "POST", path = "/", query = {}, service } = request;
	const { accessKeyId, secretAccessKey, sessionToken } = credentials;
	const signer = new SignatureV4({
		credentials: { accessKeyId, secretAccessKey, sessionToken },
		region: request.region ?? tenant.region,
		service,
		sha256: Sha256,
		uriEscapePath: service !== "s3",
		applyChecksum: service === "s3",
	});
	const { host } = new URL(tenant.url);
	const toSign = {
		method,
		protocol: "http:",
		hostname: host,
		path,
		query,
		headers: { host, ...request.headers },
		body,
	};
	const { headers } = await signer.sign(toSign as unknown as Parameters<SignatureV4["presign"]>[0], {
		signingDate: date,
	});
	const search = new URLSearchParams(query).toString();
	return {
		url: `${tenant.url}${path}${search && `?${search}`}`,
		init: { method, headers, ...(method !== "GET" && method !== "HEAD" && { body }) },
	};
}

/** The request for an operation of DynamoDB or SQS. */
export function jsonRequest(service: "dynamodb" | "sqs", operation: string, input: unknown): RequestToSign {
	return {
		service,
		body: JSON.stringify(input),
		headers: {
			"content-type": "application/x-amz-json-1.0",
			"x-amz-target": `${service === "sqs" ? "AmazonSQS" : "DynamoDB_20120810"}.${operation}`,
		},
	};
}

/** Random bytes that are the same in every run. */
export function seededRandom(seed: string): (size: number) => Uint8Array {
	let counter = 0;
	let left: Uint8Array = new Uint8Array();
	return (size) => {
		if (left.length < size) {
			left = createHash("shake256", { outputLength: Math.max(65_536, size) })
				.update(`${seed} ${counter++}`)
				.digest();
		}
		const bytes = left.subarray(0, size);
		left = left.subarray(size);
		return bytes;
	};
}
