import { LIST_CHANGES } from "./methods.ts";

/** Functions and message types. */
export const FUNCTIONS = /* GraphQL */ `
"A Python function that nodes share."
interface Function {
	code: String!
	created: AtBy!
	description: String!
	inUse: Boolean!
	name: String!
	lastModified: AtBy!
	readme: String
	requirements: [String!]
	system: Boolean
	tenant: Tenant
	Delete: Boolean!
	${LIST_CHANGES}
}

"A page of functions."
type FunctionResult {
	echos: [Function]
	lastEvaluatedKey: AWSJSON
}

"Authenticates the callers of a webhook or a hub."
type ApiAuthenticatorFunction implements Function {
	code: String!
	created: AtBy!
	description: String!
	inUse: Boolean!
	lastModified: AtBy!
	name: String!
	readme: String
	requirements: [String!]
	system: Boolean
	tenant: Tenant
	Delete: Boolean!
	${LIST_CHANGES}
	Update(code: String, description: String, readme: String, requirements: [String!]): ApiAuthenticatorFunction!
	Validate(code: String!, request: AWSJSON!, loggingLevel: LogLevel): ValidationResult!
}

"Returns the bits of a message, for a router."
type BitmapperFunction implements Function {
	argumentMessageType: MessageType!
	code: String!
	created: AtBy!
	description: String!
	inUse: Boolean!
	lastModified: AtBy!
	name: String!
	readme: String
	requirements: [String!]
	system: Boolean
	tenant: Tenant
	Delete: Boolean!
	${LIST_CHANGES}
	Update(code: String, description: String, readme: String, requirements: [String!]): BitmapperFunction!
	Validate(code: String!, message: String!, loggingLevel: LogLevel, source: String): ValidationResult!
}

"Returns the messages that replace a message."
type ProcessorFunction implements Function {
	argumentMessageType: MessageType!
	code: String!
	created: AtBy!
	description: String!
	inUse: Boolean!
	lastModified: AtBy!
	name: String!
	readme: String
	requirements: [String!]
	returnMessageType: MessageType
	system: Boolean
	tenant: Tenant
	Delete: Boolean!
	${LIST_CHANGES}
	Update(code: String, description: String, readme: String, requirements: [String!]): ProcessorFunction!
	Validate(code: String!, message: String!, loggingLevel: LogLevel, source: String): ValidationResult!
}

"The kind of a message, which the ends of an edge have in common."
type MessageType {
	auditor: String!
	bitmapperTemplate: String!
	created: AtBy!
	description: String!
	inUse: Boolean!
	lastModified: AtBy!
	name: String!
	processorTemplate: String!
	readme: String
	requirements: [String!]
	sampleMessage: String!
	system: Boolean
	tenant: Tenant
	Delete: Boolean!
	${LIST_CHANGES}
	Update(
		auditor: String
		bitmapperTemplate: String
		description: String
		processorTemplate: String
		readme: String
		requirements: [String!]
		sampleMessage: String
	): MessageType!
	Validate(code: String!, message: String!, loggingLevel: LogLevel): ValidationResult!
}

"A page of message types."
type MessageTypeResult {
	echos: [MessageType]
	lastEvaluatedKey: AWSJSON
}

"What code returned and printed for a sample."
type ValidationResult {
	logs: String!
	result: AWSJSON
	stdout: String!
}
`;
