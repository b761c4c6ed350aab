import { LIST_CHANGES } from "./methods.ts";

/** Apps. */
export const APPS = /* GraphQL */ `
"A group of nodes outside the network's own cloud, with one user."
interface App {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
}

"A page of apps."
type AppResult {
	echos: [App]
	lastEvaluatedKey: AWSJSON
}

"An app in another AWS account."
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
	Delete(drainEdges: Boolean): Boolean!
	GetAwsCredentials(duration: Int): AwsCredentials!
	${LIST_CHANGES}
	ResetPassword: CrossAccountApp!
	Update(config: AWSJSON, description: String, tableAccess: Boolean): CrossAccountApp!
}

"An app that receives from another tenant."
type CrossTenantReceivingApp implements App {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	nodes: [CrossTenantReceivingNode]
	sendingApp: String
	sendingTenant: String!
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Update(description: String): CrossTenantReceivingApp!
}

"An app that sends to another tenant."
type CrossTenantSendingApp implements App {
	created: AtBy!
	description: String
	lastModified: AtBy!
	name: String!
	nodes: [CrossTenantSendingNode]
	receivingApp: String!
	receivingTenant: String!
	tenant: Tenant!
	Delete(drainEdges: Boolean): Boolean!
	${LIST_CHANGES}
	Update(description: String): CrossTenantSendingApp!
}

"An app that runs anywhere."
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
	Delete(drainEdges: Boolean): Boolean!
	GetAwsCredentials(duration: Int): AwsCredentials!
	${LIST_CHANGES}
	ResetPassword: ExternalApp!
	Update(config: AWSJSON, description: String, tableAccess: Boolean): ExternalApp!
}

"An app on instances that EchoStream manages."
type ManagedApp implements App {
	auditRecordsEndpoint: AWSURL!
	config: AWSJSON
	created: AtBy!
	credentials: CognitoCredentials!
	description: String
	managedInstances: [ManagedInstance]!
	iso: String!
	lastModified: AtBy!
	name: String!
	nodes: [ManagedAppNode]!
	tableAccess: Boolean!
	tenant: Tenant!
	userdata: String!
	Delete(drainEdges: Boolean): Boolean!
	DeregisterManagedInstance(instanceId: String!): Boolean!
	GetAwsCredentials(duration: Int): AwsCredentials!
	${LIST_CHANGES}
	ResetPassword: ManagedApp!
	Update(config: AWSJSON, description: String, tableAccess: Boolean): ManagedApp!
}

"The nodes that a managed app can have."
union ManagedAppNode = AppChangeReceiverNode | ManagedNode

"A machine of a managed app."
type ManagedInstance {
	activationId: String!
	hostname: String!
	instanceId: String!
	ipAddress: AWSIPAddress!
	lastPingDateTime: AWSDateTime!
	pingStatus: PingStatus!
	registrationDate: AWSDateTime!
}

"Whether a managed instance reports to EchoStream."
enum PingStatus { ConnectionLost Inactive Online }

"The apps that an external node can belong to."
union RemoteApp = CrossAccountApp | ExternalApp

"The nodes that an external or cross-account app can have."
union RemoteAppNode = AppChangeReceiverNode | ExternalNode
`;
