import type { ManagedNodeTypeRecord, MountRecord, PortRecord } from "../../network/echos.ts";
import { invalid } from "../request-context.ts";

/** A volume for a managed node. */
export type MountInput = Pick<MountRecord, "target"> & { readonly source?: string | null };
/** A port for a managed node. */
export type PortInput = Pick<PortRecord, "containerPort" | "hostPort" | "protocol"> & {
	readonly hostAddress?: string | null;
};

const MIN_HOST_PORT = 1024;
const MAX_PORT = 65_535;

/** The volumes of a node, with the descriptions of its type; throws for one that its type does not require. */
export function mountsOf(
	mounts: readonly MountInput[] | null | undefined,
	type: ManagedNodeTypeRecord | undefined,
): readonly MountRecord[] | null {
	if (mounts === null || mounts === undefined || mounts.length === 0) return null;
	return mounts.map(({ source = null, target }) => {
		const required = type?.mountRequirements?.find((one) => one.target === target);
		if (required === undefined) throw invalid(`Invalid mount ${target}: the ManagedNodeType ${type?.name} has none`);
		return { description: required.description, source: source ?? required.source, target };
	});
}

/** The ports of a node, with the descriptions of its type; throws for one that its type does not require. */
export function portsOf(
	ports: readonly PortInput[] | null | undefined,
	type: ManagedNodeTypeRecord | undefined,
): readonly PortRecord[] | null {
	if (ports === null || ports === undefined || ports.length === 0) return null;
	return ports.map(({ containerPort, hostAddress, hostPort, protocol }) => {
		const isSame = (one: Pick<PortRecord, "containerPort" | "protocol">) =>
			one.containerPort === containerPort && one.protocol === protocol;
		const required = type?.portRequirements?.find(isSame);
		if (required === undefined) {
			throw invalid(`Invalid port ${containerPort}/${protocol}: the ManagedNodeType ${type?.name} has none`);
		}
		if (hostPort < MIN_HOST_PORT || hostPort > MAX_PORT) {
			throw invalid(`Invalid hostPort ${hostPort}: it must be between ${MIN_HOST_PORT} and ${MAX_PORT}`);
		}
		const { description } = required;
		return { containerPort, description, hostAddress: hostAddress ?? null, hostPort, protocol };
	});
}
