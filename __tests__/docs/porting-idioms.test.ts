import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { Agent, createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import * as dynamodbPackage from "@aws-sdk/client-dynamodb";
import { DynamoDB, PutItemCommand, paginateQuery } from "@aws-sdk/client-dynamodb";
import * as s3Package from "@aws-sdk/client-s3";
import { S3 } from "@aws-sdk/client-s3";
import * as sqsPackage from "@aws-sdk/client-sqs";
import { SQS, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { partition } from "@aws-sdk/core/client";
import { Upload } from "@aws-sdk/lib-storage";
import { convertToAttr, convertToNative } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { waiterServiceDefaults } from "@smithy/core/client";
import { loadSharedConfigFiles } from "@smithy/core/config";
import { getEndpointFromInstructions } from "@smithy/core/endpoints";
import { BatchError, S3UploadFailedError, Session, TransferConfig } from "echostream-boto3";
import type { LocalTenant } from "echostream-local";
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate } from "graphql";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { ApiSession } from "../../src/index.ts";
import { certificate } from "../support/lying-server.ts";
import { buildProgram } from "../support/program.ts";
import { optionsOf, startTenant } from "../support/signed-in.ts";
import { hasPython, runPython } from "./porting-programs.ts";

/** Printed by python-idioms.py, which the last test compares with it. */
const PYTHON = JSON.parse(readFileSync(new URL("../vectors/python-idioms.json", import.meta.url), "utf8"));
/** Printed by python-config.py, which porting-config.test.ts compares with it. */
const FACTS_OF_CONFIG = JSON.parse(readFileSync(new URL("../vectors/python-config.json", import.meta.url), "utf8"));
const CERTIFICATES = fileURLToPath(new URL("../vectors/certificates/", import.meta.url));
const MEGABYTE = 1024 * 1024;
const services = { dynamodb: DynamoDB, s3: S3, sqs: SQS };
const sharedConfig = `[default]
region = eu-west-1
s3 =
  addressing_style = path
[profile far]
region = ap-south-1
[sso-session my]
sso_region = us-east-1
[services one]
sqs =
  endpoint_url = http://localhost:1
`;
const sharedCredentials = "[default]\naws_access_key_id = AKIAFILE\n[other]\naws_access_key_id = AKIAOTHER\n";

let tenant: LocalTenant;
let botocoreSession: ApiSession;
let session: Session<typeof services>;
let folder: string;
let servers: Awaited<ReturnType<typeof startServers>>;
beforeAll(async () => {
	[tenant, folder, servers] = await Promise.all([
		startTenant(),
		mkdtemp(join(tmpdir(), "porting-idioms-")),
		startServers(),
	]);
	botocoreSession = new ApiSession(optionsOf(tenant, { apiUser: "admin" }));
	session = new Session({ botocoreSession, services });
	await Promise.all([
		writeFile(join(folder, "file"), "x".repeat(11 * MEGABYTE)),
		writeFile(join(folder, "config"), sharedConfig),
		writeFile(join(folder, "credentials"), sharedCredentials),
	]);
});
afterAll(async () => {
	botocoreSession.destroy();
	await Promise.all([tenant.stop(), servers.stop(), rm(folder, { recursive: true })]);
});

/** How often each operation is called by the clients of the session. */
async function counted(work: () => Promise<unknown>): Promise<Record<string, number>> {
	const operations: Record<string, number> = {};
	const count = (next: (args: never) => Promise<never>, { commandName = "" }: { commandName?: string }) => {
		return (args: never) => {
			const name = commandName.replace(/Command$/, "");
			operations[name] = (operations[name] ?? 0) + 1;
			return next(args);
		};
	};
	botocoreSession.middlewareStack.add(count as never, { step: "initialize", name: "count" });
	try {
		await work();
	} finally {
		botocoreSession.middlewareStack.remove("count");
	}
	return operations;
}

describe("the table of transfers", () => {
	const Config = new TransferConfig({ multipartThreshold: 6 * MEGABYTE, multipartChunksize: 5 * MEGABYTE });
	const bucket = "bulk-data";
	const s3 = () => session.client("s3", { forcePathStyle: true });
	const file = () => join(folder, "file");

	test("a transfer of echostream-boto3 sends the requests of boto3, and reports as many bytes", async () => {
		let transferred = 0;
		const Callback = (bytes: number) => {
			transferred += bytes;
		};
		const sink = () => new PassThrough().resume();
		const { upload_file, download_file, upload_fileobj, download_fileobj, copy, S3Transfer } = PYTHON.transfer;
		for (const [expected, work] of [
			[upload_file, () => s3().uploadFile(file(), bucket, "large", { Callback, Config })],
			[download_file, () => s3().downloadFile(bucket, "large", `${file()}.copy`, { Config })],
			[upload_fileobj, () => s3().uploadFileobj(Buffer.from("small"), bucket, "small")],
			[download_fileobj, () => s3().downloadFileobj(bucket, "small", sink())],
			[copy, () => s3().copy({ Bucket: bucket, Key: "small" }, bucket, "copy")],
			[S3Transfer, () => s3().uploadFile(file(), bucket, "large", { Config })],
		] as const) {
			expect(await counted(work)).toEqual(expected);
		}
		expect(transferred).toBe(PYTHON.transfer.Callback);
	});

	test("an upload of echostream-boto3 that fails is the S3UploadFailedError of boto3", async () => {
		const failure = await s3()
			.uploadFile(file(), "none", "large")
			.catch((error) => error);
		expect(failure).toBeInstanceOf(S3UploadFailedError);
		expect(failure.message.replace(file(), "file")).toBe(PYTHON.transfer.S3UploadFailedError);
	});

	test("a TransferConfig of echostream-boto3 has the defaults of boto3, and rejects max_bandwidth, which boto3 accepts", () => {
		const { multipartThreshold, multipartChunksize, maxConcurrency, numDownloadAttempts, useThreads } =
			new TransferConfig();
		expect(PYTHON.TransferConfig).toEqual({
			multipart_threshold: multipartThreshold,
			multipart_chunksize: multipartChunksize,
			max_concurrency: maxConcurrency,
			num_download_attempts: numDownloadAttempts,
			use_threads: useThreads,
		});
		expect(PYTHON.max_bandwidth).toBe(1000);
		expect(() => new TransferConfig({ maxBandwidth: 1000 } as never)).toThrow('no option "maxBandwidth"');
	});

	test("Upload of the SDK sends the requests of boto3, and reports totals. A pipeline downloads in one request", async () => {
		const totals: number[] = [];
		const client = s3();
		const upload = () => {
			const params = { Bucket: bucket, Key: "large", Body: createReadStream(file()) };
			const one = new Upload({ client, params, partSize: 5 * MEGABYTE, queueSize: 1 });
			one.on("httpUploadProgress", ({ loaded = 0 }) => totals.push(loaded));
			return one.done();
		};
		expect(await counted(upload)).toEqual(PYTHON.transfer.upload_file);
		expect([...new Set(totals)]).toEqual([5 * MEGABYTE, 10 * MEGABYTE, 11 * MEGABYTE]);
		const download = async () => {
			const { Body } = await client.getObject({ Bucket: bucket, Key: "large" });
			let size = 0;
			const write = (chunk: Buffer, _: unknown, done: () => void) => {
				size += chunk.length;
				done();
			};
			await pipeline(Body as Readable, new Writable({ write }));
			expect(size).toBe(11 * MEGABYTE);
		};
		expect(await counted(download)).toEqual({ GetObject: 1 });
	});
});

describe("the tables of resources", () => {
	test("the resources of echostream-boto3 are among those of boto3, and send nothing when they are created", async () => {
		expect(PYTHON.resources.names).toEqual(expect.arrayContaining(session.getAvailableResources()));
		const create = async () => {
			session.resource("dynamodb").Table("t");
			session.resource("sqs").Queue("https://sqs.example/q");
			session.resource("s3").Bucket("b").Object("o");
		};
		expect(await counted(create)).toEqual({});
		expect(PYTHON.resources.created).toEqual([]);
	});

	test("attributes that boto3 loads are errors in echostream-boto3, and what the rows name instead sends the same request", async () => {
		const table = session.resource("dynamodb").Table(tenant.table);
		const queue = session.resource("sqs").Queue(tenant.queueUrl("app-external-app"));
		const object = session.resource("s3", { forcePathStyle: true }).Object("bulk-data", "small");
		await object.put({ Body: "small" });
		for (const [fact, attribute, instead] of [
			[
				"table.item_count",
				() => Reflect.get(table, "itemCount"),
				() => session.client("dynamodb").describeTable({ TableName: table.name }),
			],
			[
				"queue.attributes",
				() => Reflect.get(queue, "attributes"),
				() => session.client("sqs").getQueueAttributes({ QueueUrl: queue.url, AttributeNames: ["All"] }),
			],
			["object.content_length", () => Reflect.get(object, "contentLength"), () => object.load()],
		] as const) {
			expect(attribute).toThrow("has no member");
			expect(Object.keys(await counted(instead))).toEqual(PYTHON.resources[fact]);
		}
	});

	test("objects.delete() of echostream-boto3 sends the requests of boto3", async () => {
		const bucket = session.resource("s3", { forcePathStyle: true }).Bucket("bulk-data");
		await bucket.putObject({ Key: "copy", Body: "small" });
		const operations = await counted(() => bucket.objects.filter({ Prefix: "copy" }).delete());
		const versions: Record<string, string> = { ListObjectsV2: "ListObjects" };
		const sent = Object.keys(operations).map((name) => versions[name] ?? name);
		expect(sent.sort()).toEqual(PYTHON.resources["objects.delete"]);
	});

	test("boto3 rejects a batch of eleven messages, and returns what failed. echostream-boto3 sends any number, and throws it", async () => {
		const queue = session.resource("sqs").Queue(tenant.queueUrl("app-external-app"));
		const messages = Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, MessageBody: `${n}` }));
		expect(PYTHON.resources["eleven messages"]).toBe("AWS.SimpleQueueService.TooManyEntriesInBatchRequest");
		expect(await counted(() => queue.sendMessages({ Entries: messages }))).toEqual({ SendMessageBatch: 2 });
		await queue.purge();

		await queue.sendMessages({ Entries: messages.slice(0, 3) });
		const received = await queue.receiveMessages({ MaxNumberOfMessages: 10 });
		tenant.faults.add(failTwoDeletions);
		const Entries = received.map(({ receiptHandle }, n) => ({ Id: `${n}`, ReceiptHandle: receiptHandle }));
		const failure = await queue.deleteMessages({ Entries }).catch((error) => error);
		expect(failure).toBeInstanceOf(BatchError);
		const ids = (all: { Id: string }[]) => all.map(({ Id }) => Id);
		const { Successful, Failed } = failure.response;
		expect({ Successful: ids(Successful), Failed: ids(Failed) }).toEqual(PYTHON.resources.delete_messages);
	});

	test("boto3 returns Decimal and Binary and rejects floats. echostream-boto3 returns numbers and bytes, and writes any number", async () => {
		expect(PYTHON.resources.item).toMatchObject({ n: "Decimal", b: "Binary" });
		expect(PYTHON.resources.float).toBe("TypeError");
		const table = session.resource("dynamodb").Table(tenant.table);
		const Key = { pk: "idioms", sk: "1" };
		await table.putItem({ Item: { ...Key, n: 1.5, b: new Uint8Array([1]) } });
		const { Item } = await table.getItem({ Key });
		await table.deleteItem({ Key });
		expect(Item).toEqual({ ...Key, n: 1.5, b: new Uint8Array([1]) });
	});

	test("convertToAttr is TypeSerializer, and convertToNative is TypeDeserializer", () => {
		const bytes = new Uint8Array([1, 255]);
		const values = ["a", 1, true, null, [1, "a"], { a: 1 }, bytes, new Set(["a"]), new Set([1])];
		const serialized = values.map((value) => convertToAttr(value));
		const base64 = (_: string, value: unknown) =>
			value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
		expect(JSON.parse(JSON.stringify(serialized, base64))).toEqual(PYTHON.resources.serialized);
		expect(serialized.map((value) => convertToNative(value))).toEqual(values);
		expect(PYTHON.resources.deserialized).toEqual(values.map(() => true));
	});

	test("a body is read once: a second time it is empty in Python, and an error here. Its stream chooses the chunks", async () => {
		const object = session.resource("s3", { forcePathStyle: true }).Object("bulk-data", "small");
		await object.put({ Body: "small" });
		const { Body } = await object.get();
		expect([await Body?.transformToString(), ""]).toEqual(PYTHON.resources["read twice"]);
		await expect(async () => Body?.transformToString()).rejects.toThrow();
		expect(PYTHON.resources.iter_chunks).toEqual(["sm", "al", "l"]);
		const chunks: string[] = [];
		for await (const chunk of (await object.get()).Body as Readable) chunks.push(String(chunk));
		expect(chunks).toEqual(["small"]);
	});
});

