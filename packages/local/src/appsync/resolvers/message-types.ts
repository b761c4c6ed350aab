import type { MessageTypeRecord } from "../../network/echos.ts";
import type { Network } from "../../network/network.ts";
import { checkCode, checkName, checkNotSystem, checkRequirements, given, listOrNull, withLists } from "../arguments.ts";
import { type Echo, type FieldResolvers, invalid } from "../request-context.ts";
import { resourceFields } from "./changes.ts";
import { type ValidateArguments, validate } from "./validation.ts";

type Fields = Pick<
	MessageTypeRecord,
	"auditor" | "bitmapperTemplate" | "description" | "processorTemplate" | "readme" | "requirements" | "sampleMessage"
>;
type Updates = { readonly [Name in keyof Fields]?: Fields[Name] | null };

const REQUIRED = ["auditor", "bitmapperTemplate", "description", "processorTemplate", "sampleMessage"] as const;

/** The resolvers of message types. */
export const MESSAGE_TYPE: FieldResolvers<Echo<MessageTypeRecord>> = {
	...resourceFields<MessageTypeRecord>("messageTypes", ({ name }) => name),
	inUse: ({ network, record }) => isInUse(network, record.name),
	tenant: ({ network, record }, _, request) => (record.system ? null : request.echo(network, network.tenant)),
	Delete: ({ network, record }, _, { user }) => {
		checkNotSystem(record);
		if (isInUse(network, record.name)) throw invalid(`MessageType ${record.name} is in use`);
		network.messageTypes.delete(record, user.username);
		return true;
	},
	Update: ({ network, record }, args: Updates, request) => {
		checkNotSystem(record);
		check(args);
		const fields = given(args, REQUIRED) as Partial<Fields>;
		return request.echo(network, network.messageTypes.update(record, withLists(fields), request.user.username));
	},
	Validate: (_, args: ValidateArguments) => validate(args),
};

/** The mutations of message types. */
export const MESSAGE_TYPE_MUTATIONS: FieldResolvers<unknown> = {
	CreateMessageType: (_, args: Fields & { readonly name: string; readonly tenant: string }, request) => {
		const { name, tenant, ...fields } = args;
		const network = request.needNetwork(tenant, "CreateMessageType", "Mutation");
		checkName("messageType", name, (used) => network.messageTypes.get(used) !== undefined);
		check(fields);
		const { readme = null, requirements, ...code } = fields;
		const record = { ...code, name, readme, requirements: listOrNull(requirements), system: false };
		return request.echo(
			network,
			network.messageTypes.create({ __typename: "MessageType", ...record }, request.user.username),
		);
	},
};

function check({ auditor, bitmapperTemplate, processorTemplate, requirements }: Updates): void {
	checkCode(auditor, "auditor");
	checkCode(bitmapperTemplate, "bitmapperTemplate");
	checkCode(processorTemplate, "processorTemplate");
	checkRequirements(requirements);
}

/** Whether a message type is used by a node, an edge, a function or a managed node type. */
function isInUse({ edges, functions, managedNodeTypes, nodes }: Network, name: string): boolean {
	return (
		[...nodes.all(), ...managedNodeTypes.all()].some(
			({ receiveMessageType, sendMessageType }) => receiveMessageType === name || sendMessageType === name,
		) ||
		edges.all().some(({ messageType }) => messageType === name) ||
		functions.all().some((one) => one.argumentMessageType === name || one.returnMessageType === name)
	);
}
