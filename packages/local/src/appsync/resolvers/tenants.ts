import type { ApiUserRecord, TenantRecord, TenantUserRecord } from "../../network/echos.ts";
import { queueSpecs } from "../../network/queue-specs.ts";
import { checkConfig, checkName, given } from "../arguments.ts";
import { awsCredentials, type CredentialsArguments } from "../credentials.ts";
import { type Echo, type FieldResolvers, invalid } from "../request-context.ts";
import { resourceFields } from "./changes.ts";

interface TenantUpdates {
	readonly audit?: boolean | null;
	readonly config?: string | null;
	readonly description?: string | null;
}

/** The resolvers of tenants. */
export const TENANT: FieldResolvers<Echo<TenantRecord>> = {
	...resourceFields<TenantRecord>("tenants", ({ name }) => name),
	active: (_, __, { api }) => api.isActive(),
	users: ({ network }, _, request) => network.tenantUsers.all().map((user) => request.echo(network, user)),
	AddUser: ({ network }, { email, role }: Pick<TenantUserRecord, "email" | "role">, request) => {
		const by = request.user.username;
		if (network.tenantUsers.get(email) !== undefined) throw invalid(`${email} is already a user of ${network.name}`);
		const invited = { at: new Date(request.api.now()).toISOString(), by };
		const fields = { email, role, invited, description: null, graphLayouts: [], status: "invited" };
		return request.echo(network, network.tenantUsers.create({ __typename: "TenantUser", ...fields }, by));
	},
	Delete: async ({ network }, _, { api, user }) => {
		if (network.isMain) throw invalid(`The tenant ${network.name} cannot be deleted: stop the local tenant`);
		const options = { drain: false, by: user.username };
		for (const app of network.apps.all()) await api.deletion.app(network, app, options);
		for (const node of network.nodes.all()) await api.deletion.node(network, node, options);
		for (const { username } of network.apiUsers.all()) api.users.remove(username);
		await api.queues.deleteTable(network.tenant.table);
		api.networks.delete(network);
		return true;
	},
	GetAwsCredentials: (_, args: CredentialsArguments, request) => awsCredentials(request.user, args, request),
	Update: ({ network, record }, args: TenantUpdates, request) => {
		checkConfig(args.config);
		const { audit, ...fields } = given(args, ["config"]);
		const updates = { ...fields, ...(audit !== undefined && { audit: audit ?? false }) } as Partial<TenantRecord>;
		return request.echo(network, network.tenants.update(record, updates, request.user.username));
	},
};

/** The resolvers of API users. */
export const API_USER: FieldResolvers<Echo<ApiUserRecord>> = {
	...resourceFields<ApiUserRecord>("apiUsers", ({ username }) => username),
	appsyncEndpoint: (_, __, { api }) => `${api.url}/graphql`,
	credentials: ({ record }, _, { api }) => ({
		clientId: api.pool.clientId,
		password: api.users.passwordOf(record.username),
		userPoolId: api.pool.id,
		username: record.username,
	}),
	Delete: ({ network, record }, _, { api, user }) => {
		network.apiUsers.delete(record, user.username);
		api.users.remove(record.username);
		return true;
	},
	ResetPassword: ({ network, record }, _, request) => {
		request.api.users.resetPassword(record.username);
		return request.echo(network, network.apiUsers.update(record, {}, request.user.username));
	},
	Update: ({ network, record }, args: Partial<Pick<ApiUserRecord, "description" | "role">>, request) =>
		request.echo(network, network.apiUsers.update(record, given(args, ["description", "role"]), request.user.username)),
};

/** The resolvers of tenant users. They cannot sign in to the local tenant, which has no console of EchoStream. */
export const TENANT_USER: FieldResolvers<Echo<TenantUserRecord>> = {
	...resourceFields<TenantUserRecord>("tenantUsers", ({ email }) => email),
	Delete: ({ network, record }, _, { user }) => {
		network.tenantUsers.delete(record, user.username);
		return true;
	},
	DeleteGraphLayout: ({ network, record }, { name }: { readonly name: string }, { user }) => {
		const graphLayouts = record.graphLayouts.filter((layout) => layout.name !== name);
		if (graphLayouts.length === record.graphLayouts.length) throw invalid(`The layout ${name} was not found`);
		network.tenantUsers.update(record, { graphLayouts }, user.username);
		return true;
	},
	SaveGraphLayout: ({ network, record }, layout: { readonly name: string; readonly layout: string }, { user }) => {
		const others = record.graphLayouts.filter(({ name }) => name !== layout.name);
		network.tenantUsers.update(record, { graphLayouts: [...others, layout] }, user.username);
		return layout;
	},
	Update: ({ network, record }, args: Partial<Pick<TenantUserRecord, "role" | "status">>, request) =>
		request.echo(network, network.tenantUsers.update(record, given(args, ["role", "status"]), request.user.username)),
};

interface NewApiUser {
	readonly description?: string | null;
	readonly role: ApiUserRecord["role"];
	readonly tenant: string;
}

interface NewTenant {
	readonly description?: string | null;
	readonly name: string;
	readonly region: string;
}

/** The mutations of tenants and API users. */
export const TENANT_MUTATIONS: FieldResolvers<unknown> = {
	CreateApiUser: (_, { description = null, role, tenant }: NewApiUser, request) => {
		const network = request.needNetwork(tenant, "CreateApiUser", "Mutation");
		const username = request.api.users.create();
		const user = { __typename: "ApiUser" as const, username, role, description };
		return request.echo(network, network.apiUsers.create(user, request.user.username));
	},
	CreateTenant: async (_, { description = null, name, region }: NewTenant, request) => {
		const { networks, queues, region: own } = request.api;
		checkName("tenant", name, (used) => networks.get(used) !== undefined);
		if (region !== own) throw invalid(`Invalid region ${region}: the local tenant supports ${own} only`);
		const tenant = { name, region, description, table: `db-${name}`, audit: false, config: null };
		const network = networks.create(tenant, request.user.username);
		for (const queue of queueSpecs(network, region)) await queues.addQueue(queue);
		await queues.createTable(network.tenant.table);
		return request.echo(network, network.tenant);
	},
};