test("boto3 presigns with version 2 by default in us-east-1, and echostream-boto3 with version 4", async () => {
	const { query, fields, "fields of s3v4": fieldsOfV4 } = PYTHON.resources.presigned;
	expect([query, fields]).toEqual([
		["AWSAccessKeyId", "Expires", "Signature", "x-amz-security-token"],
		["AWSAccessKeyId", "key", "policy", "signature", "x-amz-security-token"],
	]);
	const s3 = session.client("s3", { forcePathStyle: true });
	const form = await s3.generatePresignedPost("bulk-data", "small");
	const names = Object.keys(form.fields).map((name) => name.toLowerCase());
	expect(names.sort()).toEqual(["bucket", ...fieldsOfV4]);
	const Params = { Bucket: "bulk-data", Key: "small" };
	const url = new URL(await s3.generatePresignedUrl("get_object", { Params }));
	expect(url.searchParams.get("X-Amz-Algorithm")).toBe("AWS4-HMAC-SHA256");
	await expect(s3.generatePresignedUrl("get_object", { Params, ExpiresIn: 8 * 24 * 3600 })).rejects.toThrow("one week");
});

describe("the rows of clients and pages that name the SDK", () => {
	test("the partition of a region is that of botocore", async () => {
		expect(partition("cn-north-1").name).toBe(FACTS_OF_CONFIG.partition);
		expect(partition(await botocoreSession.client(SQS).config.region()).name).toBe("aws");
	});

	test("an operation has the endpoint that its call is sent to", async () => {
		const { config } = botocoreSession.client(DynamoDB);
		const params = { TableName: tenant.table, Item: {} };
		expect((await getEndpointFromInstructions(params, PutItemCommand, config)).url.origin).toBe(tenant.url);
	});

	test("a signer that changes nothing sends the request unsigned", async () => {
		const signer = { sign: async <Request>(request: Request) => request };
		const mark = tenant.requestLog.length;
		await expect(botocoreSession.client(SQS, { signer }).listQueues({})).rejects.toThrow();
		expect(tenant.requestLog.since(mark).map(({ accessKeyId }) => accessKeyId)).toEqual([undefined]);
	});

	test("a paginator of the SDK starts at the key of the service, with the size of its pages", async () => {
		const client = botocoreSession.client(DynamoDB);
		const keys = ["1", "2", "3"].map((sk) => ({ pk: { S: "idioms" }, sk: { S: sk } }));
		for (const Item of keys) await client.putItem({ TableName: tenant.table, Item });
		const sizes: unknown[] = [];
		const query = {
			TableName: tenant.table,
			KeyConditionExpression: "pk = :pk",
			ExpressionAttributeValues: { ":pk": { S: "idioms" } },
		};
		for await (const { Items } of paginateQuery({ client, pageSize: 1, startingToken: keys[0] }, query)) {
			sizes.push(Items?.map(({ sk }) => sk?.S));
		}
		for (const Key of keys) await client.deleteItem({ TableName: tenant.table, Key });
		expect(sizes).toEqual([["2"], ["3"], []]);
	});

	test("the functions that rows name are exports of the client packages", () => {
		const exported = new Set([dynamodbPackage, s3Package, sqsPackage].flatMap((all) => Object.keys(all)));
		const text = ["idioms", "sessions"].map((name) =>
			readFileSync(new URL(`../../docs/porting/${name}.md`, import.meta.url), "utf8"),
		);
		const named = [...text.join("\n").matchAll(/\b(?:paginate|waitUntil)[A-Z]\w+(?=\(\{ client)/g)].map(
			([name]) => name,
		);
		expect(named.length).toBeGreaterThan(5);
		// Of a service that is not installed here.
		expect(named.filter((name) => !exported.has(name) && name !== "paginateListKeys")).toEqual([]);
	});

	test("the delay of a waiter of the SDK grows up to 120 seconds without maxDelay", () => {
		expect(waiterServiceDefaults.maxDelay).toBe(120);
	});

	test("two queries at once return both, a list of them in one request is rejected, and there are no subscriptions", async () => {
		const document = "query regions { GetSupportedRegions }";
		const both = await Promise.all([botocoreSession.query(document), botocoreSession.query(document)]);
		expect(both).toEqual(Array(2).fill({ GetSupportedRegions: [tenant.region] }));
		const response = await fetch(`${tenant.url}/graphql`, {
			method: "POST",
			headers: { authorization: await botocoreSession.cognito.getAccessToken() },
			body: JSON.stringify([{ query: document }, { query: document }]),
		});
		expect(response.status).toBe(400);
		const { __schema } = await botocoreSession.query<{ __schema: { subscriptionType: null } }>(
			"query types { __schema { subscriptionType { name } } }",
		);
		expect(__schema.subscriptionType).toBeNull();
	});

	test("a document is validated against the schema of the API, without a request for it", async () => {
		const introspection = await botocoreSession.query<IntrospectionQuery>(getIntrospectionQuery());
		const schema = buildClientSchema(introspection);
		expect(validate(schema, parse("{ GetSupportedRegions }"))).toEqual([]);
		const [error] = validate(schema, parse("{ GetSuportedRegions }"));
		expect(error?.message).toMatch(/^Cannot query field "GetSuportedRegions" on type "Query"/);
	});

	test("messages of a session reach its logger without a format", async () => {
		const messages: unknown[] = [];
		const receive = (line: unknown) => void messages.push(String(line));
		const logger = { debug: receive, info: receive, warn: receive, error: receive };
		const one = new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), logger });
		await one.ready();
		one.destroy();
		expect("LOG_FORMAT" in one).toBe(false);
		expect(messages).toContain(`Signed in user ${one.cognito.username} (first)`);
	});

	test("the API returns the regions of EchoStream", async () => {
		expect(await botocoreSession.query("query regions { GetSupportedRegions }")).toEqual({
			GetSupportedRegions: [tenant.region],
		});
	});
});

