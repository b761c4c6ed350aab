import type { AppRecord, NodeRecord, Resource } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { type PageArguments, pageByKey } from "../paging.ts";
import { denied, type FieldResolvers, invalid, type RequestContext } from "../request-context.ts";
import { type ChangeArguments, listAllChanges } from "./changes.ts";

interface ByName {
	readonly name: string;
	readonly tenant: string;
}

interface ListArguments extends PageArguments {
	readonly tenant: string;
	readonly types?: readonly (string | null)[] | null;
}

type Named = "apps" | "functions" | "kmsKeys" | "managedNodeTypes" | "messageTypes" | "nodes";

const get =
	(part: Named) =>
	(_: unknown, { name, tenant }: ByName, request: RequestContext) => {
		const network = request.network(tenant);
		return network === undefined ? null : request.echoOrNull(network, network[part].get(name));
	};

const list =
	(field: string, part: Exclude<Named, "apps" | "nodes">) =>
	(_: unknown, { tenant, ...args }: ListArguments, request: RequestContext) => {
		const network = request.needNetwork(tenant, field);
		const records: readonly (Resource & { readonly name: string })[] = network[part].all();
		return pageByKey(
			records,
			({ name }) => name,
			args,
			(one) => request.echo(network, one),
		);
	};

const listByType =
	(field: string, recordsOf: (network: Network) => readonly (AppRecord | NodeRecord)[]) =>
	(_: unknown, { tenant, types, ...args }: ListArguments, request: RequestContext) => {
		const network = request.needNetwork(tenant, field);
		const records = recordsOf(network).filter(({ __typename }) => isWanted(__typename, types ?? []));
		return pageByKey(
			records,
			({ name }) => name,
			args,
			(one) => request.echo(network, one),
		);
	};

/** Whether a list has a type. `!` before a type excludes it, and exclusions come first. */
function isWanted(type: string, types: readonly (string | null)[]): boolean {
	const included = types.filter((one) => one !== null && !one.startsWith("!"));
	return !types.includes(`!${type}`) && (included.length === 0 || included.includes(type));
}

/** How long presigned URLs can be valid. */
const MAX_BULK_DATA_SECONDS = 604_800;

interface BulkDataArguments {
	readonly contentEncoding?: "gzip" | "deflate" | null;
	readonly count?: number | null;
	readonly expiresIn?: number | null;
	readonly tenant: string;
}

/** The queries. */
export const QUERIES: FieldResolvers<unknown> = {
	GetApiUser: (_, { tenant, username }: { readonly tenant: string; readonly username: string }, request) => {
		const network = request.network(tenant);
		return network === undefined ? null : request.echoOrNull(network, network.apiUsers.get(username));
	},
	GetApp: get("apps"),
	GetBulkDataStorage: (_, { contentEncoding, count, expiresIn, tenant }: BulkDataArguments, request) => {
		const wanted = count ?? 1;
		if (wanted < 1 || wanted > 100) throw invalid("count must be between 1 and 100");
		const expiresInSeconds = expiresIn ?? 1800;
		if (expiresInSeconds < 1 || expiresInSeconds > MAX_BULK_DATA_SECONDS) {
			throw invalid(`expiresIn must be between 1 and ${MAX_BULK_DATA_SECONDS}`);
		}
		if (request.network(tenant) === undefined) throw denied("GetBulkDataStorage");
		const options = { contentEncoding: contentEncoding ?? "gzip", expiresInSeconds } as const;
		return Promise.all(Array.from({ length: wanted }, () => request.api.bulkData(options)));
	},
	GetEdge: (
		_,
		{ source, target, tenant }: { readonly source: string; readonly target: string; readonly tenant: string },
		request,
	) => {
		const network = request.network(tenant);
		return network === undefined ? null : request.echoOrNull(network, network.edge(source, target));
	},
	GetFunction: get("functions"),
	GetKmsKey: get("kmsKeys"),
	GetManagedNodeType: get("managedNodeTypes"),
	GetMessageType: get("messageTypes"),
	GetNode: get("nodes"),
	GetSupportedRegions: (_, __, { api }) => [api.region],
	GetTenant: (_, { tenant }: { readonly tenant: string }, request) => {
		const network = request.network(tenant);
		return network === undefined ? null : request.echo(network, network.tenant);
	},
	GetTenantUser: (_, { email, tenant }: { readonly email: string; readonly tenant: string }, request) => {
		const network = request.network(tenant);
		return network === undefined ? null : request.echoOrNull(network, network.tenantUsers.get(email));
	},
	GetVersion: () => "local",
	ListApiUsers: (_, { tenant, ...args }: ListArguments, request) => {
		const network = request.needNetwork(tenant, "ListApiUsers");
		return pageByKey(
			network.apiUsers.all(),
			({ username }) => username,
			args,
			(one) => request.echo(network, one),
		);
	},
	ListApps: listByType("ListApps", ({ apps }) => apps.all()),
	ListChanges: (_, { tenant, ...args }: ChangeArguments & { readonly tenant: string }, request) =>
		listAllChanges(request.needNetwork(tenant, "ListChanges"), args, request),
	ListFunctions: list("ListFunctions", "functions"),
	ListKmsKeys: list("ListKmsKeys", "kmsKeys"),
	ListManagedNodeTypes: list("ListManagedNodeTypes", "managedNodeTypes"),
	ListMessageTypes: list("ListMessageTypes", "messageTypes"),
	ListNodes: listByType("ListNodes", ({ nodes }) => nodes.all()),
	ListTenants: (_, args: PageArguments, request) => {
		const networks = request.api.networks.all().filter(({ name }) => request.network(name) !== undefined);
		return pageByKey(
			networks,
			({ name }) => name,
			args,
			(network) => request.echo(network, network.tenant),
		);
	},
	ListTenantUsers: (_, { tenant, ...args }: ListArguments, request) => {
		const network = request.needNetwork(tenant, "ListTenantUsers");
		return pageByKey(
			network.tenantUsers.all(),
			({ email }) => email,
			args,
			(one) => request.echo(network, one),
		);
	},
};
