import { isRecord } from "../../json.ts";
import type { FunctionRecord, NodeRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { checkCode, checkConfig, checkRequirements, found } from "../arguments.ts";
import { invalid } from "../request-context.ts";
import type { MountInput, PortInput } from "./managed-nodes.ts";

/** What can be set in a node, when it is created or later. Which of it depends on its type. */
export interface NodeSettings {
	readonly apiKey?: string;
	readonly config?: string | null;
	readonly defaultLeaseSeconds?: number | null;
	readonly deliveryRetries?: number | null;
	readonly description?: string | null;
	readonly inlineApiAuthenticator?: string | null;
	readonly inlineBitmapper?: string | null;
	readonly inlineProcessor?: string | null;
	readonly loggingLevel?: string | null;
	readonly managedApiAuthenticator?: string | null;
	readonly managedBitmapper?: string | null;
	readonly managedProcessor?: string | null;
	readonly maxLeaseSeconds?: number | null;
	readonly mounts?: readonly MountInput[] | null;
	readonly ports?: readonly PortInput[] | null;
	readonly requirements?: readonly string[] | null;
	readonly routeTable?: string | null;
	readonly sequentialProcessing?: boolean | null;
	readonly signatureAlgorithm?: string | null;
	readonly subscriptionSecurity?: string | null;
}

const CODE = [
	["inlineApiAuthenticator", "managedApiAuthenticator", "ApiAuthenticatorFunction"],
	["inlineBitmapper", "managedBitmapper", "BitmapperFunction"],
	["inlineProcessor", "managedProcessor", "ProcessorFunction"],
] as const;
const MIN_LEASE_SECONDS = 300;

/** Throws for a node whose settings are invalid, or do not fit each other. */
export function checkNode(network: Network, node: Omit<NodeRecord, "created" | "lastModified">): void {
	checkConfig(node.config);
	checkRequirements(node.requirements);
	for (const type of [node.receiveMessageType, node.sendMessageType]) {
		if (typeof type === "string") found("MessageType", type, network.messageTypes.get(type));
	}
	for (const [inline, managed, type] of CODE) {
		checkCode(node[inline], inline);
		const name = node[managed];
		if (typeof name !== "string") continue;
		if (typeof node[inline] === "string") throw invalid(`${inline} and ${managed} are mutually exclusive`);
		const shared = found(type, name, network.functions.get(name));
		if (shared.__typename !== type) throw invalid(`${name} is a ${shared.__typename}, not a ${type}`);
		checkFits(shared, node);
	}
	checkRoutes(node.routeTable);
	checkLeases(node);
}

function checkFits(shared: FunctionRecord, node: Pick<NodeRecord, "receiveMessageType" | "sendMessageType">): void {
	const { argumentMessageType, name, returnMessageType } = shared;
	if (argumentMessageType !== undefined && argumentMessageType !== node.receiveMessageType) {
		throw invalid(`${name} processes ${argumentMessageType}, but the node receives ${node.receiveMessageType}`);
	}
	if (shared.__typename === "ProcessorFunction" && (returnMessageType ?? null) !== (node.sendMessageType ?? null)) {
		throw invalid(`${name} returns ${returnMessageType}, but the node sends ${node.sendMessageType}`);
	}
}

function checkRoutes(routeTable: string | undefined): void {
	if (routeTable === undefined) return;
	checkConfig(routeTable, "routeTable");
	const routes: unknown = JSON.parse(routeTable);
	for (const [bitmap, targets] of Object.entries(isRecord(routes) ? routes : {})) {
		const isValid = /^(0[xX])?[\da-fA-F]+$/.test(bitmap) && Array.isArray(targets) && targets.every(isName);
		if (!isValid) throw invalid(`Invalid route ${bitmap}: it must be hexadecimal, with a list of names of nodes`);
	}
}

function isName(target: unknown): boolean {
	return typeof target === "string";
}

function checkLeases({
	defaultLeaseSeconds,
	maxLeaseSeconds,
}: Pick<NodeRecord, "defaultLeaseSeconds" | "maxLeaseSeconds">) {
	if (defaultLeaseSeconds === undefined || maxLeaseSeconds === undefined) return;
	if (defaultLeaseSeconds < MIN_LEASE_SECONDS) {
		throw invalid(`Invalid defaultLeaseSeconds ${defaultLeaseSeconds}: it must be at least ${MIN_LEASE_SECONDS}`);
	}
	if (maxLeaseSeconds < defaultLeaseSeconds) {
		throw invalid(`Invalid maxLeaseSeconds ${maxLeaseSeconds}: it must be at least ${defaultLeaseSeconds}`);
	}
}