describe("the table of Python's own modules", () => {
	test("loops over one iterator call a client at most that number of times at once, as a pool of threads does", async () => {
		const client = session.client("sqs");
		const [results, state] = [[] as number[], { now: 0, most: 0 }];
		const work = async (number: number) => {
			state.most = Math.max(state.most, ++state.now);
			await client.listQueues({});
			await setTimeout(10);
			state.now--;
			results[number] = number;
		};
		const numbers = Array.from({ length: 12 }, (_, number) => number).values();
		const loop = async () => {
			for (const number of numbers) await work(number);
		};
		await Promise.all([loop(), loop(), loop(), loop()]);
		expect({ results, most: state.most }).toEqual(PYTHON.python.pool);
	});

	test("code between two awaits is not interrupted, and AsyncLocalStorage keeps a value for each task", async () => {
		const client = session.client("sqs");
		const local = new AsyncLocalStorage<number>();
		let counter = 0;
		const work = async (number: number) => {
			await client.listQueues({});
			const before = counter;
			for (let n = 0; n < 1000; n++) counter++;
			counter = before + 1;
			return local.getStore() === number;
		};
		const own = await Promise.all([1, 2, 3, 4].map((number) => local.run(number, () => work(number))));
		expect([own, counter]).toEqual([[true, true, true, true], 4]);
	});

	test("Python inherits a client by fork, and cannot pickle one. Here a forked program creates its own session", async () => {
		expect(PYTHON.python).toMatchObject({ fork: "list", spawn: "PicklingError" });
		const program = await buildProgram(
			"porting-fork",
			`import { fork } from "node:child_process";
			import { SQS } from "@aws-sdk/client-sqs";
			import { ApiSession } from "./src/index.ts";
			const session = new ApiSession();
			const { QueueUrls } = await session.client(SQS).listQueues({});
			session.destroy();
			if (process.send) {
				process.send(QueueUrls?.length);
				process.disconnect();
			} else fork(process.argv[1]).on("message", (length) => console.log(length === QueueUrls?.length));`,
		);
		const mark = tenant.requestLog.length;
		const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED, PATH } = process.env;
		const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED, PATH, ...tenant.environment({ apiUser: "admin" }) };
		const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
		let printed = "";
		for await (const chunk of child.stdout) printed += chunk;
		expect(printed).toBe("true\n");
		expect(tenant.requestLog.count("InitiateAuth", mark)).toBe(2);
	});

	test("a client and a session cannot be copied, on either side", () => {
		expect([PYTHON.python.pickle, PYTHON.python.deepcopy]).toEqual([Array(3).fill(true), Array(3).fill(true)]);
		for (const one of [session.client("sqs"), botocoreSession]) {
			const copy = (() => {
				try {
					return structuredClone(one);
				} catch (error) {
					return (error as Error).name;
				}
			})();
			expect(copy).toBe("DataCloneError");
		}
	});

	test("asyncio.to_thread returns what the asynchronous method returns", async () => {
		expect(PYTHON.python.to_thread).toBe("list");
		expect((await session.client("sqs").listQueues({})).QueueUrls).toBeInstanceOf(Array);
	});

	test("the logger of botocore has the HTTP traffic, and the option logger of a client its calls", async () => {
		expect([PYTHON.python.logger, PYTHON.python.set_debug_logger]).toEqual([Array(3).fill(true), Array(3).fill(true)]);
		const lines: string[] = [];
		const add = (...content: unknown[]) => void lines.push(JSON.stringify(content));
		const logger = { trace: add, debug: add, info: add, warn: add, error: add };
		await botocoreSession.client(SQS, { logger }).listQueues({ QueueNamePrefix: "of-the-log" });
		const log = lines.join("\n");
		expect(["of-the-log", "ListQueues"].filter((word) => !log.includes(word))).toEqual([]);
		expect(log).not.toMatch(/x-amz-target|x-amzn-requestid/i);
	});

	test("the option logger of a session has sign-ins and refreshes, and no calls of clients", async () => {
		const lines: string[] = [];
		const add = (...content: unknown[]) => void lines.push(JSON.stringify(content));
		const logger = { trace: add, debug: add, info: add, warn: add, error: add };
		await using own = new ApiSession({ ...optionsOf(tenant, { apiUser: "admin" }), logger });
		await own.client(SQS).listQueues({ QueueNamePrefix: "of-the-log" });
		expect(lines.join("\n")).toMatch(/sign/i);
		expect(lines.join("\n")).not.toMatch(/of-the-log|ListQueues/);
	});
});

