import { parseObject } from "../json.ts";
import type { ServiceOperation, TenantRequest } from "./exchange.ts";
import { s3OperationOf } from "./s3-operation.ts";

const TARGET_SERVICES = new Map([
	["AWSCognitoIdentityProviderService", "cognito"],
	["DynamoDB_20120810", "dynamodb"],
	["DynamoDBStreams_20120810", "dynamodb"],
	["AmazonSQS", "sqs"],
	["TrentService", "kms"],
]);

const QUERY_VERSIONS = new Map([
	["2010-03-31", "sns"],
	["2011-06-15", "sts"],
	["2012-11-05", "sqs"],
]);

/** Which service a request is for, and which of its operations: from the headers, the path, the query and the body alone. */
export function operationOf(request: TenantRequest): ServiceOperation {
	const { path, headers, method } = request;
	const target = headers["x-amz-target"];
	if (target !== undefined) {
		const [prefix = "", operation = ""] = target.split(".");
		const service = TARGET_SERVICES.get(prefix) ?? signingService(request) ?? prefix;
		if (operation !== "RespondToAuthChallenge") return { service, operation };
		const { ChallengeName: challenge } = parseObject(request.body) ?? {};
		return { service, operation, ...(typeof challenge === "string" && { challenge }) };
	}
	if (isWebSocket(request)) return { service: "appsync", operation: "WebSocket" };
	if (path === "/graphql") return { service: "appsync", operation: graphqlOperation(request) };
	if (path.endsWith("/.well-known/openid-configuration")) {
		return { service: "cognito", operation: "GetOpenIdConfiguration" };
	}
	if (path.endsWith("/.well-known/jwks.json")) return { service: "cognito", operation: "GetKeySet" };
	if (method === "POST" && path.startsWith("/audit-records/")) {
		return { service: "lambda", operation: "CreateAuditRecords" };
	}
	const action = formAction(request);
	if (action !== undefined) return action;
	const isInvocation = method === "POST" && /^\/\d{4}-\d\d-\d\d\/functions\/[^/]+\/invocations$/.test(path);
	if (isInvocation) return { service: "lambda", operation: "Invoke" };
	const service = signingService(request) ?? "s3";
	return { service, operation: service === "s3" ? s3OperationOf(request) : `${method} ${path}` };
}

/** The name of the service in the scope that a request is signed for. */
function signingService({ headers, query }: TenantRequest): string | undefined {
	const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? query.get("X-Amz-Credential");
	return credential?.split("/")[3];
}

/** Whether a request opens the channel of subscriptions. */
export function isWebSocket({ headers, path }: TenantRequest): boolean {
	return path === "/graphql/realtime" || (path === "/graphql" && headers.upgrade?.toLowerCase() === "websocket");
}

function graphqlOperation({ body }: TenantRequest): string {
	const { operationName, query } = parseObject(body) ?? {};
	if (typeof operationName === "string") return operationName;
	if (typeof query !== "string") return "anonymous";
	return /\b(?:query|mutation|subscription)\s+(\w+)/.exec(query)?.[1] ?? "anonymous";
}

/** The operation of a request in the query protocol, which is in the form, or in the query of a GET request. */
function formAction(request: TenantRequest): ServiceOperation | undefined {
	const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
	if ((!isForm && request.method !== "GET") || signingService(request) === "s3") return undefined;
	const form = isForm ? new URLSearchParams(request.body.toString()) : request.query;
	const operation = form.get("Action");
	if (operation === null) return undefined;
	return { service: QUERY_VERSIONS.get(form.get("Version") ?? "") ?? signingService(request) ?? "aws", operation };
}
