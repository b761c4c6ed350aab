import { LIST_CHANGES } from "./methods.ts";

/** Types of managed nodes. */
export const MANAGED_NODE_TYPES = /* GraphQL */ `
"The image and the requirements of managed nodes."
type ManagedNodeType {
	configTemplate: AWSJSON
	created: AtBy!
	description: String!
	imageUri: String!
	inUse: Boolean!
	lastModified: AtBy!
	mountRequirements: [MountRequirement!]
	name: String!
	portRequirements: [PortRequirement!]
	readme: String
	receiveMessageType: MessageType
	sendMessageType: MessageType
	system: Boolean
	tenant: Tenant
	Delete: Boolean!
	${LIST_CHANGES}
	Update(description: String, imageUri: String, readme: String): ManagedNodeType!
}

"A page of managed node types."
type ManagedNodeTypeResult {
	echos: [ManagedNodeType]
	lastEvaluatedKey: AWSJSON
}

"A volume of a managed node."
type Mount {
	description: String!
	source: String
	target: String!
}

"A volume for a managed node."
input MountInput {
	source: String
	target: String!
}

"A volume that an image requires."
type MountRequirement {
	description: String!
	source: String
	target: String!
}

"A volume that an image requires."
input MountRequirementInput {
	description: String!
	source: String
	target: String!
}

"A port of a managed node."
type Port {
	containerPort: Int!
	description: String!
	hostAddress: AWSIPAddress
	hostPort: Int!
	protocol: Protocol!
}

"A port for a managed node."
input PortInput {
	containerPort: Int!
	hostAddress: AWSIPAddress
	hostPort: Int!
	protocol: Protocol!
}

"A port that an image requires."
type PortRequirement {
	containerPort: Int!
	description: String!
	protocol: Protocol!
}

"A port that an image requires."
input PortRequirementInput {
	containerPort: Int!
	description: String!
	protocol: Protocol!
}

"The protocol of a port."
enum Protocol { sctp tcp udp }
`;