describe("the rows of proxies and certificates", () => {
	/** What a server responds to one call, or the status or the message of the error. */
	async function respond(endpoint: string, requestHandler: SQSClientConfig["requestHandler"] = {}): Promise<unknown> {
		const client = botocoreSession.client(SQS, { endpoint, maxAttempts: 1, requestHandler });
		return client.listQueues({}).then(
			({ QueueUrls }) => QueueUrls,
			(error) => error.$metadata?.httpStatusCode ?? error.message,
		);
	}
	const ca = certificate("authority");

	test("an agent of a proxy is proxies= of Config", async () => {
		const nowhere = "http://nowhere.example";
		const { proxies, HTTP_PROXY } = PYTHON.connections;
		expect(await respond(nowhere, { httpAgent: new HttpProxyAgent(servers.proxy) })).toEqual(proxies);
		expect(HTTP_PROXY).toEqual(proxies);
	});

	test("the options of an agent of a proxy are proxies_config, and ca in its property options is verify= of the service", async () => {
		const keys = { cert: certificate("valid"), key: certificate("key") };
		const { proxies_config, "proxies without proxies_config": without } = PYTHON.connections;
		const agent = new HttpsProxyAgent(servers.tlsProxy, { ca, ...keys });
		expect(await respond(servers.tls, { httpsAgent: agent })).toMatch("self-signed certificate");
		Object.assign(agent.options, { ca });
		expect(await respond(servers.tls, { httpsAgent: agent })).toEqual(proxies_config);
		const withoutKeys = new HttpsProxyAgent(servers.tlsProxy, { ca });
		expect(await respond(servers.tls, { httpsAgent: withoutKeys })).toBe(407);
		expect(without).toBe("ProxyConnectionError");
	});

	test("ca and rejectUnauthorized are verify=, and cert and key are client_cert=", async () => {
		const { connections } = PYTHON;
		expect(await respond(servers.tls)).toMatch("self-signed certificate");
		expect(connections["no verify"]).toBe("SSLError");
		for (const [fact, options] of [
			["verify", { ca }],
			["verify=False", { rejectUnauthorized: false }],
			["client_cert", { ca, cert: certificate("valid"), key: certificate("key") }],
		] as const) {
			expect(await respond(servers.tls, { httpsAgent: new Agent(options) })).toEqual(connections[fact]);
			expect(await respond(servers.tls, { httpsAgent: options })).toEqual(connections[fact]);
		}
	});

	test("botocore obeys AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE, requests the latter only", () => {
		const { connections } = PYTHON;
		expect([connections.AWS_CA_BUNDLE, connections.REQUESTS_CA_BUNDLE]).toEqual([
			connections.verify,
			connections.verify,
		]);
		expect([connections["requests and AWS_CA_BUNDLE"], connections["requests and REQUESTS_CA_BUNDLE"]]).toEqual([
			false,
			true,
		]);
	});
});

