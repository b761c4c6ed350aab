import { LIST_CHANGES, LIST_LOG_EVENTS } from "./methods.ts";

/** Nodes of apps, and those that change or distribute messages. */
export const NODES = /* GraphQL */ `
"What sends or receives messages."
interface Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	tenant: Tenant!
}

"A page of nodes."
type NodeResult {
	echos: [Node]
	lastEvaluatedKey: AWSJSON
}

"Sends a message to the targets whose bits its bitmapper sets."
type BitmapRouterNode implements Node {
	config: AWSJSON
	created: AtBy!
	description: String
	inlineBitmapper: String
	lastModified: AtBy!
	loggingLevel: LogLevel
	managedBitmapper: BitmapperFunction
	name: String!
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	requirements: [String!]
	routeTable: AWSJSON!
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	${LIST_LOG_EVENTS}
	Start: Boolean!
	Stop: Boolean!
	Update(
		config: AWSJSON
		description: String
		inlineBitmapper: String
		loggingLevel: LogLevel
		managedBitmapper: String
		requirements: [String!]
		routeTable: AWSJSON
	): BitmapRouterNode!
	Validate(code: String!, message: String!, loggingLevel: LogLevel, source: String): ValidationResult!
}

"Receives from the sending node of another tenant."
type CrossTenantReceivingNode implements Node {
	app: CrossTenantReceivingApp!
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Start: Boolean!
	Stop: Boolean!
}

"Sends to the receiving node of another tenant."
type CrossTenantSendingNode implements Node {
	app: CrossTenantSendingApp!
	config: AWSJSON
	created: AtBy!
	description: String
	inlineProcessor: String
	lastModified: AtBy!
	loggingLevel: LogLevel
	managedProcessor: ProcessorFunction
	name: String!
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	requirements: [String!]
	sendMessageType: MessageType
	sequentialProcessing: Boolean
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	${LIST_LOG_EVENTS}
	Start: Boolean!
	Stop: Boolean!
	Update(
		config: AWSJSON
		description: String
		inlineProcessor: String
		loggingLevel: LogLevel
		managedProcessor: String
		requirements: [String!]
		sequentialProcessing: Boolean
	): CrossTenantSendingNode!
	Validate(code: String!, message: String!, loggingLevel: LogLevel, source: String): ValidationResult!
}

"A node of an external or cross-account app."
type ExternalNode implements Node {
	app: RemoteApp!
	config: AWSJSON
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Start: Boolean!
	Stop: Boolean!
	Update(config: AWSJSON, description: String): ExternalNode!
}

"Sends each message to one of its targets."
type LoadBalancerNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Start: Boolean!
	Stop: Boolean!
	Update(description: String): LoadBalancerNode!
}

"A line of a node's log."
type LogEvent {
	timestamp: AWSDateTime!
	message: String!
	ingestionTime: AWSDateTime!
}

"Lines of a node's log."
type LogEventResults {
	events: [LogEvent]!
	nextToken: String
}

"What a node writes to its log."
enum LogLevel { DEBUG ERROR INFO WARNING }

"A container on the instances of a managed app."
type ManagedNode implements Node {
	app: ManagedApp!
	config: AWSJSON
	created: AtBy!
	description: String
	lastModified: AtBy!
	loggingLevel: LogLevel
	managedNodeType: ManagedNodeType!
	mounts: [Mount!]
	name: String!
	ports: [Port!]
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	${LIST_LOG_EVENTS}
	Start: Boolean!
	Stop: Boolean!
	Update(
		config: AWSJSON
		description: String
		loggingLevel: LogLevel
		mounts: [MountInput!]
		ports: [PortInput!]
	): ManagedNode!
}

"Changes messages with a Python function."
type ProcessorNode implements Node {
	config: AWSJSON
	created: AtBy!
	description: String
	inlineProcessor: String
	lastModified: AtBy!
	loggingLevel: LogLevel
	managedProcessor: ProcessorFunction
	name: String!
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	requirements: [String!]
	sendEdges: [Edge]
	sendMessageType: MessageType
	sequentialProcessing: Boolean
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	${LIST_LOG_EVENTS}
	Start: Boolean!
	Stop: Boolean!
	Update(
		config: AWSJSON
		description: String
		inlineProcessor: String
		loggingLevel: LogLevel
		managedProcessor: String
		requirements: [String!]
		sequentialProcessing: Boolean
	): ProcessorNode!
	Validate(code: String!, message: String!, loggingLevel: LogLevel, source: String): ValidationResult!
}

"Sends a message at scheduled times."
type TimerNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	scheduleExpression: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Start: Boolean!
	Stop: Boolean!
	Update(description: String): TimerNode!
}
`;
