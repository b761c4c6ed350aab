import { parseObject } from "../json.ts";
import type { ServiceOperation, TenantRequest } from "./exchange.ts";

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

const S3_OPERATIONS = new Map<string, readonly [service: string, bucket: string, object: string]>([
	["GET", ["ListBuckets", "ListObjects", "GetObject"]],
	["HEAD", ["HeadService", "HeadBucket", "HeadObject"]],
	["PUT", ["PutService", "CreateBucket", "PutObject"]],
	["DELETE", ["DeleteService", "DeleteBucket", "DeleteObject"]],
	["POST", ["PostService", "PostObject", "PostObject"]],
]);

const UPLOAD_OPERATIONS = new Map([
	["PUT", "UploadPart"],
	["POST", "CompleteMultipartUpload"],
	["DELETE", "AbortMultipartUpload"],
]);

/** Which service a request is for, and which of its operations: from the headers, the path, the query and the body alone. */
export function operationOf(request: TenantRequest): ServiceOperation {
	const { path, headers, method, query } = request;
	const target = headers["x-amz-target"];
	if (target !== undefined) {
		const [prefix = "", operation = ""] = target.split(".");
		const service = TARGET_SERVICES.get(prefix) ?? signingService(request) ?? prefix;
		if (operation !== "RespondToAuthChallenge") return { service, operation };
		const { ChallengeName: challenge } = parseObject(request.body) ?? {};
		return { service, operation, ...(typeof challenge === "string" && { challenge }) };
	}
	if (path === "/graphql") return { service: "appsync", operation: graphqlOperation(request) };
	if (path.endsWith("/.well-known/jwks.json")) return { service: "cognito", operation: "GetKeySet" };
	const action = formAction(request);
	if (action !== undefined) return action;
	const lambda = /^\/\d{4}-\d\d-\d\d\/functions\/[^/]+\/invocations$/.test(path);
	if (lambda) return { service: "lambda", operation: "Invoke" };
	const service = signingService(request) ?? "s3";
	if (service !== "s3") return { service, operation: `${method} ${path}` };
	if (query.has("delete") && method === "POST") return { service, operation: "DeleteObjects" };
	if (query.has("uploads"))
		return { service, operation: method === "POST" ? "CreateMultipartUpload" : "ListMultipartUploads" };
	if (query.has("uploadId")) return { service, operation: UPLOAD_OPERATIONS.get(method) ?? "ListParts" };
	const depth = path.split("/").filter((segment) => segment !== "").length;
	return { service, operation: S3_OPERATIONS.get(method)?.[Math.min(depth, 2)] ?? method };
}

/** The name of the service in the scope that a request is signed for. */
function signingService({ headers, query }: TenantRequest): string | undefined {
	const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? query.get("X-Amz-Credential");
	return credential?.split("/")[3];
}

function graphqlOperation({ body }: TenantRequest): string {
	const { operationName, query } = parseObject(body) ?? {};
	if (typeof operationName === "string") return operationName;
	if (typeof query !== "string") return "anonymous";
	return /\b(?:query|mutation|subscription)\s+(\w+)/.exec(query)?.[1] ?? "anonymous";
}

function formAction(request: TenantRequest): ServiceOperation | undefined {
	if (!request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return undefined;
	const form = new URLSearchParams(request.body.toString());
	const operation = form.get("Action");
	if (operation === null) return undefined;
	return { service: QUERY_VERSIONS.get(form.get("Version") ?? "") ?? signingService(request) ?? "aws", operation };
}