test("full_config and get_scoped_config have the shapes that their rows state", async () => {
	const before = { ...process.env };
	Object.assign(process.env, {
		AWS_CONFIG_FILE: join(folder, "config"),
		AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
	});
	try {
		const { profiles } = PYTHON.full_config;
		const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
		const { default: of, far, ...others } = configFile;
		const { s3, aws_access_key_id, ...rest } = profiles.default;
		expect(of).toEqual({ ...rest, "s3.addressing_style": s3.addressing_style });
		expect(credentialsFile).toEqual({ default: { aws_access_key_id }, other: profiles.other });
		expect(far).toEqual(profiles.far);
		expect(others).toEqual({
			"sso-session.my": PYTHON.full_config.sso_sessions.my,
			"services.one": { "sqs.endpoint_url": PYTHON.full_config.services.one.sqs.endpoint_url },
		});
		const options = optionsOf(tenant, { apiUser: "admin" });
		expect(await new ApiSession(options).getScopedConfig()).toEqual(of);
		expect(PYTHON.get_scoped_config).toEqual(profiles.default);
		expect(await new ApiSession({ ...options, profileName: "none" }).getScopedConfig()).toEqual({});
		expect(PYTHON["profile that does not exist"]).toBe("ProfileNotFound");
	} finally {
		process.env = before;
	}
});

