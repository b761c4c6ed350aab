import type { ManagedNodeTypeRecord, MountRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { checkConfig, checkName, checkNotSystem, found, given, listOrNull } from "../arguments.ts";
import { type Echo, type FieldResolvers, invalid } from "../request-context.ts";
import { resourceFields } from "./changes.ts";

interface Creation {
	readonly configTemplate?: string | null;
	readonly description: string;
	readonly imageUri: string;
	readonly mountRequirements?: readonly (Omit<MountRecord, "source"> & { readonly source?: string | null })[] | null;
	readonly name: string;
	readonly portRequirements?: ManagedNodeTypeRecord["portRequirements"];
	readonly readme?: string | null;
	readonly receiveMessageType?: string | null;
	readonly sendMessageType?: string | null;
	readonly tenant: string;
}

interface Updates {
	readonly description?: string | null;
	readonly imageUri?: string | null;
	readonly readme?: string | null;
}

/** The resolvers of managed node types. */
export const MANAGED_NODE_TYPE: FieldResolvers<Echo<ManagedNodeTypeRecord>> = {
	...resourceFields<ManagedNodeTypeRecord>("managedNodeTypes", ({ name }) => name),
	inUse: ({ network, record }) => isInUse(network, record),
	receiveMessageType: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.messageTypes.get(record.receiveMessageType ?? "")),
	sendMessageType: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.messageTypes.get(record.sendMessageType ?? "")),
	tenant: ({ network, record }, _, request) => (record.system ? null : request.echo(network, network.tenant)),
	Delete: ({ network, record }, _, { user }) => {
		checkNotSystem(record);
		if (isInUse(network, record)) throw invalid(`ManagedNodeType ${record.name} is in use`);
		network.managedNodeTypes.delete(record, user.username);
		return true;
	},
	Update: ({ network, record }, args: Updates, request) => {
		checkNotSystem(record);
		const fields = given(args, ["description", "imageUri"]) as Partial<ManagedNodeTypeRecord>;
		return request.echo(network, network.managedNodeTypes.update(record, fields, request.user.username));
	},
};

/** The mutations of managed node types. */
export const MANAGED_NODE_TYPE_MUTATIONS: FieldResolvers<unknown> = {
	CreateManagedNodeType: (_, { tenant, ...args }: Creation, request) => {
		const network = request.needNetwork(tenant, "CreateManagedNodeType", "Mutation");
		const { configTemplate = null, mountRequirements, portRequirements, readme = null, ...fields } = args;
		const { receiveMessageType = null, sendMessageType = null } = args;
		checkName("managedNodeType", args.name, (used) => network.managedNodeTypes.get(used) !== undefined);
		checkConfig(configTemplate, "configTemplate");
		for (const type of [receiveMessageType, sendMessageType]) {
			if (type !== null) found("MessageType", type, network.messageTypes.get(type));
		}
		for (const { containerPort } of portRequirements ?? []) {
			if (containerPort < 1 || containerPort > 65_535) {
				throw invalid(`Invalid containerPort ${containerPort}: it must be between 1 and 65535`);
			}
		}
		const record = {
			...fields,
			__typename: "ManagedNodeType" as const,
			configTemplate,
			mountRequirements: listOrNull(mountRequirements?.map((mount) => ({ ...mount, source: mount.source ?? null }))),
			portRequirements: listOrNull(portRequirements),
			readme,
			receiveMessageType,
			sendMessageType,
			system: false,
		};
		return request.echo(network, network.managedNodeTypes.create(record, request.user.username));
	},
};

function isInUse({ nodes }: Network, { name }: ManagedNodeTypeRecord): boolean {
	return nodes.all().some(({ managedNodeType }) => managedNodeType === name);
}
