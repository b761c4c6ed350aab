import type { GraphQLFieldResolver } from "graphql";
import { checkPermission } from "./permissions.ts";
import { Echo, type FieldResolvers, type RequestContext } from "./request-context.ts";
import { APP, APP_MUTATIONS } from "./resolvers/apps.ts";
import { EDGE, EDGE_MUTATIONS } from "./resolvers/edges.ts";
import { FUNCTION, FUNCTION_MUTATIONS } from "./resolvers/functions.ts";
import { KMS_KEY, KMS_KEY_MUTATIONS } from "./resolvers/kms-keys.ts";
import { MANAGED_NODE_TYPE, MANAGED_NODE_TYPE_MUTATIONS } from "./resolvers/managed-node-types.ts";
import { MESSAGE_TYPE, MESSAGE_TYPE_MUTATIONS } from "./resolvers/message-types.ts";
import { NODE_MUTATIONS } from "./resolvers/node-mutations.ts";
import { NODE } from "./resolvers/nodes.ts";
import { QUERIES } from "./resolvers/queries.ts";
import { API_USER, TENANT, TENANT_MUTATIONS, TENANT_USER } from "./resolvers/tenants.ts";

type Resolvers = FieldResolvers<never>;

const TYPES: Readonly<Record<string, Resolvers>> = {
	ApiUser: API_USER,
	Edge: EDGE,
	KmsKey: KMS_KEY,
	ManagedNodeType: MANAGED_NODE_TYPE,
	MessageType: MESSAGE_TYPE,
	Mutation: {
		...APP_MUTATIONS,
		...EDGE_MUTATIONS,
		...FUNCTION_MUTATIONS,
		...KMS_KEY_MUTATIONS,
		...MANAGED_NODE_TYPE_MUTATIONS,
		...MESSAGE_TYPE_MUTATIONS,
		...NODE_MUTATIONS,
		...TENANT_MUTATIONS,
	},
	Query: QUERIES,
	Tenant: TENANT,
	TenantUser: TENANT_USER,
};

/** Resolves every field of the schema, after a check that the user may have it. */
export const resolveField: GraphQLFieldResolver<unknown, RequestContext> = (source, args, request, info) => {
	const { fieldName: field, parentType } = info;
	checkPermission(parentType.name, field, source, args, request);
	const resolver = resolversOf(parentType.name)?.[field];
	if (resolver !== undefined) return resolver(source as never, args as never, request);
	const values = (source instanceof Echo ? source.record : source) as Readonly<Record<string, unknown>>;
	return values[field] ?? null;
};

/** The resolvers of a type. Those of all apps, all functions and all nodes are the same. */
function resolversOf(type: string): Resolvers | undefined {
	if (TYPES[type] !== undefined) return TYPES[type];
	if (type.endsWith("App")) return APP;
	if (type.endsWith("Function")) return FUNCTION;
	return type.endsWith("Node") ? NODE : undefined;
}
