import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { ClientError, Session, TransferConfig, WaiterError } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";
import { hasPython, PYTHON } from "../../../__tests__/docs/porting-programs.ts";
import { camel } from "../src/method-names.ts";
import { PAGES } from "../src/operations/pages.ts";
import { ObjectSummary } from "../src/s3/object-collection.ts";
import { serviceEvent } from "../src/service-event.ts";
import { Message } from "../src/sqs/message.ts";
import { startBoto3 } from "./support/boto3-tenant.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Printed by scripts/python-sessions.py, which the last test compares with it. */
const PYTHON_NAMES: {
	readonly botocore: { readonly meta: string[]; readonly eventAliases: Record<string, string> };
	readonly boto3: {
		readonly names: string[];
		readonly clients: Record<string, { readonly names: string[]; waiters: string[]; paginators: string[] }>;
		readonly resources: Record<string, string[]>;
		readonly TransferConfig: string[];
	};
} = JSON.parse(readFileSync(`${ROOT}__tests__/vectors/python-sessions.json`, "utf8"));

const botocoreSession = new ApiSession({
	appsyncEndpoint: "https://example.com/graphql",
	tenant: "t",
	userPoolId: "us-east-1_AbCdEfGhI",
	clientId: "c",
	username: "u",
	password: "p",
});
const services = { dynamodb: DynamoDB, lambda: Lambda, s3: S3, sns: SNS, sqs: SQS };
const session = new Session({ botocoreSession, regionName: "us-east-1", services });
const [dynamodb, s3, sqs] = [session.resource("dynamodb"), session.resource("s3"), session.resource("sqs")];
const bucket = s3.Bucket("b");
const { boto3, botocore } = PYTHON_NAMES;
const { resources } = boto3;

/** An object of this package, and the public names that it has in Python. */
const OBJECTS: readonly (readonly [title: string, ours: object, names: readonly string[] | undefined])[] = [
	...Object.entries(boto3.clients).map(
		([name, client]) => [`the client of ${name}`, session.client(name as "s3"), client.names] as const,
	),
	["the meta of a client", session.client("s3").meta, botocore.meta],
	["a Session", session, boto3.names],
	["the resource of DynamoDB", dynamodb, resources.dynamodb],
	["the resource of S3", s3, resources.s3],
	["the resource of SQS", sqs, resources.sqs],
	["the meta of a resource", sqs.meta, resources.meta],
	["a Table", dynamodb.Table("t"), resources.Table],
	["a BatchWriter", dynamodb.Table("t").batchWriter(), resources.BatchWriter],
	["a Bucket", bucket, resources.Bucket],
	["an Object", s3.Object("b", "k"), resources.Object],
	["an ObjectSummary", new ObjectSummary("b", "k", session.client("s3"), {}), resources.ObjectSummary],
	["the objects of a bucket", bucket.objects, resources.ObjectCollection],
	["a Queue", sqs.Queue("q"), resources.Queue],
	["a Message", new Message(session.client("sqs"), "q", {}), resources.Message],
	["a TransferConfig", new TransferConfig(), boto3.TransferConfig],
	[
		"the events of a Session",
		session.events as object,
		["register", "unregister", "register_first", "register_last", "emit"],
	],
];

describe.each(OBJECTS)("%s", (_, ours, names = []) => {
	/** What reading a member gives: its name, or the message of the error. */
	const read = (name: string): string => {
		try {
			return Reflect.get(ours, name) === undefined && !(name in ours) ? "undefined" : "exists";
		} catch (error) {
			return String(error);
		}
	};

	test("each public name of boto3 exists in camelCase, or is an error with its name", () => {
		expect(names.length).toBeGreaterThan(1);
		const silent = names.map(camel).filter((name) => {
			const found = read(name);
			return found !== "exists" && !(found.startsWith("TypeError: ") && found.includes(`has no member "${name}".`));
		});
		expect(silent).toEqual([]);
	});

	test("each name of boto3 in Python's spelling is an error, with the name to use if there is one", () => {
		for (const name of names.filter((one) => /^[a-z]\w*_/.test(one))) {
			const right = read(camel(name)) === "exists" ? ` Use "${camel(name)}".` : "";
			expect(read(name)).toContain(`has no member "${name}".${right}`);
		}
	});
});

