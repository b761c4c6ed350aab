import { LIST_CHANGES, LIST_LOG_EVENTS } from "./methods.ts";

/** Nodes that HTTP requests reach. */
export const WEBHOOKS = /* GraphQL */ `
"Receives webhooks of Files.com."
type FilesDotComWebhookNode implements Node {
	created: AtBy!
	description: String
	endpoint: AWSURL!
	lastModified: AtBy!
	name: String!
	sendEdges: [Edge]
	sendMessageType: MessageType
	stopped: Boolean
	tenant: Tenant!
	token: String!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Start: Boolean!
	Stop: Boolean!
	Update(apiKey: String, description: String): FilesDotComWebhookNode!
}

"Receives webhooks."
type WebhookNode implements Node {
	config: AWSJSON
	created: AtBy!
	description: String
	endpoint: AWSURL!
	inlineApiAuthenticator: String
	lastModified: AtBy!
	loggingLevel: LogLevel
	managedApiAuthenticator: ApiAuthenticatorFunction
	name: String!
	requirements: [String!]
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
		inlineApiAuthenticator: String
		loggingLevel: LogLevel
		managedApiAuthenticator: String
		requirements: [String!]
	): WebhookNode!
	Validate(code: String!, request: AWSJSON!, loggingLevel: LogLevel): ValidationResult!
}

"A WebSub hub, which delivers what it receives to subscribers."
type WebSubHubNode implements Node {
	config: AWSJSON
	created: AtBy!
	defaultLeaseSeconds: Int!
	deliveryRetries: Int
	description: String
	endpoint: AWSURL!
	inlineApiAuthenticator: String
	lastModified: AtBy!
	loggingLevel: LogLevel
	managedApiAuthenticator: ApiAuthenticatorFunction
	maxLeaseSeconds: Int!
	name: String!
	receiveEdges: [Edge]
	receiveMessageType: MessageType
	requirements: [String!]
	sendEdges: [Edge]
	sendMessageType: MessageType
	signatureAlgorithm: WebSubSignatureAlgorithm!
	stopped: Boolean
	subscriptionSecurity: WebSubSubscriptionSecurity
	tenant: Tenant!
	Delete: Boolean!
	${LIST_CHANGES}
	${LIST_LOG_EVENTS}
	ListSubscriptions(
		callback: AWSURL
		exclusiveStartKey: AWSJSON
		limit: Int
		subscriber: String
		topic: AWSURL
	): WebSubSubscriptionNodeResult!
	Start: Boolean!
	Stop: Boolean!
	Update(
		config: AWSJSON
		defaultLeaseSeconds: Int
		deliveryRetries: Int
		description: String
		inlineApiAuthenticator: String
		loggingLevel: LogLevel
		managedApiAuthenticator: String
		maxLeaseSeconds: Int
		requirements: [String!]
		signatureAlgorithm: WebSubSignatureAlgorithm
		subscriptionSecurity: WebSubSubscriptionSecurity
	): WebSubHubNode!
	Validate(code: String!, request: AWSJSON!, loggingLevel: LogLevel): ValidationResult!
}

"The hash with which a hub signs what it delivers."
enum WebSubSignatureAlgorithm { sha1 sha256 sha384 sha512 }

"One subscription of a WebSub hub."
type WebSubSubscriptionNode implements Node {
	callback: AWSURL!
	created: AtBy!
	description: String
	expiration: AWSDateTime!
	hub: WebSubHubNode!
	lastModified: AtBy!
	name: String!
	receiveEdge: Edge!
	receiveMessageType: MessageType
	secured: Boolean!
	stopped: Boolean
	subscriber: String!
	tenant: Tenant!
	topic: AWSURL!
	Delete: Boolean!
	${LIST_CHANGES}
	Start: Boolean!
	Stop: Boolean!
}

"A page of subscriptions."
type WebSubSubscriptionNodeResult {
	echos: [WebSubSubscriptionNode]
	lastEvaluatedKey: AWSJSON
}

"What a hub requires of a subscription."
enum WebSubSubscriptionSecurity { https httpsAndSecret secret }
`;
