import { LIST_CHANGES } from "./methods.ts";

/** Edges, the keys that encrypt them, and the storage of what is too large for them. */
export const EDGES = /* GraphQL */ `
"A queue from one node to another."
type Edge {
	arn: String!
	created: AtBy!
	description: String
	draining: Boolean!
	kmsKey: KmsKey
	lastModified: AtBy!
	maxReceiveCount: Int
	messageCounts: MessageCounts!
	messageType: MessageType!
	queue: AWSURL!
	source: Node!
	target: Node!
	tenant: Tenant!
	Delete(drain: Boolean): Boolean!
	${LIST_CHANGES}
	Move(source: String!, target: String!): Edge!
	Purge: Boolean!
	Update(description: String): Edge!
}

"A page of edges."
type EdgeResult {
	echos: [Edge]
	lastEvaluatedKey: AWSJSON
}

"A key that encrypts the messages of edges."
type KmsKey {
	arn: String!
	created: AtBy!
	description: String
	inUse: Boolean!
	lastModified: AtBy!
	name: String!
	tenant: Tenant!
	Delete: Boolean!
	${LIST_CHANGES}
	Update(description: String): KmsKey!
}

"A page of KMS keys."
type KmsKeyResult {
	echos: [KmsKey]
	lastEvaluatedKey: AWSJSON
}

"How many messages an edge has."
type MessageCounts {
	approximateNumberOfMessages: Int!
	approximateNumberOfMessagesDelayed: Int!
	approximateNumberOfMessagesNotVisible: Int!
}

"Presigned URLs for data that is too large for a message."
type BulkDataStorage {
	expiration: AWSTimestamp!
	presignedGet: AWSURL!
	presignedPost: PresignedPost!
	presignedPut: PresignedPut!
}

"The encoding of bulk data."
enum ContentEncoding { gzip deflate }

"A form that uploads data."
type PresignedPost {
	fields: AWSJSON!
	url: AWSURL!
}

"A URL that data is uploaded to."
type PresignedPut {
	headers: AWSJSON!
	url: AWSURL!
}
`;
