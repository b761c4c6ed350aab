import { APPS } from "./schema/apps.ts";
import { CHANGES } from "./schema/changes.ts";
import { EDGES } from "./schema/edges.ts";
import { EMITTERS } from "./schema/emitters.ts";
import { FUNCTIONS } from "./schema/functions.ts";
import { MANAGED_NODE_TYPES } from "./schema/managed-node-types.ts";
import { NODES } from "./schema/nodes.ts";
import { ROOTS } from "./schema/roots.ts";
import { SCALARS } from "./schema/scalars.ts";
import { TENANTS } from "./schema/tenants.ts";
import { WEBHOOKS } from "./schema/webhooks.ts";

/**
 * EchoStream's GraphQL schema. Names, types and arguments are those of the published one. The only addition is `Tenant.audit`,
 * which EchoStream's own programs query.
 */
export const SCHEMA = [
	SCALARS,
	ROOTS,
	TENANTS,
	APPS,
	NODES,
	EMITTERS,
	WEBHOOKS,
	EDGES,
	FUNCTIONS,
	MANAGED_NODE_TYPES,
	CHANGES,
].join("\n");
