/** The nodes that every tenant has, and the one that every app has. */
export const EMITTERS = /* GraphQL */ `
"Sends alerts. A tenant has one."
type AlertEmitterNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	tenant: Tenant!
}

"Receives the changes of an app. An app has one."
type AppChangeReceiverNode implements Node {
	app: App!
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	receiveEdge: Edge!
	receiveMessageType: MessageType
	tenant: Tenant!
}

"Passes each change to the app that it concerns. A tenant has one."
type AppChangeRouterNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	receiveEdge: Edge!
	receiveMessageType: MessageType
	sendEdges: [Edge]
	sendMessageType: MessageType
	tenant: Tenant!
}

"Sends audit records. A tenant has one."
type AuditEmitterNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	tenant: Tenant!
}

"Sends the changes of the tenant's resources. A tenant has one."
type ChangeEmitterNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	tenant: Tenant!
}

"Sends the messages that could not be delivered. A tenant has one."
type DeadLetterEmitterNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	tenant: Tenant!
}

"Sends log records. A tenant has one."
type LogEmitterNode implements Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	tenant: Tenant!
}
`;
