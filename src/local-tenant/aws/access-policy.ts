import type { Operation, TenantRequest } from "../http/exchange.ts";
import type { TenantDirectory, TenantUser } from "../tenant-directory.ts";
import { AwsException } from "./aws-exception.ts";

const READS = /^(BatchGet|Describe|Get|Head|List|Query|Receive|Scan|TransactGet)/;
const ADMINISTERS = /^(Create|Delete|Purge|Set|Tag|Untag|Update)(Table|Queue|Bucket|Topic|Resource|TimeToLive)/;
const APP_QUEUE = /^(ChangeMessageVisibility|DeleteMessage|GetQueue|ReceiveMessage|SendMessage)/;
const APP_TABLE =
	/^(Batch|DeleteItem$|DescribeTable$|GetItem$|PutItem$|Query$|Scan$|TransactGet|TransactWrite|UpdateItem$)/;

/** What the policy judges by. */
export interface AccessPolicyContext {
	readonly directory: TenantDirectory;
	readonly region: string;
	readonly table: string;
}

/**
 * Judges what a user may do in the tenant's AWS.
 *
 * - Everybody may ask who they are, and invoke the tenant's functions.
 * - An app's user: messages of its own queues, and the items of the tenant's table where the app has `tableAccess`.
 * - An API user: all as `admin`, all but creating and deleting as `user`, only reading as `read_only`.
 *
 * @throws AwsException when they may not.
 */
export function checkAccess(
	user: TenantUser,
	asked: Operation,
	request: TenantRequest,
	context: AccessPolicyContext,
): void {
	if (asked.service === "sts" || asked.service === "lambda") return;
	const resource = resourceOf(asked, request, context);
	if (user.kind === "app" ? mayApp(user.app, asked, resource, context) : mayApiUser(user.role, asked.operation)) return;
	const action = `${asked.service}:${asked.operation}`;
	const arn = `arn:aws:${asked.service}:${context.region}:000000000000:${asked.service === "dynamodb" ? "table/" : ""}${resource}`;
	throw new AwsException(
		"accessDenied",
		`User: arn:aws:sts::000000000000:assumed-role/echostream/${user.username} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
	);
}

function mayApp(
	app: string,
	{ operation, service }: Operation,
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
function resourceOf({ service }: Operation, { body, path }: TenantRequest, { table }: AccessPolicyContext): string {
	if (service !== "sqs" && service !== "dynamodb") return decodeURIComponent(path.slice(1));
	const input = parseInput(body);
	if (service === "sqs")
		return (
			String(input.QueueUrl ?? input.QueueName ?? "*")
				.split("/")
				.pop() ?? "*"
		);
	const nameOf = (name: unknown) => String(name).split("/").pop() ?? "";
	if (input.TableName !== undefined) return nameOf(input.TableName);
	const batch = input.RequestItems;
	if (typeof batch === "object" && batch !== null) return Object.keys(batch).map(nameOf).join(",");
	if (Array.isArray(input.TransactItems)) {
		const names = input.TransactItems.flatMap((item: Record<string, { TableName?: unknown }>) =>
			Object.values(item).map(({ TableName }) => nameOf(TableName)),
		);
		return [...new Set(names)].join(",");
	}
	return input.Statement === undefined ? "*" : `${table}?`;
}

function parseInput(body: Buffer): Record<string, unknown> {
	try {
		const input: unknown = JSON.parse(body.toString() || "{}");
		return typeof input === "object" && input !== null ? (input as Record<string, unknown>) : {};
	} catch {
		return {};
	}
}