test("Python reports the facts that the tables of idioms were made from", async () => {
	tenant.faults.clear();
	tenant.faults.add(failTwoDeletions);
	const environment = {
		...tenant.environment({ apiUser: "admin" }),
		BUCKET: "bulk-data",
		REGION: tenant.region,
		TABLE: tenant.table,
		QUEUE_URL: tenant.queueUrl("app-external-app"),
		CERTIFICATES,
		CONFIG: join(folder, "config"),
		CREDENTIALS: join(folder, "credentials"),
		TLS_URL: servers.tls,
		PROXY_URL: servers.proxy,
		TLS_PROXY_URL: servers.tlsProxy,
	};
	// Without a Python environment, the recorded facts stand for it.
	const [facts] = hasPython ? await runPython("../../__tests__/docs/python-idioms", environment) : [PYTHON];
	expect(facts).toEqual(PYTHON);
}, 60_000);

/** A fault of the tenant: SQS reports the first two deletions of a batch as failed. */
const failTwoDeletions = {
	operation: "DeleteMessageBatch",
	times: 1,
	corrupt: (body: string) => {
		const { Successful } = JSON.parse(body);
		const Failed = Successful.splice(0, 2).map(({ Id }: { Id: string }) => ({ Id, Code: "InternalError" }));
		return JSON.stringify({ Successful, Failed });
	},
};

