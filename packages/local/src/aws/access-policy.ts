import type { ServiceOperation, TenantRequest } from "../http/exchange.ts";
import { isRecord, parseObject } from "../json.ts";
import type { Network } from "../network/network.ts";
import type { Networks, TenantUser } from "../network/networks.ts";
import { AwsException } from "./aws-exception.ts";
import { decodeUri } from "./decode-uri.ts";

const READS = /^(BatchGet|Describe|Get|Head|List|Query|Receive|Scan)/;
const ADMINISTERS = /^(Create|Delete|Purge|Set|Tag|Untag|Update)(Table|Queue|Bucket|Topic|Resource|TimeToLive)/;
const APP_QUEUE = /^(ChangeMessageVisibility|DeleteMessage|GetQueue|ReceiveMessage|SendMessage)/;
const APP_TABLE = /^(Batch|ConditionCheckItem$|DeleteItem$|DescribeTable$|GetItem$|PutItem$|Query$|Scan$|UpdateItem$)/;

/** The properties of a tenant that permissions depend on. */
export interface AccessPolicyContext {
	readonly networks: Networks;
	readonly region: string;
	readonly table: string;
}

/**
 * Checks what a user may do in the tenant's AWS.
 *
 * - Every user may call GetCallerIdentity, and invoke the tenant's functions.
 * - An app's user: messages of its own queues, and the items of the tenant's table where the app has `tableAccess`.
 * - An API user: everything as `admin`, everything but creating and deleting resources as `user`, only reading as
 *   `read_only`. Those of the tenant that the process was started with have everything that belongs to no other tenant, and
 *   its admins that too. Those of another tenant have its table and its queues.
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
	for (const access of accessesOf({ operation, service }, request, context)) {
		const isAllowed =
			user.kind === "app" ? mayApp(user, service, access, context) : mayApiUser(user, service, access, context);
		if (isAllowed) continue;
		const name = `${service === "dynamodb" ? "table/" : ""}${access.resource}`;
		throw denied(user, `${service}:${access.operation}`, name, context);
	}
}

/**
 * Checks that a user may administer the user pool, which only admins of the tenant may that the process was started with.
 *
 * @throws AwsException `accessDenied`.
 */
export function checkAdministrator(
	user: TenantUser,
	operation: string,
	userPoolId: string,
	context: Pick<AccessPolicyContext, "networks" | "region">,
): void {
	const isMain = user.tenant === context.networks.main.name;
	if (isMain && user.kind === "apiUser" && user.role === "admin") return;
	throw denied(user, `cognito-idp:${operation}`, `userpool/${userPoolId}`, context);
}

function denied(
	{ username }: TenantUser,
	action: string,
	resource: string,
	{ region }: Pick<AccessPolicyContext, "region">,
): AwsException {
	const arn = `arn:aws:${action.split(":")[0]}:${region}:000000000000:${resource}`;
	return new AwsException(
		"accessDenied",
		`User: arn:aws:sts::000000000000:assumed-role/echostream/${username} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
	);
}

/** An operation on a queue, a table or an object, for which a user needs a permission. */
interface Access {
	readonly operation: string;
	readonly resource: string;
}

function mayApp(
	{ app, tenant }: TenantUser & { readonly kind: "app" },
	service: string,
	{ operation, resource }: Access,
	{ networks }: AccessPolicyContext,
): boolean {
	const network = networks.get(tenant);
	if (network === undefined) return false;
	if (service === "sqs") {
		// What is sent to an edge that is being drained would be lost with it.
		if (operation.startsWith("SendMessage") && network.edgeOf(resource)?.draining === true) return false;
		return APP_QUEUE.test(operation) && network.mayUseQueue(app, resource);
	}
	if (service !== "dynamodb" || !APP_TABLE.test(operation)) return false;
	return network.apps.get(app)?.tableAccess === true && resource === network.tenant.table;
}

function mayApiUser(
	{ role, tenant }: TenantUser & { readonly kind: "apiUser" },
	service: string,
	{ operation, resource }: Access,
	{ networks }: AccessPolicyContext,
): boolean {
	const isOwnedBy = (network: Network) =>
		service === "dynamodb" ? network.tenant.table === resource : service === "sqs" && network.hasQueue(resource);
	const owner = networks.all().find(isOwnedBy) ?? networks.main;
	const isMainAdmin = role === "admin" && tenant === networks.main.name;
	const isOwn = tenant === networks.main.name ? owner === networks.main : owner.name === tenant;
	if (isMainAdmin) return true;
	if (!isOwn) return false;
	if (role === "admin") return true;
	return role === "user" ? !ADMINISTERS.test(operation) : READS.test(operation);
}

/** The resources of a request: one resource, each table of a batch, or the table of each action of a transaction. */
function accessesOf(
	{ operation, service }: ServiceOperation,
	{ body, path }: TenantRequest,
	{ table }: AccessPolicyContext,
): readonly Access[] {
	if (service !== "sqs" && service !== "dynamodb") return [{ operation, resource: decodeUri(path.slice(1)) }];
	const input = parseObject(body) ?? {};
	if (service === "sqs") return [{ operation, resource: lastSegment(input.QueueUrl ?? input.QueueName ?? "*") }];
	const parts = partsOf(operation, input);
	if (parts !== undefined) return parts;
	if (input.TableName !== undefined) return [{ operation, resource: lastSegment(input.TableName) }];
	return [{ operation, resource: input.Statement === undefined ? "*" : `${table}?` }];
}

/** What the parts of a batch or a transaction access. `undefined` for other operations. */
function partsOf(operation: string, input: Readonly<Record<string, unknown>>): readonly Access[] | undefined {
	if (operation.startsWith("Batch") && isRecord(input.RequestItems)) {
		return Object.keys(input.RequestItems).map((name) => ({ operation, resource: lastSegment(name) }));
	}
	if (operation.startsWith("Transact") && Array.isArray(input.TransactItems)) {
		// There is no permission for transactions: each action needs that of the operation which does the same alone.
		return input.TransactItems.filter(isRecord).flatMap((item) =>
			Object.entries(item).map(([kind, action]) => ({
				operation: `${kind}Item`,
				resource: isRecord(action) ? lastSegment(action.TableName) : "",
			})),
		);
	}
	return undefined;
}

function lastSegment(name: unknown): string {
	return typeof name === "string" ? (name.split("/").pop() ?? "") : "";
}
