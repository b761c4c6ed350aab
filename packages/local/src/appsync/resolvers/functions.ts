import type { FunctionRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import {
	checkCode,
	checkName,
	checkNotSystem,
	checkRequirements,
	found,
	given,
	listOrNull,
	withLists,
} from "../arguments.ts";
import { type Echo, type FieldResolvers, invalid, type RequestContext } from "../request-context.ts";
import { resourceFields } from "./changes.ts";
import { type ValidateArguments, validate } from "./validation.ts";

interface Creation {
	readonly name: string;
	readonly tenant: string;
	readonly argumentMessageType?: string;
	readonly code: string;
	readonly description: string;
	readonly readme?: string | null;
	readonly requirements?: readonly string[] | null;
	readonly returnMessageType?: string | null;
}

type Updates = Partial<Pick<Creation, "readme" | "requirements">> & {
	readonly code?: string | null;
	readonly description?: string | null;
};

const COMMON = resourceFields<FunctionRecord>("functions", ({ name }) => name);

/** The resolvers of functions. */
export const FUNCTION: FieldResolvers<Echo<FunctionRecord>> = {
	...COMMON,
	argumentMessageType: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.messageTypes.get(record.argumentMessageType ?? "")),
	inUse: ({ network, record }) => isFunctionInUse(network, record.name),
	returnMessageType: ({ network, record }, _, request) =>
		request.echoOrNull(network, network.messageTypes.get(record.returnMessageType ?? "")),
	tenant: ({ network, record }, _, request) => (record.system ? null : request.echo(network, network.tenant)),
	Delete: ({ network, record }, _, { user }) => {
		checkNotSystem(record);
		if (isFunctionInUse(network, record.name)) throw invalid(`Function ${record.name} is in use`);
		network.functions.delete(record, user.username);
		return true;
	},
	Update: ({ network, record }, args: Updates, request) => {
		checkNotSystem(record);
		checkCode(args.code);
		checkRequirements(args.requirements);
		const fields = withLists(given(args, ["code", "description"])) as Partial<FunctionRecord>;
		return request.echo(network, network.functions.update(record, fields, request.user.username));
	},
	Validate: (_, args: ValidateArguments) => validate(args),
};

/** The mutations of functions. */
export const FUNCTION_MUTATIONS: FieldResolvers<unknown, Creation> = {
	CreateApiAuthenticatorFunction: (_, args, request) => create("ApiAuthenticatorFunction", args, request),
	CreateBitmapperFunction: (_, args, request) => create("BitmapperFunction", args, request),
	CreateProcessorFunction: (_, args, request) => create("ProcessorFunction", args, request),
};

function create(__typename: FunctionRecord["__typename"], args: Creation, request: RequestContext) {
	const { name, tenant, argumentMessageType, readme = null, requirements, returnMessageType, ...fields } = args;
	const network = request.needNetwork(tenant, `Create${__typename}`, "Mutation");
	checkName("function", name, (used) => network.functions.get(used) !== undefined);
	checkCode(fields.code);
	checkRequirements(requirements);
	for (const type of [argumentMessageType, returnMessageType]) {
		if (typeof type === "string") found("MessageType", type, network.messageTypes.get(type));
	}
	const record = {
		__typename,
		name,
		...fields,
		...(argumentMessageType !== undefined && { argumentMessageType }),
		...(__typename === "ProcessorFunction" && { returnMessageType: returnMessageType ?? null }),
		readme,
		requirements: listOrNull(requirements),
		system: false,
	};
	return request.echo(network, network.functions.create(record, request.user.username));
}

function isFunctionInUse({ nodes }: Network, name: string): boolean {
	return nodes
		.all()
		.some((node) => [node.managedApiAuthenticator, node.managedBitmapper, node.managedProcessor].includes(name));
}
