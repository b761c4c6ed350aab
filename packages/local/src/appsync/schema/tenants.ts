import { LIST_CHANGES } from "./methods.ts";

/** Tenants, and who has access to them. */
export const TENANTS = /* GraphQL */ `
"A network of nodes and edges, with its users."
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
	users: [TenantUser!]
	AddUser(email: AWSEmail!, role: UserRole!): TenantUser!
	Delete: Boolean!
	GetAwsCredentials(duration: Int): AwsCredentials!
	${LIST_CHANGES}
	Update(audit: Boolean, config: AWSJSON, description: String): Tenant!
}

"A page of tenants."
type TenantResult {
	echos: [Tenant]
	lastEvaluatedKey: AWSJSON
}

"A program with access to the API."
type ApiUser {
	appsyncEndpoint: AWSURL!
	created: AtBy!
	credentials: CognitoCredentials!
	description: String
	lastModified: AtBy!
	role: ApiUserRole!
	tenant: Tenant!
	username: String!
	Delete: Boolean!
	${LIST_CHANGES}
	ResetPassword: ApiUser!
	Update(description: String, role: ApiUserRole): ApiUser!
}

"A page of API users."
type ApiUserResult {
	echos: [ApiUser]
	lastEvaluatedKey: AWSJSON
}

"What an API user may do."
enum ApiUserRole { admin read_only user }

"AWS credentials that expire."
type AwsCredentials {
	accessKeyId: String!
	expiration: AWSDateTime!
	secretAccessKey: String!
	sessionToken: String!
}

"What a program signs in with."
type CognitoCredentials {
	clientId: String!
	password: String!
	userPoolId: String!
	username: String!
}

"How a tenant user arranged the picture of a network."
type GraphLayout {
	name: String!
	layout: AWSJSON!
}

"A person who signs in to EchoStream."
type LoginUser {
	activeAt: AWSDateTime
	created: AtBy!
	email: AWSEmail!
	firstName: String!
	lastModified: AtBy!
	lastName: String!
	tenantUsers: [TenantUser!]
	Delete: Boolean!
	Update(firstName: String, lastName: String): LoginUser!
}

"A person with access to a tenant."
type TenantUser {
	activeAt: AWSDateTime
	created: AtBy!
	email: AWSEmail!
	firstName: String
	graphLayouts: [GraphLayout!]
	invited: AtBy!
	lastModified: AtBy!
	lastName: String
	role: UserRole!
	status: UserStatus!
	tenant: Tenant!
	Delete: Boolean!
	DeleteGraphLayout(name: String!): Boolean!
	${LIST_CHANGES}
	SaveGraphLayout(name: String!, layout: AWSJSON!): GraphLayout!
	Update(role: UserRole, status: UserStatus): TenantUser!
}

"A page of tenant users."
type TenantUserResult {
	echos: [TenantUser]
	lastEvaluatedKey: AWSJSON
}

"What a tenant user may do."
enum UserRole { admin owner read_only user }

"Where a tenant user is between invitation and removal."
enum UserStatus { active inactive invited pending }
`;