/** A proxy of plain http, a server that reads certificates, and a proxy that requires one. They respond with how they were reached. */
async function startServers() {
	const json = { "content-type": "application/x-amz-json-1.0" };
	const tls = { key: certificate("key"), cert: certificate("valid") };
	const listen = async (server: Server) => {
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return (server.address() as AddressInfo).port;
	};
	const proxy = createServer((request, response) => {
		response.writeHead(200, json).end(JSON.stringify({ QueueUrls: [`proxy to ${request.url}`] }));
	});
	const reading = { ...tls, ca: certificate("authority"), requestCert: true, rejectUnauthorized: false };
	/** The name in the certificate of a client. */
	const nameOf = (socket: unknown) => (socket as TLSSocket).getPeerCertificate().subject?.CN ?? "none";
	const own = createTlsServer(reading, (request, response) => {
		response.writeHead(200, json).end(JSON.stringify({ QueueUrls: [`certificate ${nameOf(request.socket)}`] }));
	});
	const tlsProxy = createTlsServer(reading).on("connect", (request, socket, head) => {
		if (nameOf(request.socket) !== "valid") {
			socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
			return;
		}
		const onward = connect(Number(String(request.url).split(":")[1]), "127.0.0.1", () => {
			socket.write("HTTP/1.1 200 OK\r\n\r\n");
			onward.write(head);
			socket.pipe(onward).pipe(socket);
		});
		for (const one of [socket, onward]) one.on("error", () => {});
	});
	const all = [proxy, own, tlsProxy];
	const sockets = new Set<Socket>();
	for (const server of all) server.on("connection", (socket: Socket) => sockets.add(socket));
	const [proxyPort, ownPort, tlsProxyPort] = await Promise.all(all.map(listen));
	return {
		proxy: `http://127.0.0.1:${proxyPort}`,
		tls: `https://localhost:${ownPort}`,
		tlsProxy: `https://localhost:${tlsProxyPort}`,
		stop: async () => {
			for (const socket of sockets) socket.destroy();
			await Promise.all(all.map((server) => new Promise((resolve) => server.close(resolve))));
		},
	};
}
