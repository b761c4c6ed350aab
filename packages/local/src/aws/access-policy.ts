import type { ServiceOperation, TenantRequest } from "../http/exchange.ts";
import { isRecord, parseObject } from "../json.ts";
import type { TenantDirectory, TenantUser } from "../tenant-directory.ts";
import { AwsException } from "./aws-exception.ts";

const READS = /^(BatchGet|Describe|Get|Head|List|Query|Receive|Scan|TransactGet)/;
const ADMINISTERS = /^(Create|Delete|Purge|Set|Tag|Untag|Update)(Table|Queue|Bucket|Topic|Resource|TimeToLive)/;
const APP_QUEUE = /^(ChangeMessageVisibility|DeleteMessage|GetQueue|ReceiveMessage|SendMessage)/;
const APP_TABLE =
	/^(Batch|DeleteItem$|DescribeTable$|GetItem$|PutItem$|Query$|Scan$|TransactGet|TransactWrite|UpdateItem$)/;

/** What permissions depend on. */
export interface AccessPolicyContext {
	readonly directory: TenantDirectory;
	readonly region: string;
	readonly table: string;
}

/**
 * Checks what a user may do in the tenant's AWS.
 *
 * - Every user may call GetCallerIdentity, and invoke the tenant's functions.
 * - An app's user: messages of its own queues, and the items of the tenant's table where the app has `tableAccess`.
 * - An API user: everything as `admin`, everything but creating and deleting resources as `user`, only reading as
 *   `read_only`.
 *
 * @throws AwsException `accessDenied`.
 */
export function checkAccess(
	user: TenantUser,
	{ operation, service }: ServiceOperation,
	request: TenantRequest,
	context: AccessPolicyContext,
): void {
	if (service === "sts" || service === "lambda") return;
	const resource = resourceOf(service, request, context);
	const isAllowed =
		user.kind === "app"
			? mayApp(user.app, { operation, service }, resource, context)
			: mayApiUser(user.role, operation);
	if (isAllowed) return;
	const action = `${service}:${operation}`;
	const arn = `arn:aws:${service}:${context.region}:000000000000:${service === "dynamodb" ? "table/" : ""}${resource}`;
	throw new AwsException(
		"accessDenied",
		`User: arn:aws:sts::000000000000:assumed-role/echostream/${user.username} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
	);
}

function mayApp(
	app: string,
	{ operation, service }: ServiceOperation,
	resource: string,
	context: AccessPolicyContext,
): boolean {
	if (service === "sqs") return APP_QUEUE.test(operation) && context.directory.queuesOf(app).includes(resource);
	if (service !== "dynamodb" || !APP_TABLE.test(operation)) return false;
	const tables = resource.split(",");
	return context.directory.apps.get(app)?.tableAccess === true && tables.every((table) => table === context.table);
}

function mayApiUser(role: "admin" | "user" | "read_only", operation: string): boolean {
	if (role === "admin") return true;
	return role === "user" ? !ADMINISTERS.test(operation) : READS.test(operation);
}

/** The name of the queue, table or object that a request is about; tables of a batch with commas between. */
function resourceOf(service: string, { body, path }: TenantRequest, { table }: AccessPolicyContext): string {
	if (service !== "sqs" && service !== "dynamodb") return decodeUri(path.slice(1));
	const input = parseObject(body) ?? {};
	if (service === "sqs") return lastSegment(input.QueueUrl ?? input.QueueName ?? "*");
	if (input.TableName !== undefined) return lastSegment(input.TableName);
	if (isRecord(input.RequestItems)) return Object.keys(input.RequestItems).map(lastSegment).join(",");
	if (Array.isArray(input.TransactItems)) {
		const actions = input.TransactItems.filter(isRecord).flatMap((item) => Object.values(item));
		return [...new Set(actions.map((action) => lastSegment(isRecord(action) ? action.TableName : "")))].join(",");
	}
	return input.Statement === undefined ? "*" : `${table}?`;
}

function lastSegment(name: unknown): string {
	return typeof name === "string" ? (name.split("/").pop() ?? "") : "";
}

/**
 * Decodes a path, or a segment of one.
 *
 * @throws AwsException `malformedUri`.
 */
export function decodeUri(encoded: string): string {
	try {
		return decodeURIComponent(encoded);
	} catch {
		throw new AwsException("malformedUri", "Couldn't parse the specified URI.");
	}
}
