import type { Resource } from "../../network/echos.ts";
import type { NumberedChange } from "../../network/journal.ts";
import type { Network } from "../../network/network.ts";
import { type PageArguments, pageByNumber } from "../paging.ts";
import type { Echo, FieldResolvers, RequestContext } from "../request-context.ts";

/** The arguments of `ListChanges`. */
export interface ChangeArguments extends PageArguments {
	readonly endDateTime?: string | null;
	readonly sortAscending?: boolean | null;
	readonly startDateTime?: string | null;
}

/** Types whose changes the union `Echo` cannot represent. */
const UNREPRESENTED = ["ApiUser", "TenantUser"];

/** A page of the changes of a tenant. */
export function listAllChanges(network: Network, args: ChangeArguments, request: RequestContext) {
	const shown = network.journal.all().filter(({ after, before }) => isRepresented(after ?? before));
	return page(network, shown, args, request);
}

/** The fields that all resources of one part of the tenant have. */
export function resourceFields<T extends Resource>(
	part: string,
	keyOf: (record: T) => string,
): FieldResolvers<Echo<T>> {
	return {
		tenant: ({ network }, _, request) => request.echo(network, network.tenant),
		ListChanges: ({ network, record }, args: ChangeArguments, request) => {
			const key = keyOf(record);
			const own = network.journal.all().filter((change) => change.part === part && change.keys.includes(key));
			return page(network, own, args, request);
		},
	};
}

function page(
	network: Network,
	changes: readonly NumberedChange[],
	{ endDateTime, sortAscending, startDateTime, ...args }: ChangeArguments,
	request: RequestContext,
) {
	const start = Date.parse(startDateTime ?? "1970-01-01T00:00:00Z");
	const end = endDateTime === undefined || endDateTime === null ? Number.POSITIVE_INFINITY : Date.parse(endDateTime);
	const inTime = changes.filter(({ at }) => Date.parse(at) >= start && Date.parse(at) <= end);
	const see = (record: Resource | null) => (isRepresented(record) ? request.echo(network, record) : null);
	return pageByNumber(inTime, sortAscending ?? true, args, ({ after, before }) => ({
		new: see(after),
		old: see(before),
	}));
}

function isRepresented(record: Resource | null): record is Resource {
	return record !== null && !UNREPRESENTED.includes(record.__typename);
}
