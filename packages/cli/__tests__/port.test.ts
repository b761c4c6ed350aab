import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { oneToOne, type PortedUse, portProgram } from "../src/port/port.ts";
import { outputOf } from "./support/output-of.ts";

const port = (text: string) => portProgram({ path: "program.py", text });
const verdictsOf = (text: string) =>
	port(text).uses.map(({ line, name, verdict }: PortedUse) => `${line} ${name}: ${verdict}`);

/** The uses in a program whose first lines make a session of boto3. */
function usesOf(...lines: string[]): string[] {
	const start = ["import boto3", "session = boto3.Session()"];
	return verdictsOf([...start, ...lines, ""].join("\n")).slice(1);
}

describe("the uses of a library that echostream port finds", () => {
	test("port follows a client from the session to its paginator", () => {
		expect(
			usesOf(
				'table = session.client("dynamodb")',
				'pages = table.get_paginator("scan")',
				"for page in pages.paginate():",
				"    print(page)",
			),
		).toEqual([
			"3 boto3.session.Session.client: same",
			"4 dynamodb.get_paginator: same",
			"5 botocore.paginate.Paginator.paginate: same",
		]);
	});

	test("port follows a table from its resource to a batch writer", () => {
		expect(
			usesOf(
				'table = session.resource("dynamodb").Table("t")',
				"with table.batch_writer() as batch:",
				"    batch.put_item(Item={})",
			),
		).toEqual([
			"3 boto3.session.Session.resource: same",
			"3 boto3.dynamodb.ServiceResource.Table: same",
			"4 boto3.dynamodb.Table.batch_writer: same",
			"5 boto3.dynamodb.BatchWriter.put_item: same",
		]);
	});

	test("port follows a bucket to its objects, through filters", () => {
		expect(
			usesOf(
				'objects = session.resource("s3").create_bucket(Bucket="b").objects',
				'for one in objects.filter(Prefix="a").limit(5):',
				"    print(one.key)",
				"    one.delete()",
				"objects.all().delete()",
			).slice(1),
		).toEqual([
			"3 boto3.s3.ServiceResource.create_bucket: same",
			"3 boto3.s3.Bucket.objects: same",
			"5 boto3.s3.ObjectSummary.key: same",
			"6 boto3.s3.ObjectSummary.delete: same",
			"7 boto3.Collection.delete: same",
		]);
	});

	test("port lists the operators of conditions, and of nothing else", () => {
		const program = [
			"from boto3.dynamodb.conditions import Attr, Key",
			'key = Key("pk").eq("a") & Key("sk").begins_with("b")',
			'found = ~Attr("n").gt(1) | key',
			"bits = 1 & ~2 | 4",
		].join("\n");
		expect(verdictsOf(program)).toEqual([
			"2 boto3.dynamodb.conditions.Key: same",
			"2 &: other API",
			"2 boto3.dynamodb.conditions.Key: same",
			"3 ~: other API",
			"3 boto3.dynamodb.conditions.Attr: same",
			"3 |: other API",
		]);
	});

	test("port lists the keywords of a transfer", () => {
		const config = "Config=TransferConfig(use_threads=False, max_bandwidth=1)";
		const program = `from boto3.s3.transfer import TransferConfig\nclient.upload_file('a', 'b', 'c', Callback=print, ${config})`;
		expect(verdictsOf(`import boto3\nclient = boto3.client('s3')\n${program}`).slice(1)).toEqual([
			"4 s3.upload_file: same",
			"4 Callback=: same",
			"4 Config=: same",
			"4 boto3.s3.transfer.TransferConfig: same",
			"4 max_bandwidth=: impossible",
		]);
	});

	test("port follows the aliases of imports", () => {
		const program =
			"import boto3 as aws\nfrom botocore.config import Config as C\naws.client('sqs', config=C(retries={'max_attempts': 3}))\n";
		expect(verdictsOf(program)).toEqual([
			"3 boto3.client: same",
			"3 config=: same",
			"3 botocore.config.Config: same",
			"3 retries=: same",
			"3 retries=max_attempts: other API",
		]);
	});

	test.each([
		["a parameter that is called with a client", "def use(c):\n    c.list_queues()\nuse(session.client('sqs'))"],
		["a parameter by its keyword", "def use(c=None):\n    c.list_queues()\nuse(c=session.client('sqs'))"],
		["the result of a function", "def make():\n    return session.client('sqs')\nmake().list_queues()"],
		[
			"a function of the service's name",
			"def make(name):\n    return session.client(name)\nmake('sqs').list_queues()\nmake('s3')",
		],
		[
			"an attribute of a class",
			"class A:\n    def __init__(self, c):\n        self.c = c\n    def f(self):\n        self.c.list_queues()\nA(session.client('sqs'))",
		],
		[
			"a property",
			"class A:\n    @property\n    def c(self):\n        return session.client('sqs')\nA().c.list_queues()",
		],
		["a field of a dataclass", "class A:\n    c: object\nA(c=session.client('sqs')).c.list_queues()"],
		["a tuple", "a, b = 1, session.client('sqs')\nb.list_queues()"],
		["a generator", "a, b = (session.client(n) for n in ('sqs', 'sqs'))\nb.list_queues()"],
		["a dictionary", "clients = {'a': session.client('sqs')}\nclients['a'].list_queues()"],
		["a comprehension", "[c.list_queues() for c in [session.client('sqs')]]"],
		["a condition", "c = session.client('sqs') if x else None\nc.list_queues()"],
		["an assignment in an expression", "if (c := session.client('sqs')):\n    c.list_queues()"],
		["a function given to a pool", "def use(c):\n    c.list_queues()\npool.submit(use, session.client('sqs'))"],
		["a lambda", "pool.map(lambda c: c.list_queues(), [session.client('sqs')])"],
		["an annotation", "from mypy_boto3_sqs import SQSClient\ndef use(c: 'SQSClient | None'):\n    c.list_queues()"],
		[
			"a subclass of a session",
			"from echostream_botocore import AppSession\nclass S(AppSession):\n    pass\nS().create_client('sqs').list_queues()",
		],
		["an f-string", "c = session.client('sqs')\nprint(f'{c.list_queues()}')"],
		["a global that is assigned later", "def use():\n    c.list_queues()\nc = session.client('sqs')"],
	])("port follows a client through %s", (_, program) => {
		expect(usesOf(program).filter((use) => /list_queues/.test(use))).toEqual([
			expect.stringContaining("sqs.list_queues: same"),
		]);
	});

	test("port lists the code of an error and the exception that it is compared with", () => {
		const program = [
			"from botocore.exceptions import ClientError",
			"try: pass",
			"except ClientError as error:",
			'    if error.response["Error"]["Code"] == "404": raise',
			"    print(error.response.get('ResponseMetadata'))",
		].join("\n");
		expect(verdictsOf(program)).toEqual([
			"3 botocore.exceptions.ClientError: same",
			'4 ["Code"]: same',
			"4 404: same",
			"5 botocore.exceptions.ClientError.response: same",
			'5 ["ResponseMetadata"]: same',
		]);
	});

	test("port lists pycognito, and the GraphQL client", () => {
		const program = [
			"from pycognito import Cognito",
			"from pycognito.utils import RequestsSrpAuth",
			"from gql import Client, gql",
			"user = Cognito('a', 'b')",
			"user.authenticate(password='x')",
			"print(user.id_claims)",
			"client = Client(transport=RequestsSrpAuth(cognito=user, http_header_prefix=''))",
			"with client as g:",
			"    g.execute(gql('query'))",
		].join("\n");
		expect(verdictsOf(program)).toEqual([
			"4 pycognito.Cognito: same",
			"5 pycognito.Cognito.authenticate: same",
			"6 pycognito.Cognito.id_claims: same",
			"7 gql.Client: same",
			"7 pycognito.utils.RequestsSrpAuth: other API",
			"7 http_header_prefix=: other API",
			"8 with gql.Client: same",
			"9 gql.Client.execute: same",
			"9 gql.gql: same",
		]);
	});

	test.each([
		["global", ["sqs = None", "def start():", "    global sqs", '    sqs = session.client("sqs")'], ""],
		[
			"nonlocal",
			[
				"def main():",
				"    sqs = None",
				"    def start():",
				"        nonlocal sqs",
				'        sqs = session.client("sqs")',
			],
			"    ",
		],
	])("port follows a %s name from the function that assigns it", (_, lines, indent) => {
		const uses = usesOf(...lines, `${indent}def use():`, `${indent}    sqs.list_queues()`);
		expect(uses.at(-1)).toMatch(/ sqs\.list_queues: same$/);
	});

	test("port follows the default value of a parameter of a lambda", () => {
		expect(usesOf('work = lambda sqs=session.client("sqs"): sqs.list_queues()')).toEqual([
			"3 boto3.session.Session.client: same",
			"3 sqs.list_queues: same",
		]);
	});

	test("port follows a client that is closed at the end of a block", () => {
		expect(
			usesOf("from contextlib import closing", 'with closing(session.client("sqs")) as sqs:', "    sqs.list_queues()"),
		).toEqual(["4 boto3.session.Session.client: same", "5 sqs.list_queues: same"]);
	});

	test("port lists the fields that the message of an error is made of", () => {
		expect(
			usesOf(
				"from botocore.exceptions import ProfileNotFound, WaiterError",
				"try:",
				"    pass",
				"except WaiterError as error:",
				'    print(error.kwargs["reason"], error.fmt.upper())',
			),
		).toEqual([
			"6 botocore.exceptions.WaiterError: same",
			"7 botocore.exceptions.WaiterError.kwargs: other API",
			"7 botocore.exceptions.WaiterError.fmt: other API",
		]);
	});

	test("port lists the unique id of a handler", () => {
		expect(usesOf('session.events.register("before-call.s3", print, unique_id="a")').slice(-1)).toEqual([
			"3 unique_id=: same",
		]);
	});

	test("port has a verdict for the event that a handler is registered for", () => {
		expect(
			usesOf(
				"client = session.client('sqs')",
				"client.meta.events.register('before-sign.sqs', print)",
				"client.meta.events.register_first('needs-retry.sqs.*', print)",
				"client.meta.events.register('before-parse.*', print)",
				"client.meta.events.register('*', print)",
				"client.meta.events.register('mine', print)",
			).filter((use) => !use.includes("botocore") && !use.includes("session") && !use.includes("meta")),
		).toEqual([
			"4 before-sign.sqs: same",
			"5 needs-retry.sqs.*: helper",
			"6 before-parse.*: impossible",
			"8 mine: unknown",
		]);
	});

	test("port translates the older name of a service in an event", () => {
		const { uses } = port(
			"import boto3\nsession = boto3.Session()\nsession.events.register('before-call.logs.PutLogEvents', print)\n",
		);
		expect(uses.filter(({ line }) => line === 3)).toEqual([
			expect.objectContaining({ name: "boto3.session.Session.events", verdict: "same" }),
			expect.objectContaining({ name: "botocore.hooks.Events.register", verdict: "same" }),
			expect.objectContaining({
				name: "before-call.logs.PutLogEvents",
				verdict: "other API",
				here: "`before-call.cloudwatch-logs.PutLogEvents`",
			}),
			expect.objectContaining({ name: "before-call.logs.PutLogEvents", verdict: "same" }),
		]);
	});

	test.each([
		["session.client('s3').generate_presigned_url('get_object')", "s3.generate_presigned_url: same"],
		["session.client('sts').generate_presigned_url('get_caller_identity')", "sts.generate_presigned_url: helper"],
		["session.client('s3').generate_presigned_url('get_object', HttpMethod='GET')", "HttpMethod=: impossible"],
		["session.client('sqs').get_paginator('list_queues')", "sqs.get_paginator: same"],
		["session.client('kms').get_paginator('list_keys')", "kms.get_paginator: other API"],
		["session.client('s3').get_paginator('list_directory_buckets')", "s3.get_paginator: other API"],
		["session.client('s3').get_paginator(operation_name='list_parts')", "s3.get_paginator: same"],
		["session.client('s3').get_paginator(input())", "s3.get_paginator: unknown"],
		["session.client('s3').can_paginate('list_parts')", "s3.can_paginate: same"],
		["session.client('s3').exceptions.from_code('404')", "exceptions.from_code: other API"],
		["session.resource('sqs')", "boto3.session.Session.resource: same"],
		["session.resource('ec2')", "boto3.session.Session.resource: other API"],
		["session.resource(service_name='sns')", "boto3.session.Session.resource: other API"],
		["session.resource(input())", "boto3.session.Session.resource: unknown"],
		["session.resource('s3').Bucket('b').meta.client.list_buckets()", "s3.list_buckets: same"],
		["session.resource('dynamodb').Table('t').meta.client.describe_table()", "dynamodb.describe_table: same"],
		["session.resource('dynamodb').meta.client.describe_time_to_live()", "dynamodb.describe_time_to_live: other API"],
		["session.resource('dynamodb').meta.client.get_paginator('list_backups')", "dynamodb.get_paginator: other API"],
		["session.resource('dynamodb').meta.client.get_paginator('scan')", "dynamodb.get_paginator: same"],
		["session.resource('s3').meta.identifiers", "boto3.ResourceMeta.identifiers: unknown"],
		["session.resource('s3').Bucket('b').objects.filter(Marker='a')", "Marker=: other API"],
	])("port judges %s by its service and its arguments", (line, use) => {
		expect(usesOf(line).map((one) => one.replace(/^3 (?:botocore\.client\.BaseClient\.)?/, ""))).toContain(use);
	});

	test("port lists each service that a client may be of, with its verdict", () => {
		expect(
			usesOf("for name in ['s3', 'sts']:", "    session.client(name).generate_presigned_url('x')").slice(1),
		).toEqual(["4 s3.generate_presigned_url: same", "4 sts.generate_presigned_url: helper"]);
	});

	test("port lists what an error caught by a handler has, and nothing of the other handlers of its name", () => {
		const program = [
			"from botocore.exceptions import ClientError, WaiterError",
			"from pycognito.exceptions import WarrantException",
			"try: pass",
			"except ClientError as error:",
			'    print(error.response["Error"]["Code"])',
			"except WaiterError as error:",
			"    print(error.last_response)",
			"except WarrantException as error:",
			"    print(error.response)",
		].join("\n");
		expect(verdictsOf(program)).toEqual([
			"4 botocore.exceptions.ClientError: same",
			'5 ["Code"]: same',
			"6 botocore.exceptions.WaiterError: same",
			"7 botocore.exceptions.WaiterError.last_response: other API",
			"8 pycognito.exceptions.WarrantException: other API",
			"9 pycognito.exceptions.WarrantException.response: unknown",
		]);
	});

	test("the lines of a handler count with the verdicts of its own error", () => {
		const { lines } = port(
			[
				"from botocore.exceptions import BotoCoreError, ClientError", // plain
				"try:", // plain
				"    pass", // plain
				"except BotoCoreError as error:", // helper
				"    print(error)", // plain
				"except ClientError as error:", // same
				"    print(error.operation_name)", // same
			].join("\n"),
		);
		expect(lines).toMatchObject({ plain: 4, same: 2, helper: 1, unknown: 0 });
	});

	test.each([
		["iam", "list_mfa_devices", "listMFADevices"],
		["sts", "assume_role_with_saml", "assumeRoleWithSAML"],
		["s3", "list_objects_v2", "listObjectsV2"],
	])("port names the operation of %s.%s as the AWS SDK does", (service, operation, expected) => {
		const { uses } = port(`import boto3\nboto3.client('${service}').${operation}()\n`);
		expect(uses[1]?.here).toBe(`\`await ${service}.${expected}({ … })\``);
	});

	test("port finds no port for the default session", () => {
		expect(
			verdictsOf("import boto3\nboto3.setup_default_session()\nboto3.resource('sqs')\nboto3.DEFAULT_SESSION\n"),
		).toEqual([
			"2 boto3.setup_default_session: impossible",
			"3 boto3.resource: other API",
			"4 boto3.DEFAULT_SESSION: impossible",
		]);
	});

	test("port names the operation here", () => {
		const [, use] = port("import boto3\nboto3.client('logs').put_log_events()\n").uses;
		expect(use).toMatchObject({
			line: 2,
			column: 22,
			here: "`await logs.putLogEvents({ … })`",
			document: "docs/porting/idioms.md",
		});
	});

	test("port lists the transactions of a client and of a resource, and the reasons why one was cancelled", () => {
		const { lines, uses } = port(
			[
				"import boto3",
				"session = boto3.Session()",
				"dynamodb = session.client('dynamodb')",
				"try:",
				"    dynamodb.transact_write_items(TransactItems=[])",
				"except dynamodb.exceptions.TransactionCanceledException as error:",
				"    print(error.response['CancellationReasons'][0]['Code'])",
				"table = session.resource('dynamodb').Table('t')",
				"response = table.meta.client.transact_get_items(TransactItems=[])",
				"print(response['ResponseMetadata']['RequestId'])",
			].join("\n"),
		);
		const hereOf = (name: string) => uses.find((use) => use.name === name)?.here;
		expect(hereOf("dynamodb.transact_write_items")).toContain("await client.transactWriteItems({ TransactItems })");
		expect(hereOf("dynamodb.transact_get_items")).toContain("`transactGetItems`");
		expect(hereOf('["CancellationReasons"]')).toContain("`error.response.CancellationReasons` of `echostream-boto3`");
		expect(uses.filter(({ line }) => line === 10)).toMatchObject([{ verdict: "other API" }]);
		expect(lines.unknown).toBe(0);
	});
});

