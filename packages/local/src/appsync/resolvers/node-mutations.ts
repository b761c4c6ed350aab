import type { New } from "../../network/collection.ts";
import type { AppType, NodeRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { checkName, found, listOrNull, type NameKind } from "../arguments.ts";
import { type FieldResolvers, invalid, type RequestContext } from "../request-context.ts";
import { mountsOf, portsOf } from "./managed-nodes.ts";
import { checkNode, type NodeSettings } from "./node-settings.ts";

interface Creation extends NodeSettings {
	readonly app?: string;
	readonly managedNodeType?: string;
	readonly name: string;
	readonly receiveMessageType?: string | null;
	readonly scheduleExpression?: string;
	readonly sendMessageType?: string | null;
	readonly tenant: string;
}

const TEN_DAYS = 864_000;

/** The mutations of nodes. */
export const NODE_MUTATIONS: FieldResolvers<unknown, Creation> = {
	CreateBitmapRouterNode: (_, args, request) =>
		create("BitmapRouterNode", "functionNode", args, request, () => ({
			...codeSettings(args),
			inlineBitmapper: args.inlineBitmapper ?? null,
			managedBitmapper: args.managedBitmapper ?? null,
			receiveMessageType: args.receiveMessageType ?? null,
			routeTable: args.routeTable ?? "{}",
			sendMessageType: args.receiveMessageType ?? null,
		})),
	CreateCrossTenantSendingNode: (_, args, request) => {
		const sendMessageType = args.sendMessageType ?? args.receiveMessageType ?? null;
		const node = create("CrossTenantSendingNode", "functionNode", args, request, (network) => ({
			...processorSettings(args),
			app: appOf(network, args, ["CrossTenantSendingApp"]),
			sendMessageType,
		}));
		addReceivingNode(node.network, node.record, request);
		return node;
	},
	CreateExternalNode: (_, args, request) =>
		create("ExternalNode", "node", args, request, (network) => ({
			app: appOf(network, args, ["ExternalApp", "CrossAccountApp"]),
			config: args.config ?? null,
			receiveMessageType: args.receiveMessageType ?? null,
			sendMessageType: args.sendMessageType ?? null,
		})),
	CreateFilesDotComWebhookNode: (_, args, request) =>
		create("FilesDotComWebhookNode", "node", args, request, () => ({
			sendMessageType: "echo.files-dot-com",
			token: Buffer.from(request.api.random(24)).toString("base64url"),
		})),
	CreateLoadBalancerNode: (_, args, request) =>
		create("LoadBalancerNode", "functionNode", args, request, () => ({
			receiveMessageType: args.receiveMessageType ?? null,
			sendMessageType: args.receiveMessageType ?? null,
		})),
	CreateManagedNode: (_, args, request) =>
		create("ManagedNode", "managedNode", args, request, (network) => {
			const name = args.managedNodeType ?? "";
			const type = found("ManagedNodeType", name, network.managedNodeTypes.get(name));
			return {
				app: appOf(network, args, ["ManagedApp"]),
				config: args.config ?? null,
				loggingLevel: args.loggingLevel ?? null,
				managedNodeType: name,
				mounts: mountsOf(args.mounts, type),
				ports: portsOf(args.ports, type),
				receiveMessageType: type.receiveMessageType,
				sendMessageType: type.sendMessageType,
			};
		}),
	CreateProcessorNode: (_, args, request) =>
		create("ProcessorNode", "functionNode", args, request, () => ({
			...processorSettings(args),
			sendMessageType: args.sendMessageType ?? null,
		})),
	CreateTimerNode: (_, args, request) =>
		create("TimerNode", "node", args, request, () => {
			const { scheduleExpression = "" } = args;
			if (!/^\S+( \S+){5}$/.test(scheduleExpression.replace(/^cron\((.*)\)$/, "$1"))) {
				throw invalid(`Invalid scheduleExpression ${scheduleExpression}: it must be a cron expression of six fields`);
			}
			return { scheduleExpression, sendMessageType: "echo.timer" };
		}),
	CreateWebhookNode: (_, args, request) =>
		create("WebhookNode", "functionNode", args, request, () => ({
			...codeSettings(args),
			...authenticatorSettings(args),
			sendMessageType: args.sendMessageType ?? "echo.json",
		})),
	CreateWebSubHubNode: (_, args, request) =>
		create("WebSubHubNode", "webSubHubNode", args, request, () => ({
			...codeSettings(args),
			...authenticatorSettings(args),
			defaultLeaseSeconds: args.defaultLeaseSeconds ?? TEN_DAYS,
			deliveryRetries: args.deliveryRetries ?? null,
			maxLeaseSeconds: args.maxLeaseSeconds ?? Math.max(TEN_DAYS, args.defaultLeaseSeconds ?? TEN_DAYS),
			receiveMessageType: "echo.websub",
			sendMessageType: "echo.websub",
			signatureAlgorithm: args.signatureAlgorithm ?? "sha1",
			subscriptionSecurity: args.subscriptionSecurity ?? null,
		})),
};

function create(
	__typename: string,
	kind: NameKind,
	args: Creation,
	request: RequestContext,
	fieldsIn: (network: Network) => Partial<NodeRecord>,
) {
	const network = request.needNetwork(args.tenant, `Create${__typename}`, "Mutation");
	const { description = null, name } = args;
	checkName(kind, name, (used) => network.nodes.get(used) !== undefined);
	const node: New<NodeRecord> = { ...fieldsIn(network), __typename, name, description, stopped: false };
	checkNode(network, node);
	return request.echo(network, network.nodes.create(node, request.user.username));
}

function codeSettings({ config, loggingLevel, requirements }: Creation) {
	return { config: config ?? null, loggingLevel: loggingLevel ?? null, requirements: listOrNull(requirements) };
}

function authenticatorSettings({ inlineApiAuthenticator, managedApiAuthenticator }: Creation) {
	return {
		inlineApiAuthenticator: inlineApiAuthenticator ?? null,
		managedApiAuthenticator: managedApiAuthenticator ?? null,
	};
}

function processorSettings(args: Creation) {
	return {
		...codeSettings(args),
		inlineProcessor: args.inlineProcessor ?? null,
		managedProcessor: args.managedProcessor ?? null,
		receiveMessageType: args.receiveMessageType ?? null,
		sequentialProcessing: args.sequentialProcessing ?? null,
	};
}

/** The app of a node; throws for one that does not exist, or is of a type that cannot have the node. */
function appOf(network: Network, { app: name = "" }: Creation, types: readonly AppType[]): string {
	const app = found("App", name, network.apps.get(name));
	if (!types.includes(app.__typename)) throw invalid(`${name} is a ${app.__typename}, not a ${types.join(" or a ")}`);
	if (app.isDeleting === true) throw invalid(`${name} is being deleted`);
	return name;
}

/** Adds the node of the other tenant that receives what a node sends, where that tenant is in this process and has the app for it. */
function addReceivingNode(
	{ apps, name: tenant }: Network,
	{ app, name, sendMessageType }: NodeRecord,
	request: RequestContext,
) {
	const { receivingApp = "", receivingTenant = "" } = apps.get(app ?? "") ?? {};
	const receiving = request.api.networks.get(receivingTenant);
	const node = {
		__typename: "CrossTenantReceivingNode",
		name: `${tenant}:${name}`,
		app: receivingApp,
		description: null,
	};
	if (receiving?.apps.get(receivingApp)?.sendingTenant !== tenant || receiving.nodes.get(node.name) !== undefined)
		return;
	receiving.nodes.create({ ...node, sendMessageType: sendMessageType ?? null, stopped: false }, request.user.username);
}
