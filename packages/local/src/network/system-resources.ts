import type { FunctionRecord, ManagedNodeTypeRecord, MessageTypeRecord } from "./echos.ts";

const STAMP = { at: "2026-01-01T00:00:00.000Z", by: "echostream" };
const COMMON = { created: STAMP, lastModified: STAMP, system: true, readme: null, requirements: null } as const;

const MESSAGE_TYPES: Readonly<Record<string, readonly [description: string, sampleMessage: string]>> = {
	"echo.alert": ["Alerts", '{"message":"An alert"}'],
	"echo.audit": ["Audit records", '{"node":"a","attributes":{}}'],
	"echo.change": ["Changes of resources", '{"old":null,"new":{"__typename":"ExternalNode","name":"a"}}'],
	"echo.csv": ["Comma-separated values", "a,b\n1,2\n"],
	"echo.dead-letter": ["Messages that could not be delivered", '{"source":"a","target":"b","message":"hello"}'],
	"echo.fhir-json": ["FHIR in JSON", '{"resourceType":"Patient"}'],
	"echo.files-dot-com": ["Webhooks of Files.com", '{"action":"create","path":"/a.txt"}'],
	"echo.hl7": ["HL7 version 2", "MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\r"],
	"echo.json": ["JSON", '{"greeting":"hello"}'],
	"echo.log": ["Log records", '{"node":"a","level":"INFO","message":"hello"}'],
	"echo.text": ["Plain text", "hello"],
	"echo.timer": ["Times of timers", '{"timestamp":"2026-01-01T00:00:00.000Z"}'],
	"echo.websub": ["Content for subscribers", '{"topic":"https://example.com/topic","content":"hello"}'],
	"echo.xml": ["XML", "<greeting>hello</greeting>"],
};

const AUDITOR = "def auditor(*, message, **kwargs):\n\treturn {}\n";
const BITMAPPER = "def bitmapper(*, context, message, source, **kwargs):\n\treturn 0x1\n";
const PROCESSOR = "def processor(*, context, message, source, **kwargs):\n\treturn message\n";
const AUTHENTICATOR = "def authenticator(*, context, conn, **kwargs):\n\treturn None\n";

/** The message types that every tenant has. */
export const SYSTEM_MESSAGE_TYPES: ReadonlyMap<string, MessageTypeRecord> = byName(
	Object.entries(MESSAGE_TYPES).map(([name, [description, sampleMessage]]) => ({
		...COMMON,
		__typename: "MessageType" as const,
		name,
		description,
		sampleMessage,
		auditor: AUDITOR,
		bitmapperTemplate: BITMAPPER,
		processorTemplate: PROCESSOR,
	})),
);

/** The functions that every tenant has. */
export const SYSTEM_FUNCTIONS: ReadonlyMap<string, FunctionRecord> = byName([
	{
		...COMMON,
		__typename: "ApiAuthenticatorFunction" as const,
		name: "echo.basic",
		description: "Basic authentication",
		code: AUTHENTICATOR,
	},
	processor("echo.csv", "echo.json"),
	processor("echo.json", "echo.xml"),
]);

/** The types of managed nodes that every tenant has. */
export const SYSTEM_MANAGED_NODE_TYPES: ReadonlyMap<string, ManagedNodeTypeRecord> = byName([
	hl7Node("echo.hl7-mllp-inbound-node", "Receives HL7 by MLLP", {
		receiveMessageType: null,
		sendMessageType: "echo.hl7",
	}),
	hl7Node("echo.hl7-mllp-outbound-node", "Sends HL7 by MLLP", {
		receiveMessageType: "echo.hl7",
		sendMessageType: null,
	}),
]);

function processor(argumentMessageType: string, returnMessageType: string): FunctionRecord {
	const name = `${argumentMessageType}:${returnMessageType}`;
	const description = `${argumentMessageType} to ${returnMessageType}`;
	const code = PROCESSOR;
	return {
		...COMMON,
		__typename: "ProcessorFunction",
		name,
		description,
		argumentMessageType,
		returnMessageType,
		code,
	};
}

function hl7Node(
	name: string,
	description: string,
	types: Pick<ManagedNodeTypeRecord, "receiveMessageType" | "sendMessageType">,
): ManagedNodeTypeRecord {
	return {
		__typename: "ManagedNodeType",
		created: STAMP,
		lastModified: STAMP,
		system: true,
		readme: null,
		name,
		description,
		configTemplate: null,
		imageUri: `public.ecr.aws/echostream/${name}`,
		mountRequirements: null,
		portRequirements: [{ containerPort: 2575, description: "MLLP", protocol: "tcp" }],
		...types,
	};
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
	return new Map(all.map((one) => [one.name, one]));
}