describe("what echostream port cannot tell", () => {
	test.each([
		[
			"a method with the name of a library's, of an unknown object",
			"def f(x):\n    x.get_paginator('scan')",
			"4 ?.get_paginator: unknown",
		],
		[
			"a call with the parameters of a service, of an unknown object",
			"def f(x):\n    x.put(Item=1)",
			"4 ?.put: unknown",
		],
		["a computed attribute", "getattr(session, input())", "3 getattr(boto3.session.Session, …): unknown"],
		["a name without a row", "session.fly()", "3 boto3.session.Session.fly: unknown"],
		["every name of a library", "from botocore.session import *", "3 from botocore.session import *: unknown"],
		["a library that the guide does not cover", "import aioboto3\naioboto3.Session()", "4 aioboto3.Session: unknown"],
	])("port reports %s as unknown", (_, program, use) => {
		expect(usesOf(program)).toEqual([use]);
	});

	test("port follows a limited number of calls, and reports the services of the others together", () => {
		const calls = Array.from({ length: 60 }, (_, index) => `f("${index}", f("a", f("b", "c")))`);
		const program = [
			"def f(name, x):",
			"    f('x', f('y', f('z', name)))",
			"    f('x', f('y', f('z', name)))",
			...calls,
		];
		const make = ["def make(name):", "    return session.client(name)", "make('sqs').list_queues()"];
		expect(usesOf(...program, ...make).at(-1)).toContain("sqs.list_queues: same");
	});

	test("port evaluates each object of a chain of calls once", () => {
		const chain = ".replace('a', 'b')".repeat(60);
		expect(usesOf(`x = ''${chain}`, "session.client('sqs').list_queues()").at(-1)).toContain("sqs.list_queues: same");
	});

	test("port lists an attribute of an object, and no methods of its value", () => {
		expect(
			usesOf(
				'queue = session.resource("sqs").Queue("url")',
				'queue.url.replace("a", "b").upper()',
				'for message in queue.receive_messages(AttributeNames=["SenderId"]):',
				'    message.attributes.get("SenderId", "").lower()',
			).slice(2),
		).toEqual([
			"4 boto3.sqs.Queue.url: same",
			"5 boto3.sqs.Queue.receive_messages: same",
			"5 AttributeNames=: other API",
			"6 boto3.sqs.Message.attributes: same",
		]);
	});

	test("port lists a resource that is a client's operations here, and none of its methods", () => {
		expect(
			usesOf(
				's3 = session.resource("s3")',
				's3.Bucket("b").Versioning().enable()',
				'for version in s3.Bucket("b").object_versions.filter(Prefix="a"):',
				"    version.delete()",
			)
				.slice(1)
				.filter((use) => !/ServiceResource.Bucket:/.test(use)),
		).toEqual(["4 boto3.s3.Bucket.Versioning: other API", "5 boto3.s3.Bucket.object_versions: other API"]);
	});

	test("port names what stands for an exception, with the difference that the guide has", () => {
		const { uses } = port(
			"from botocore.exceptions import WaiterError\ntry:\n    pass\nexcept WaiterError:\n    pass\n",
		);
		expect(uses[0]?.here).toMatch(/^`TimeoutError`: `WaiterError` with `echostream-boto3`/);
	});

	test("port lists no methods of other objects", () => {
		expect(usesOf("def f(x):\n    x.append(1)\n    x.get('a')\n    x.format(name=1)")).toEqual([]);
	});
});

