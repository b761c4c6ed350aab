// Uses libraries of others with clients and sessions of this package. Prints what each one returned, or its error, as JSON.
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-node");

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
// Before anything loads Node's HTTP client, which it changes.
const instrumentation = new HttpInstrumentation();
instrumentation.setTracerProvider(provider);

const { Writable } = require("node:stream");
const { Logger } = require("@aws-lambda-powertools/logger");
const { DynamoDBClient, GetItemCommand } = require("@aws-sdk/client-dynamodb");
const { S3Client } = require("@aws-sdk/client-s3");
const { DynamoDBDocumentClient, GetCommand, PutCommand } = require("@aws-sdk/lib-dynamodb");
const { Upload } = require("@aws-sdk/lib-storage");
const { mockClient } = require("aws-sdk-client-mock");
const { Entity, GetItemCommand: Get, PutItemCommand: Put, Table, item, string } = require("dynamodb-toolbox");
const { ApiSession } = require("echostream-botocore");
const { Entity: ElectroEntity } = require("electrodb");
const { pino } = require("pino");

const session = new ApiSession();
const dynamodb = session.client(DynamoDBClient);

const uses = {
	async "@aws-sdk/lib-dynamodb"(table) {
		const documents = DynamoDBDocumentClient.from(dynamodb);
		await documents.send(new PutCommand({ TableName: table, Item: { pk: "documents", sk: "1", text: "read" } }));
		return (await documents.send(new GetCommand({ TableName: table, Key: { pk: "documents", sk: "1" } }))).Item.text;
	},
	async "@aws-sdk/lib-storage"() {
		const client = session.client(S3Client);
		const { Key } = await new Upload({ client, params: { Bucket: "bulk-data", Key: "read", Body: "text" } }).done();
		return Key;
	},
	async "dynamodb-toolbox"(name) {
		const table = new Table({
			name,
			documentClient: DynamoDBDocumentClient.from(dynamodb),
			partitionKey: { name: "pk", type: "string" },
			sortKey: { name: "sk", type: "string" },
		});
		const schema = item({ pk: string().key(), sk: string().key(), text: string() });
		const entity = new Entity({ name: "note", table, schema });
		await entity.build(Put).item({ pk: "toolbox", sk: "1", text: "read" }).send();
		return (await entity.build(Get).key({ pk: "toolbox", sk: "1" }).send()).Item.text;
	},
	async electrodb(table) {
		const notes = new ElectroEntity(
			{
				model: { entity: "note", service: "notes", version: "1" },
				attributes: { id: { type: "string" }, text: { type: "string" } },
				indexes: { primary: { pk: { field: "pk", composite: ["id"] }, sk: { field: "sk", composite: [] } } },
			},
			{ client: dynamodb, table },
		);
		await notes.put({ id: "1", text: "read" }).go();
		return (await notes.get({ id: "1" }).go()).data.text;
	},
	async "@opentelemetry/instrumentation-http"(table) {
		await provider.getTracer("test").startActiveSpan("parent", async (span) => {
			await dynamodb.send(new GetItemCommand({ TableName: table, Key: { pk: { S: "none" }, sk: { S: "1" } } }));
			span.end();
		});
		const spans = exporter.getFinishedSpans();
		const parent = spans.find(({ name }) => name === "parent");
		const isChild = ({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId;
		return spans.some((span) => span.name === "POST" && isChild(span)) && "read";
	},
	async pino() {
		let printed = "";
		const stream = new Writable({
			write(chunk, _, done) {
				printed += chunk;
				done();
			},
		});
		const logged = new ApiSession({ logger: pino({ level: "trace", messageKey: "message" }, stream) });
		await logged.credentials();
		return (
			printed
				.trim()
				.split("\n")
				.every((line) => JSON.parse(line).message !== undefined) && "read"
		);
	},
	async "@aws-lambda-powertools/logger"() {
		const logger = new Logger({ serviceName: "service", logLevel: "DEBUG" });
		const printed = [];
		logger.console = Object.fromEntries(
			["debug", "error", "info", "log", "trace", "warn"].map((level) => [level, (line) => printed.push(line)]),
		);
		await new ApiSession({ logger }).credentials();
		return printed.length > 0 && printed.every((line) => JSON.parse(line).service === "service") && "read";
	},
	async "aws-sdk-client-mock"(table) {
		const client = session.client(DynamoDBClient);
		const mock = mockClient(client);
		mock.on(GetItemCommand).resolves({ Item: { text: { S: "read" } } });
		const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: {} }));
		return Item.text.S;
	},
};

async function main() {
	const { table } = await session.describeTenant();
	const results = Object.entries(uses).map(async ([name, use]) => [name, await use(table).catch(String)]);
	console.log(JSON.stringify(Object.fromEntries(await Promise.all(results))));
}

void main();
