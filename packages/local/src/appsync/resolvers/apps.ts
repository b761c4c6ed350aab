import type { AppRecord, AppType } from "../../network/echos.ts";
import { APP_CHANGE_ROUTER, newChangeReceiver, newEdge } from "../../network/fresh-tenant.ts";
import { appQueue } from "../../network/queue-names.ts";
import { appQueueSpec, edgeQueueSpecs } from "../../network/queue-specs.ts";
import { checkConfig, checkName, given, type NameKind } from "../arguments.ts";
import { awsCredentials, type CredentialsArguments, cognitoCredentials } from "../credentials.ts";
import { type Echo, type FieldResolvers, invalid, type RequestContext } from "../request-context.ts";
import { resourceFields } from "./changes.ts";

interface Updates {
	readonly config?: string | null;
	readonly description?: string | null;
	readonly tableAccess?: boolean | null;
}

interface Creation extends Updates {
	readonly account?: string;
	readonly name: string;
	readonly receivingApp?: string;
	readonly receivingTenant?: string;
	readonly sendingTenant?: string;
	readonly tenant: string;
}

/** The resolvers of apps. */
export const APP: FieldResolvers<Echo<AppRecord>> = {
	...resourceFields<AppRecord>("apps", ({ name }) => name),
	account: ({ record }) => record.account ?? "000000000000",
	appsyncEndpoint: (_, __, { api }) => `${api.url}/graphql`,
	auditRecordsEndpoint: ({ record }, _, { api }) => `${api.url}/audit-records/${encodeURIComponent(record.name)}`,
	credentials: ({ record }, _, request) => cognitoCredentials(record.username ?? "", request),
	iamPolicy: () => "{}",
	iso: ({ record }) => Buffer.from(`The local tenant has no image for ${record.name}`).toString("base64"),
	managedInstances: () => [],
	nodes: ({ network, record }, _, request) => network.nodesOf(record.name).map((node) => request.echo(network, node)),
	userdata: ({ record }) => `#cloud-config\n# The local tenant runs no instances for ${record.name}\n`,
	DeregisterManagedInstance: ({ record }, { instanceId }: { readonly instanceId: string }) => {
		throw invalid(`The app ${record.name} has no instance ${instanceId}`);
	},
	Delete: async ({ network, record }, { drainEdges }: { readonly drainEdges?: boolean | null }, { api, user }) => {
		await api.deletion.app(network, record, { drain: drainEdges ?? true, by: user.username });
		return true;
	},
	GetAwsCredentials: ({ network, record }, args: CredentialsArguments, request) => {
		const { name, username = "" } = record;
		return awsCredentials({ kind: "app", tenant: network.name, username, app: name }, args, request);
	},
	ResetPassword: ({ network, record }, _, request) => {
		if (record.username !== undefined) request.api.users.resetPassword(record.username);
		return request.echo(network, network.apps.update(record, {}, request.user.username));
	},
	Update: ({ network, record }, args: Updates, request) => {
		checkConfig(args.config);
		const fields = given(args, ["config"]);
		const tableAccess = "tableAccess" in fields && { tableAccess: fields.tableAccess ?? false };
		return request.echo(
			network,
			network.apps.update(record, { ...fields, ...tableAccess } as Partial<AppRecord>, request.user.username),
		);
	},
};

/** The mutations of apps. */
export const APP_MUTATIONS: FieldResolvers<unknown, Creation> = {
	CreateCrossAccountApp: (_, args, request) => {
		if (!/^\d{12}$/.test(args.account ?? "")) throw invalid(`Invalid account ${args.account}: it must have 12 digits`);
		return createWithUser("CrossAccountApp", args, request);
	},
	CreateExternalApp: (_, args, request) => createWithUser("ExternalApp", args, request),
	CreateManagedApp: (_, args, request) => createWithUser("ManagedApp", args, request),
	CreateCrossTenantReceivingApp: (_, args, request) => {
		const { sendingTenant = "" } = args;
		const network = networkFor("CrossTenantReceivingApp", args, request);
		const sender = request.api.networks.get(sendingTenant)?.apps.all().find(isPeer(network.name, args.name));
		const fields = { sendingTenant, sendingApp: sender?.name ?? null };
		return request.echo(network, create("CrossTenantReceivingApp", args, fields, request));
	},
	CreateCrossTenantSendingApp: (_, args, request) => {
		const { receivingApp = "", receivingTenant = "" } = args;
		const network = networkFor("CrossTenantSendingApp", args, request);
		const other = request.api.networks.get(receivingTenant);
		const receiver = other?.apps.get(receivingApp);
		if (other !== undefined && receiver?.sendingTenant !== network.name) {
			throw invalid(`The tenant ${receivingTenant} has no app ${receivingApp} that receives from ${network.name}`);
		}
		if (other !== undefined && receiver !== undefined) {
			other.apps.update(receiver, { sendingApp: args.name }, request.user.username);
		}
		return request.echo(network, create("CrossTenantSendingApp", args, { receivingApp, receivingTenant }, request));
	},
};

function isPeer(receivingTenant: string, receivingApp: string) {
	return (app: AppRecord) => app.receivingTenant === receivingTenant && app.receivingApp === receivingApp;
}

function networkFor(type: AppType, { name, tenant }: Creation, request: RequestContext) {
	const network = request.needNetwork(tenant, `Create${type}`, "Mutation");
	const kind: NameKind = type === "ManagedApp" ? "managedApp" : "app";
	checkName(kind, name, (used) => network.apps.get(used) !== undefined);
	return network;
}

function create(
	__typename: AppType,
	{ description = __typename.startsWith("CrossTenant") ? "" : null, name, tenant }: Creation,
	fields: Partial<AppRecord>,
	request: RequestContext,
): AppRecord {
	const network = request.needNetwork(tenant, `Create${__typename}`, "Mutation");
	return network.apps.create({ ...fields, __typename, name, description }, request.user.username);
}

async function createWithUser(type: AppType, args: Creation, request: RequestContext) {
	const network = networkFor(type, args, request);
	const { queues, region, users } = request.api;
	const { account, config = null, name, tableAccess } = args;
	checkConfig(config);
	const { username: by } = request.user;
	const queue = appQueue(network, name);
	const app = create(
		type,
		args,
		{
			...(account !== undefined && { account }),
			config,
			queue,
			tableAccess: tableAccess ?? false,
			tenantAccess: true,
			username: users.create(),
		},
		request,
	);
	const receiver = network.nodes.create(newChangeReceiver(name), by);
	const edge = newEdge(network, APP_CHANGE_ROUTER, receiver.name, "echo.change");
	for (const added of [...edgeQueueSpecs(edge, region), appQueueSpec(queue)]) await queues.addQueue(added);
	network.edges.create(edge, by);
	return request.echo(network, app);
}