describe("the lines that echostream port counts", () => {
	test("every line of a statement has the worst verdict of its uses, and a body has its own", () => {
		const { lines } = port(
			[
				'"""Docstring,', // no code
				'of two lines."""',
				"import boto3", // plain
				"",
				"# a comment",
				"queue = boto3.resource('sqs').Queue(", // other API
				"    'url',  # and another",
				")",
				"with open('file') as file:", // plain
				"    x = 1", // plain
				"    queue.delete_messages(Entries=[])", // other API
				"boto3.resource('s3').Bucket('b').objects.all().pages()", // helper
				"def f():",
				'    "docstring"',
				"    return y.get_waiter('z')", // unknown
			].join("\n"),
		);
		expect(lines).toEqual({ total: 10, plain: 4, same: 0, "other API": 4, helper: 1, unknown: 1, impossible: 0 });
		expect(oneToOne(lines)).toBe(8);
	});

	test("the packages to install are those of the rows and of the services", () => {
		expect(
			port("import boto3\nboto3.client('logs').put_log_events()\nboto3.client('s3').upload_file('a', 'b', 'c')\n")
				.packages,
		).toEqual([
			"@aws-sdk/client-cloudwatch-logs",
			"@aws-sdk/client-s3",
			"@aws-sdk/lib-storage",
			"echostream-boto3",
			"echostream-botocore",
		]);
	});

	test("echostream-boto3 is to be installed for what boto3 adds to a client, and not for its operations", () => {
		const packagesOf = (call: string) =>
			port(`import boto3\nsqs = boto3.Session().client("sqs")\nsqs.${call}\n`).packages;
		expect(packagesOf("list_queues()")).toEqual(["@aws-sdk/client-sqs", "echostream-botocore"]);
		for (const call of ["get_paginator('list_queues')", "exceptions.QueueDoesNotExist"]) {
			expect(packagesOf(call)).toEqual(["@aws-sdk/client-sqs", "echostream-boto3", "echostream-botocore"]);
		}
	});
});