describe("the members of a client", () => {
	test("each method of a client in Python's spelling is an error with the name to use", () => {
		const client = session.client("s3") as object;
		expect(() => Reflect.get(client, "put_object")).toThrow('S3 has no member "put_object". Use "putObject".');
		const sns = session.client("sns") as object;
		expect(() => Reflect.get(sns, "list_sms_sandbox_phone_numbers")).toThrow('Use "listSMSSandboxPhoneNumbers".');
		expect(() => Reflect.get(client, "fly_away")).toThrow('S3 has no member "fly_away".');
		expect(client).toBeInstanceOf(S3);
	});

	test("the members of an error in Python's spelling are errors with the names to use", () => {
		const response = { Error: { Code: "c", Message: "m" }, ResponseMetadata: { HTTPHeaders: {}, RetryAttempts: 0 } };
		expect(() => Reflect.get(new ClientError(response, "PutItem"), "operation_name")).toThrow('Use "operationName".');
		expect(() => Reflect.get(new WaiterError("w", "r", 1), "last_response")).toThrow('Use "lastResponse".');
	});

	test("the region of a client is the one that was passed, and an error before it is known", () => {
		expect(session.client("sqs").meta.regionName).toBe("us-east-1");
		expect(session.client("sqs", { region: "eu-west-1" }).meta.regionName).toBe("eu-west-1");
		const { meta } = new Session({ botocoreSession, services }).client("sqs");
		expect(() => meta.regionName).toThrow("Use await client.config.region(), or pass regionName to the Session.");
		expect(() => Reflect.get(meta, "endpointUrl")).toThrow("Use getEndpointFromInstructions()");
	});

	test.each(Object.entries(boto3.clients))("the waiters of %s are those of boto3", (name, { waiters }) => {
		expect(session.client(name as "s3").waiterNames).toEqual(expect.arrayContaining(waiters));
	});

	test.each(Object.entries(boto3.clients))(
		"the operations of %s that have pages are those of boto3",
		(name, client) => {
			const ours = session.client(name as "s3");
			for (const one of client.paginators) expect([one, ours.canPaginate(one as "listParts")]).toEqual([one, true]);
			expect(Object.keys(PAGES).filter((one) => one in ours && !client.paginators.map(camel).includes(one))).toEqual(
				[],
			);
		},
	);

	test("an operation without pages has no paginator, and an unknown one is an error", () => {
		const client = session.client("s3");
		expect(client.canPaginate("put_object")).toBe(false);
		expect(() => client.canPaginate("putObjekt" as "putObject")).toThrow("Client does not have method: putObjekt.");
	});

	test("a client is closed as in boto3", () => {
		const client = session.client("sqs");
		const closed: string[] = [];
		client.config.requestHandler.destroy = () => closed.push("closed");
		client.close();
		expect(closed).toEqual(["closed"]);
	});

	test("the exceptions of a client have no other members than error classes", () => {
		const { exceptions } = session.client("s3");
		for (const name of ["fromCode", "from_code"]) {
			expect(() => exceptions[name]).toThrow(
				`client.exceptions has no member "${name}". Use error.response.Error.Code === code of a ClientError.`,
			);
		}
		expect(() => exceptions["AWS.SimpleQueueService.NonExistentQueue"]).toThrow("has no member");
	});
});

describe("the events of a Session", () => {
	test("a handler is registered with the botocore session, until it is unregistered", async () => {
		const tenant = await startBoto3();
		const of = new Session({ botocoreSession: tenant.botocoreSession, services });
		const names: string[] = [];
		const handler = ({ eventName }: { readonly eventName: string }) => {
			names.push(eventName);
		};
		of.events.register("before-call.sqs", handler);
		await of.client("sqs").listQueues({});
		of.events.unregister("before-call.sqs", handler);
		await of.client("sqs").listQueues({});
		expect(names).toEqual(["before-call.sqs.ListQueues"]);
		await tenant.stop();
	});

	test.each([
		["before-call.logs", "before-call.cloudwatch-logs"],
		["before-call.logs.PutLogEvents", "before-call.cloudwatch-logs.PutLogEvents"],
		["before-sign.data.iot.Publish", "before-sign.iot-data-plane.Publish"],
		["before-call.dynamodb.PutItem", "before-call.dynamodb.PutItem"],
		["*", "*"],
	])("the event %s of botocore is %s", (name, expected) => {
		expect(serviceEvent(name)).toBe(expected);
	});

	test("the older names of services are those of botocore", () => {
		for (const [alias, service] of Object.entries(botocore.eventAliases)) {
			expect(serviceEvent(`before-call.${alias}.Run`)).toBe(`before-call.${service}.Run`);
		}
	});

	test("a Session on credentials has no events, and the error names what has", () => {
		const of = new Session({ credentials: { accessKeyId: "AK", secretAccessKey: "SK" }, services });
		expect(() => of.events).toThrow("Pass one, or add a middleware to client.middlewareStack.");
	});
});

if (hasPython) {
	test("the names of boto3 are those that Python prints", () => {
		const printed = execFileSync(String(PYTHON), [`${ROOT}scripts/python-sessions.py`], { encoding: "utf8" });
		expect(JSON.parse(printed)).toEqual(PYTHON_NAMES);
	});
}
