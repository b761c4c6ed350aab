/** Queries and mutations. */
export const ROOTS = /* GraphQL */ `
"Reads. The methods of what they return update and delete."
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
	GetFunction(name: String!, tenant: String!): Function
	GetKmsKey(name: String!, tenant: String!): KmsKey
	GetManagedNodeType(name: String!, tenant: String!): ManagedNodeType
	GetMessageType(name: String!, tenant: String!): MessageType
	GetNode(name: String!, tenant: String!): Node
	GetSupportedRegions: [String!]!
	GetTenant(tenant: String!): Tenant
	GetTenantUser(email: AWSEmail!, tenant: String!): TenantUser
	GetUser: LoginUser!
	GetVersion: String!
	ListApiUsers(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): ApiUserResult!
	ListApps(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int, types: [String]): AppResult!
	ListChanges(
		tenant: String!
		endDateTime: AWSDateTime
		exclusiveStartKey: AWSJSON
		limit: Int
		sortAscending: Boolean
		startDateTime: AWSDateTime
	): ChangeResult!
	ListFunctions(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): FunctionResult!
	ListKmsKeys(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): KmsKeyResult!
	ListManagedNodeTypes(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): ManagedNodeTypeResult!
	ListMessageTypes(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): MessageTypeResult!
	ListNodes(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int, types: [String]): NodeResult!
	ListTenantUsers(tenant: String!, exclusiveStartKey: AWSJSON, limit: Int): TenantUserResult!
	ListTenants(exclusiveStartKey: AWSJSON, limit: Int): TenantResult!
}

"Creates."
type Mutation {
	CreateApiAuthenticatorFunction(
		code: String!
		description: String!
		name: String!
		tenant: String!
		readme: String
		requirements: [String!]
	): ApiAuthenticatorFunction!
	CreateApiUser(role: ApiUserRole!, tenant: String!, description: String): ApiUser!
	CreateBitmapRouterNode(
		name: String!
		receiveMessageType: String!
		tenant: String!
		config: AWSJSON
		description: String
		inlineBitmapper: String
		loggingLevel: LogLevel
		managedBitmapper: String
		requirements: [String!]
		routeTable: AWSJSON
	): BitmapRouterNode!
	CreateBitmapperFunction(
		argumentMessageType: String!
		code: String!
		description: String!
		name: String!
		tenant: String!
		readme: String
		requirements: [String!]
	): BitmapperFunction!
	CreateCrossAccountApp(
		account: String!
		name: String!
		tenant: String!
		config: AWSJSON
		description: String
		tableAccess: Boolean
	): CrossAccountApp!
	CreateCrossTenantReceivingApp(name: String!, sendingTenant: String!, tenant: String!): CrossTenantReceivingApp!
	CreateCrossTenantSendingApp(
		name: String!
		receivingApp: String!
		receivingTenant: String!
		tenant: String!
	): CrossTenantSendingApp!
	CreateCrossTenantSendingNode(
		app: String!
		name: String!
		receiveMessageType: String!
		tenant: String!
		config: AWSJSON
		description: String
		inlineProcessor: String
		loggingLevel: LogLevel
		managedProcessor: String
		requirements: [String!]
		sendMessageType: String
		sequentialProcessing: Boolean
	): CrossTenantSendingNode!
	CreateEdge(
		source: String!
		target: String!
		tenant: String!
		description: String
		kmsKey: String
		maxReceiveCount: Int
	): Edge!
	CreateExternalApp(
		name: String!
		tenant: String!
		config: AWSJSON
		description: String
		tableAccess: Boolean
	): ExternalApp!
	CreateExternalNode(
		app: String!
		name: String!
		tenant: String!
		config: AWSJSON
		description: String
		receiveMessageType: String
		sendMessageType: String
	): ExternalNode!
	CreateFilesDotComWebhookNode(
		apiKey: String!
		name: String!
		tenant: String!
		description: String
	): FilesDotComWebhookNode!
	CreateKmsKey(name: String!, tenant: String!, description: String): KmsKey!
	CreateLoadBalancerNode(
		name: String!
		receiveMessageType: String!
		tenant: String!
		description: String
	): LoadBalancerNode!
	CreateManagedApp(
		name: String!
		tenant: String!
		config: AWSJSON
		description: String
		tableAccess: Boolean
	): ManagedApp!
	CreateManagedNode(
		app: String!
		managedNodeType: String!
		name: String!
		tenant: String!
		config: AWSJSON
		description: String
		loggingLevel: LogLevel
		mounts: [MountInput!]
		ports: [PortInput!]
	): ManagedNode!
	CreateManagedNodeType(
		description: String!
		imageUri: String!
		name: String!
		tenant: String!
		configTemplate: AWSJSON
		mountRequirements: [MountRequirementInput!]
		portRequirements: [PortRequirementInput!]
		readme: String
		receiveMessageType: String
		sendMessageType: String
	): ManagedNodeType!
	CreateMessageType(
		auditor: String!
		bitmapperTemplate: String!
		description: String!
		name: String!
		processorTemplate: String!
		sampleMessage: String!
		tenant: String!
		readme: String
		requirements: [String!]
	): MessageType!
	CreateProcessorFunction(
		argumentMessageType: String!
		code: String!
		description: String!
		name: String!
		tenant: String!
		readme: String
		requirements: [String!]
		returnMessageType: String
	): ProcessorFunction!
	CreateProcessorNode(
		name: String!
		receiveMessageType: String!
		tenant: String!
		config: AWSJSON
		description: String
		inlineProcessor: String
		loggingLevel: LogLevel
		managedProcessor: String
		requirements: [String!]
		sendMessageType: String
		sequentialProcessing: Boolean
	): ProcessorNode!
	CreateTenant(name: String!, region: String!, description: String): Tenant!
	CreateTimerNode(name: String!, scheduleExpression: String!, tenant: String!, description: String): TimerNode!
	CreateWebSubHubNode(
		name: String!
		tenant: String!
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
	CreateWebhookNode(
		name: String!
		tenant: String!
		config: AWSJSON
		description: String
		inlineApiAuthenticator: String
		loggingLevel: LogLevel
		managedApiAuthenticator: String
		requirements: [String!]
		sendMessageType: String
	): WebhookNode!
}
`;
