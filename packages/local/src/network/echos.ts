/** When something was done, and by whom. */
export interface Stamp {
	/** ISO 8601. */
	readonly at: string;
	/** User name. */
	readonly by: string;
}

/** A resource of a tenant. Its fields are those of the GraphQL type that `__typename` names. */
export interface Resource {
	readonly __typename: string;
	readonly created: Stamp;
	readonly lastModified: Stamp;
	readonly description: string | null;
}

/** A tenant. */
export interface TenantRecord extends Resource {
	readonly __typename: "Tenant";
	readonly name: string;
	readonly audit: boolean;
	readonly config: string | null;
	readonly region: string;
	readonly table: string;
}

/** The types of apps. */
export type AppType =
	| "CrossAccountApp"
	| "CrossTenantReceivingApp"
	| "CrossTenantSendingApp"
	| "ExternalApp"
	| "ManagedApp";

/** An app. Those of the two cross-tenant types have no user and no queue. */
export interface AppRecord extends Resource {
	readonly __typename: AppType;
	readonly name: string;
	readonly account?: string;
	readonly config?: string | null;
	/** Whether the app waits for its edges to be drained, to be deleted then. */
	readonly isDeleting?: boolean;
	readonly queue?: string;
	readonly receivingApp?: string;
	readonly receivingTenant?: string;
	readonly sendingApp?: string | null;
	readonly sendingTenant?: string;
	readonly tableAccess?: boolean;
	readonly tenantAccess?: boolean;
	readonly username?: string;
}

/** A volume of a managed node, or one that its type requires. */
export interface MountRecord {
	readonly description: string;
	readonly source: string | null;
	readonly target: string;
}

/** A port of a managed node. */
export interface PortRecord {
	readonly containerPort: number;
	readonly description: string;
	readonly hostAddress: string | null;
	readonly hostPort: number;
	readonly protocol: string;
}

/** A node. Which fields it has depends on its type. */
export interface NodeRecord extends Resource {
	readonly name: string;
	readonly app?: string;
	readonly config?: string | null;
	readonly defaultLeaseSeconds?: number;
	readonly deliveryRetries?: number | null;
	readonly inlineApiAuthenticator?: string | null;
	readonly inlineBitmapper?: string | null;
	readonly inlineProcessor?: string | null;
	/** Whether the node waits for its edges to be drained, to be deleted then. */
	readonly isDeleting?: boolean;
	readonly loggingLevel?: string | null;
	readonly managedApiAuthenticator?: string | null;
	readonly managedBitmapper?: string | null;
	readonly managedNodeType?: string;
	readonly managedProcessor?: string | null;
	readonly maxLeaseSeconds?: number;
	readonly mounts?: readonly MountRecord[] | null;
	readonly ports?: readonly PortRecord[] | null;
	readonly receiveMessageType?: string | null;
	readonly requirements?: readonly string[] | null;
	readonly routeTable?: string;
	readonly scheduleExpression?: string;
	readonly sendMessageType?: string | null;
	readonly sequentialProcessing?: boolean | null;
	readonly signatureAlgorithm?: string;
	readonly stopped?: boolean;
	readonly subscriptionSecurity?: string | null;
	readonly token?: string;
}

/** An edge, which is an SQS FIFO queue. */
export interface EdgeRecord extends Resource {
	readonly __typename: "Edge";
	readonly source: string;
	readonly target: string;
	readonly draining: boolean;
	readonly kmsKey: string | null;
	readonly maxReceiveCount: number | null;
	readonly messageType: string;
	/** Name of the queue. */
	readonly queue: string;
}

/** A message type. */
export interface MessageTypeRecord extends Resource {
	readonly __typename: "MessageType";
	readonly name: string;
	readonly description: string;
	readonly auditor: string;
	readonly bitmapperTemplate: string;
	readonly processorTemplate: string;
	readonly readme: string | null;
	readonly requirements: readonly string[] | null;
	readonly sampleMessage: string;
	readonly system: boolean;
}

/** A function that nodes share. */
export interface FunctionRecord extends Resource {
	readonly __typename: "ApiAuthenticatorFunction" | "BitmapperFunction" | "ProcessorFunction";
	readonly name: string;
	readonly description: string;
	readonly argumentMessageType?: string;
	readonly code: string;
	readonly readme: string | null;
	readonly requirements: readonly string[] | null;
	readonly returnMessageType?: string | null;
	readonly system: boolean;
}

/** A type of managed nodes. */
export interface ManagedNodeTypeRecord extends Resource {
	readonly __typename: "ManagedNodeType";
	readonly name: string;
	readonly description: string;
	readonly configTemplate: string | null;
	readonly imageUri: string;
	readonly mountRequirements: readonly MountRecord[] | null;
	readonly portRequirements: readonly Pick<PortRecord, "containerPort" | "description" | "protocol">[] | null;
	readonly readme: string | null;
	readonly receiveMessageType: string | null;
	readonly sendMessageType: string | null;
	readonly system: boolean;
}

/** A key that encrypts the messages of edges. */
export interface KmsKeyRecord extends Resource {
	readonly __typename: "KmsKey";
	readonly name: string;
	readonly arn: string;
}

/** A user of the API. */
export interface ApiUserRecord extends Resource {
	readonly __typename: "ApiUser";
	readonly username: string;
	readonly role: "admin" | "user" | "read_only";
}

/** A person with access to the tenant. */
export interface TenantUserRecord extends Resource {
	readonly __typename: "TenantUser";
	readonly email: string;
	readonly graphLayouts: readonly { readonly name: string; readonly layout: string }[];
	readonly invited: Stamp;
	readonly role: string;
	readonly status: string;
}
