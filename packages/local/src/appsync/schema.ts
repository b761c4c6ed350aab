/** The part of EchoStream's GraphQL schema that the local tenant has. Names and types are those of the published one. */
export const SCHEMA = /* GraphQL */ `
"A date and time as ISO 8601 has it, with Z or an offset."
scalar AWSDateTime
"An e-mail address."
scalar AWSEmail
"JSON in a string."
scalar AWSJSON
"Seconds since 1970-01-01T00:00Z."
scalar AWSTimestamp
"A URL."
scalar AWSURL

enum ApiUserRole { admin read_only user }
enum ContentEncoding { deflate gzip }

type AtBy { at: AWSDateTime by: String }

type AwsCredentials {
	accessKeyId: String!
	expiration: AWSDateTime!
	secretAccessKey: String!
	sessionToken: String!
}

type CognitoCredentials {
	clientId: String!
	password: String!
	userPoolId: String!
	username: String!
}

type Tenant {
	active: Boolean!
	audit: Boolean
	config: AWSJSON
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	region: String!
	table: String!
	GetAwsCredentials(duration: Int): AwsCredentials!
}

type ApiUser {
	appsyncEndpoint: AWSURL!
	created: AtBy!
	credentials: CognitoCredentials!
	description: String
	lastModified: AtBy!
	role: ApiUserRole!
	tenant: Tenant!
	username: String!
}

interface App {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	tenant: Tenant!
}

type CrossAccountApp implements App {
	account: String!
	appsyncEndpoint: AWSURL!
	auditRecordsEndpoint: AWSURL!
	config: AWSJSON
	created: AtBy!
	credentials: CognitoCredentials!
	description: String
	iamPolicy: AWSJSON!
	lastModified: AtBy!
	name: String!
	nodes: [RemoteAppNode]!
	tableAccess: Boolean!
	tenant: Tenant!
	GetAwsCredentials(duration: Int): AwsCredentials!
}

type CrossTenantReceivingApp implements App {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	sendingApp: String
	sendingTenant: String!
	tenant: Tenant!
}

type CrossTenantSendingApp implements App {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	receivingApp: String!
	receivingTenant: String!
	tenant: Tenant!
}

type ExternalApp implements App {
	appsyncEndpoint: AWSURL!
	auditRecordsEndpoint: AWSURL!
	config: AWSJSON
	created: AtBy!
	credentials: CognitoCredentials!
	description: String
	lastModified: AtBy!
	name: String!
	nodes: [RemoteAppNode]!
	tableAccess: Boolean!
	tenant: Tenant!
	GetAwsCredentials(duration: Int): AwsCredentials!
}

type ManagedApp implements App {
	auditRecordsEndpoint: AWSURL!
	config: AWSJSON
	created: AtBy!
	credentials: CognitoCredentials!
	description: String
	lastModified: AtBy!
	name: String!
	nodes: [ManagedAppNode]!
	tableAccess: Boolean!
	tenant: Tenant!
	GetAwsCredentials(duration: Int): AwsCredentials!
}

type AppResult { echos: [App] lastEvaluatedKey: AWSJSON }

interface Node {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	tenant: Tenant!
}

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
}

type ManagedNode implements Node {
	app: ManagedApp!
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
}

union ManagedAppNode = AppChangeReceiverNode | ManagedNode
union RemoteApp = CrossAccountApp | ExternalApp
union RemoteAppNode = AppChangeReceiverNode | ExternalNode

type Edge {
	arn: String!
	created: AtBy!
	description: String
	draining: Boolean!
	lastModified: AtBy!
	maxReceiveCount: Int
	messageType: MessageType!
	queue: AWSURL!
	source: Node!
	target: Node!
	tenant: Tenant!
}

type MessageType {
	auditor: String!
	created: AtBy!
	description: String!
	inUse: Boolean!
	lastModified: AtBy!
	name: String!
	sampleMessage: String!
	system: Boolean
	tenant: Tenant
}

type PresignedPost { fields: AWSJSON! url: AWSURL! }
type PresignedPut { headers: AWSJSON! url: AWSURL! }

type BulkDataStorage {
	expiration: AWSTimestamp!
	presignedGet: AWSURL!
	presignedPost: PresignedPost!
	presignedPut: PresignedPut!
}

type LoginUser {
	created: AtBy!
	email: AWSEmail!
	firstName: String!
	lastModified: AtBy!
	lastName: String!
}

type Query {
	GetApiUser(tenant: String!, username: String!): ApiUser
	GetApp(name: String!, tenant: String!): App
	GetBulkDataStorage(
		tenant: String!
		contentEncoding: ContentEncoding
		count: Int
		expiresIn: Int
		useAccelerationEndpoint: Boolean
	): [BulkDataStorage!]!
	GetEdge(source: String!, target: String!, tenant: String!): Edge
	GetNode(name: String!, tenant: String!): Node
	GetSupportedRegions: [String!]!
	GetTenant(tenant: String!): Tenant
	GetUser: LoginUser!
	GetVersion: String!
	ListApps(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): AppResult!
}
`;