describe("echostream port", () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "echostream-port-"));
		await mkdir(join(folder, "programs/venv"), { recursive: true });
		await Promise.all([
			writeFile(join(folder, "programs/a.py"), "import boto3\nboto3.client('sqs').list_queues()\n"),
			writeFile(join(folder, "programs/b.py"), "print(1)\n"),
			writeFile(join(folder, "programs/notes.txt"), "import boto3\n"),
			writeFile(join(folder, "programs/venv/c.py"), "import boto3\n"),
			writeFile(join(folder, "empty.py"), ""),
			writeFile(join(folder, "two.py"), "import boto3\nprint 'hello'\nboto3.client('sqs')\n"),
			writeFile(join(folder, "broken.py"), "import boto3\ndef f(:\n    pass\nboto3.client('sqs')\n"),
			writeFile(join(folder, "latin.py"), Buffer.from("# -*- coding: latin-1 -*-\nx = '\xe9'\n", "latin1")),
			writeFile(join(folder, "bytes.py"), Buffer.from([0x78, 0x3d, 0x27, 0xe9, 0x27])),
			writeFile(join(folder, "null.py"), "x = 1\0\n"),
			writeFile(join(folder, "huge.py"), `x = 1\n${"#".repeat(5_000_001)}`),
			writeFile(join(folder, "deep.py"), `x = ${"(".repeat(5000)}1${")".repeat(5000)}\n`),
		]);
	});
	afterAll(() => rm(folder, { recursive: true }));

	const portOf = (args: string[], stdin?: string) => outputOf(["port", ...args], stdin);

	test("port prints each use with its row, the shares and the packages", async () => {
		const { status, printed } = await portOf([join(folder, "programs/a.py")]);
		expect(status).toBe(0);
		expect(printed).toContain("a.py:2:21  same  sqs.list_queues");
		expect(printed).toContain("`await sqs.listQueues({ … })` (docs/porting/idioms.md)");
		expect(printed).toMatch(/2 lines of code:\n {2}plain {6}1 \(50 %\)\n {2}same {7}1 \(50 %\)/);
		expect(printed).toContain("one to one 2 (100 %)");
		expect(printed).toContain("npm install @aws-sdk/client-sqs echostream-botocore");
	});

	test("port reads all programs of a folder, without those of an environment", async () => {
		const { printed } = await portOf(["--json", join(folder, "programs")]);
		const { programs, lines, oneToOne: count, packages } = JSON.parse(printed);
		expect(programs.map(({ path }: { path: string }) => path)).toEqual(
			["a.py", "b.py"].map((name) => join(folder, "programs", name)),
		);
		expect([lines.total, count, packages]).toEqual([3, 3, ["@aws-sdk/client-sqs", "echostream-botocore"]]);
	});

	test("port reads standard input for -", async () => {
		expect((await portOf(["-"], "import boto3\nboto3.client('sqs')\n")).printed).toContain("-:2:7  same  boto3.client");
	});

	test("port reports that an empty program has no lines", async () => {
		const { status, printed } = await portOf([join(folder, "empty.py")]);
		expect([status, printed]).toEqual([0, expect.stringContaining("No lines of code.")]);
	});

	test("port reports a Python 2 program, and a syntax error, with its line, and still lists the uses after it", async () => {
		for (const [name, error] of [
			["two.py", "two.py:2: a print statement of Python 2"],
			["broken.py", "broken.py:2: a syntax error"],
		]) {
			const { status, printed, errors } = await portOf([join(folder, String(name))]);
			expect([status, errors]).toEqual([1, expect.stringContaining(String(error))]);
			expect(printed).toContain("boto3.client");
		}
	});

	test("port reads the encoding that a program declares", async () => {
		expect(await portOf([join(folder, "latin.py")])).toMatchObject({ status: 0, errors: "" });
	});

	test.each([
		["bytes.py", "is not valid utf-8"],
		["null.py", "contains null bytes"],
		["huge.py", "is larger than 5 MB"],
		["none.py", "was not found"],
	])("port reports the file %s that it cannot read", async (name, problem) => {
		const { status, errors } = await portOf([join(folder, name), join(folder, "programs/a.py")]);
		expect([status, errors]).toEqual([1, expect.stringContaining(problem)]);
	});

	test("port reports a program that is nested too deeply", async () => {
		const { status, errors } = await portOf([join(folder, "deep.py")]);
		expect([status, errors]).toEqual([1, expect.stringContaining("is nested too deeply")]);
	});

	test("at least 90 % of the lines of the examples are one to one, and the guide has the share", async () => {
		const root = fileURLToPath(new URL("../../../", import.meta.url));
		const { status, printed } = await portOf(["--json", join(root, "examples/porting")]);
		const { lines, oneToOne: count } = JSON.parse(printed);
		const percent = (part: number) => Math.floor((part / lines.total) * 100);
		expect(status).toBe(0);
		expect(lines.unknown).toBe(0);
		expect(percent(count)).toBeGreaterThanOrEqual(90);
		const guide = (await readFile(join(root, "docs/porting.md"), "utf8")).replace(/\s+/g, " ");
		expect(guide).toContain(`Of the ${lines.total} lines of code`);
		expect(guide).toContain(`${percent(count)} % are one to one`);
		expect(guide).toContain(`${percent(lines.plain + lines.same)} % need no other API`);
	});

	test("port without a program is invalid usage", async () => {
		expect(await portOf([])).toMatchObject({
			status: 2,
			errors: expect.stringContaining("missing required argument 'programs'"),
		});
	});
});
