import type { AppRecord, NodeRecord } from "../network/echos.ts";
import type { TenantUser } from "../network/networks.ts";
import { denied, Echo, type RequestContext, ResolverError } from "./request-context.ts";

/** Methods that only read. */
const READING_METHODS = ["GetAwsCredentials", "ListChanges", "ListLogEvents", "ListSubscriptions", "Validate"];
/** What only admins may do, beside reading: all methods of these types, and these mutations. */
const ADMIN_TYPES = ["ApiUser", "Tenant", "TenantUser"];
const ADMIN_MUTATIONS = ["CreateApiUser", "CreateTenant"];
const APP_QUERIES = ["GetApp", "GetBulkDataStorage", "GetNode", "GetSupportedRegions", "GetVersion"];
/** What an app's user may read of the apps and nodes of others. */
const FOREIGN_FIELDS = ["description", "name", "receiveMessageType", "sendMessageType", "tenant"];
const FOREIGN_NODE_FIELDS = [...FOREIGN_FIELDS, "app"];

/**
 * Checks what a user may read, and what it may change.
 *
 * - An app's user reads its app, the nodes of its app with their edges, and the names of other nodes.
 * - An API user reads everything, except that only admins see other API users. Admins change everything, `user` all but
 *   the tenant and who has access to it, `read_only` nothing.
 *
 * @throws ResolverError `Unauthorized`.
 */
export function checkPermission(
	type: string,
	field: string,
	source: unknown,
	args: object,
	request: RequestContext,
): void {
	const { user } = request;
	if (type === "Query") checkQuery(user, field, args, request);
	else if (isChange(type, field) && !mayChange(user, type, field)) throw denied(field, type);
	else if (user.kind === "app") checkAppField(user, type, field, source, request);
}

function isChange(type: string, field: string): boolean {
	return type === "Mutation" || (/^[A-Z]/.test(field) && !READING_METHODS.includes(field));
}

function mayChange(user: TenantUser, type: string, field: string): boolean {
	if (user.kind === "app" || user.role === "read_only") return false;
	return user.role === "admin" || !(ADMIN_TYPES.includes(type) || ADMIN_MUTATIONS.includes(field));
}

function checkQuery(user: TenantUser, field: string, args: object, request: RequestContext): void {
	if (field === "GetUser") throw denied(field);
	const { name, tenant, username } = args as { name?: string; tenant?: string; username?: string };
	if (user.kind === "apiUser") {
		const isAdminOnly = field === "ListApiUsers" || (field === "GetApiUser" && user.username !== username);
		if (isAdminOnly && user.role !== "admin") throw denied(field);
		return;
	}
	if (!APP_QUERIES.includes(field)) throw denied(field);
	if (field === "GetApp" && name !== user.app) throw denied(field);
	if (field === "GetNode") {
		const node = request.network(tenant ?? "")?.nodes.get(name ?? "");
		if (node !== undefined && node.app !== user.app) throw denied(field);
	}
}

function checkAppField(
	user: TenantUser & { readonly kind: "app" },
	type: string,
	field: string,
	source: unknown,
	request: RequestContext,
): void {
	if (!(source instanceof Echo)) return;
	if (field === "tenant" && request.network(user.tenant)?.apps.get(user.app)?.tenantAccess === false) {
		throw new ResolverError("Unauthorized", `Not Authorized to access tenant on type ${type}`);
	}
	if (type === "Tenant" && (field === "GetAwsCredentials" || field === "ListChanges" || field === "users")) {
		throw denied(field, type);
	}
	if (type.endsWith("App") && (source.record as AppRecord).name !== user.app && !FOREIGN_FIELDS.includes(field)) {
		throw denied(field, type);
	}
	const isForeignNode = type.endsWith("Node") && (source.record as NodeRecord).app !== user.app;
	if (isForeignNode && !FOREIGN_NODE_FIELDS.includes(field)) throw denied(field, type);
}
