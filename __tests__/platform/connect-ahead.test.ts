import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CognitoIdentityProviderClient, SignUpCommand } from "@aws-sdk/client-cognito-identity-provider";
import {
	DescribeTableCommand,
	type DescribeTableCommandInput,
	DynamoDBClient,
	type DynamoDBClientConfig,
	type ServiceInputTypes,
	type ServiceOutputTypes,
} from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { InitializeMiddleware } from "@smithy/types";
import { type LocalTenant, ManualClock } from "echostream-local";
import { AppSession, type AppSessionOptions, Cognito, type CognitoOptions, type HttpHandler } from "../../src/index.ts";
import { AheadAgent } from "../../src/platform/ahead-agent.ts";
import { AheadHandler } from "../../src/platform/ahead-handler.ts";
import { certificate } from "../support/lying-server.ts";
import { buildProgram } from "../support/program.ts";
import { ReroutedNetwork, withoutAwsVariables } from "../support/rerouted-network.ts";
import { APP, optionsOf, startTenant } from "../support/signed-in.ts";
import { TlsFront } from "../support/tls-front.ts";
import { until } from "../support/watched-session.ts";

/** A port of this machine where nobody listens. */
const REFUSED = "https://localhost:1";
const UNRESOLVABLE = "https://nowhere.invalid";

let clock: ManualClock;
let tenant: LocalTenant;
let cognito: TlsFront;
let appsync: TlsFront;
let dynamodb: TlsFront;
const sessions: AppSession[] = [];

beforeAll(async () => {
	clock = new ManualClock();
	tenant = await startTenant({ clock });
	delete process.env.AWS_ENDPOINT_URL;
	process.env.AWS_REGION = "us-east-1";
});
afterAll(() => tenant.stop());
beforeEach(async () => {
	[cognito, appsync, dynamodb] = await Promise.all([
		TlsFront.start(tenant),
		TlsFront.start(tenant),
		TlsFront.start(tenant),
	]);
	process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = cognito.url;
	process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamodb.url;
	tenant.requestLog.clear();
});
afterEach(async () => {
	for (const session of sessions.splice(0)) session.destroy();
	await Promise.all([cognito, appsync, dynamodb].map((front) => front[Symbol.asyncDispose]()));
});

function start(options: AppSessionOptions = {}): AppSession {
	const session = new AppSession({
		appsyncEndpoint: `${appsync.url}/graphql`,
		requestHandler: { httpsAgent: { ca: certificate("authority") } },
		clock,
		random: () => 0,
		...options,
	});
	sessions.push(session);
	return session;
}

/** A user without a session, who is at the same Cognito. */
function userOf(options: Partial<CognitoOptions>): Cognito {
	const { clientId = "", userPoolId = "", username } = optionsOf(tenant, { app: APP });
	const requestHandler = { httpsAgent: { ca: certificate("authority") } };
	return new Cognito({ clientId, userPoolId, username, requestHandler, clock, random: () => 0, ...options });
}

const read = (session: AppSession, endpoint?: string) =>
	session
		.client(DynamoDBClient, endpoint === undefined ? {} : { endpoint })
		.send(new DescribeTableCommand({ TableName: tenant.table }));

/** Withholds the response to the sign-in's proof until `isThere`. */
function duringSignIn(isThere: () => boolean): void {
	let responses = 0;
	cognito.beforeResponse = async () => {
		responses++;
		if (responses === 2) await until(isThere);
	};
}

describe("A session that connects ahead", () => {
	test("connects to AppSync and to the service while the user signs in, and its requests use these connections", async () => {
		duringSignIn(() => appsync.secured === 1 && dynamodb.secured === 1);
		await read(start());
		expect([cognito.opened, appsync.opened, dynamodb.opened]).toEqual([1, 1, 1]);
		expect([cognito.requests, appsync.requests, dynamodb.requests]).toEqual([2, 1, 1]);
	});

	test("connects to Cognito while the password function runs", async () => {
		const password = async () => {
			await until(() => cognito.secured === 1);
			return String(process.env.PASSWORD);
		};
		await start({ password }).ready();
		expect([cognito.opened, cognito.requests]).toEqual([1, 2]);
		expect(tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"]);
	});

	test("closes the connection to Cognito when the password function fails", async () => {
		const password = async () => {
			await until(() => cognito.secured === 1);
			throw new Error("no");
		};
		await expect(start({ password }).ready()).rejects.toMatchObject({ code: "PasswordUnavailable" });
		await until(() => cognito.open.size === 0);
	});

	test("opens one connection to each host for a thousand calls that wait for the same sign-in", async () => {
		duringSignIn(() => appsync.secured === 1 && dynamodb.secured === 1);
		const session = start();
		const client = session.client(DynamoDBClient);
		const calls = Array.from({ length: 1000 }, () => client.config.credentials());
		await Promise.all([read(session), ...calls]);
		expect([cognito.opened, appsync.opened, dynamodb.opened]).toEqual([1, 1, 1]);
	});

	test("creates a client and a command of the program's own classes once, and runs their middleware once", async () => {
		const runs: string[] = [];
		class OwnClient extends DynamoDBClient {
			constructor(config: DynamoDBClientConfig) {
				super(config);
				runs.push("client");
				const noting: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (args) => {
					runs.push("middleware");
					return next(args);
				};
				this.middlewareStack.add(noting, { step: "initialize" });
			}
		}
		class OwnCommand extends DescribeTableCommand {
			constructor(input: DescribeTableCommandInput) {
				super(input);
				runs.push("command");
			}
		}
		duringSignIn(() => dynamodb.secured === 1);
		await start()
			.client(OwnClient)
			.send(new OwnCommand({ TableName: tenant.table }));
		expect(runs).toEqual(["client", "command", "middleware"]);
		expect([dynamodb.opened, dynamodb.requests]).toEqual([1, 1]);
	});

	test("uses the connections that it has, and opens new ones when the hosts have closed them", async () => {
		const session = start();
		await read(session);
		await clock.advance(3_590_000);
		await read(session);
		expect([cognito.opened, appsync.opened, dynamodb.opened]).toEqual([1, 1, 1]);
		for (const { open } of [cognito, appsync, dynamodb]) for (const socket of open) socket.destroy();
		await until(() => cognito.open.size + appsync.open.size + dynamodb.open.size === 0);
		await new Promise((resolve) => setTimeout(resolve, 50));
		cognito.beforeResponse = () => until(() => appsync.secured === 2 && dynamodb.secured === 2);
		await clock.advance(3_601_000);
		await read(session);
		expect([cognito.opened, appsync.opened, dynamodb.opened]).toEqual([2, 2, 2]);
	});

	test("connects when its request is ready with connectAhead: false", async () => {
		const seen: number[] = [];
		const password = async () => {
			await new Promise((resolve) => setTimeout(resolve, 30));
			seen.push(cognito.opened);
			return String(process.env.PASSWORD);
		};
		cognito.beforeResponse = async () => {
			await new Promise((resolve) => setTimeout(resolve, 30));
			seen.push(appsync.opened + dynamodb.opened);
		};
		await read(start({ connectAhead: false, password }));
		expect(seen).toEqual([0, 0, 0]);
		expect([cognito.opened, appsync.opened, dynamodb.opened]).toEqual([1, 1, 1]);
	});

	test("closes the connections that nothing used when the sign-in fails", async () => {
		duringSignIn(() => appsync.secured === 1 && dynamodb.secured === 1);
		await expect(read(start({ password: "wrong" }))).rejects.toMatchObject({ code: "SignInRejected" });
		await until(() => appsync.open.size + dynamodb.open.size === 0);
		expect([appsync.requests, dynamodb.requests]).toEqual([0, 0]);
	});

	test("closes the connections that nothing used when it is destroyed during the sign-in", async () => {
		const session = start();
		duringSignIn(() => {
			if (appsync.secured + dynamodb.secured === 2) session.destroy();
			return appsync.secured + dynamodb.secured === 2;
		});
		await expect(read(session)).rejects.toMatchObject({ code: "SessionDestroyed" });
		await until(() => appsync.open.size + dynamodb.open.size === 0);
	});
});

describe("A user without a session", () => {
	test("connects to Cognito while the password function runs", async () => {
		const password = async () => {
			await until(() => cognito.secured === 1);
			return String(process.env.PASSWORD);
		};
		await using user = userOf({ password });
		await user.getAccessToken();
		expect([cognito.opened, cognito.requests]).toEqual([1, 2]);
	});

	test("connects to Cognito when its request is ready with connectAhead: false", async () => {
		let opened: number | undefined;
		const password = async () => {
			await new Promise((resolve) => setTimeout(resolve, 30));
			opened = cognito.opened;
			return String(process.env.PASSWORD);
		};
		await using user = userOf({ password, connectAhead: false });
		await user.getAccessToken();
		expect([opened, cognito.opened, cognito.requests]).toEqual([0, 1, 2]);
	});
});

test("a connection that no request uses for 10 s is closed, and the next request opens another", async () => {
	jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "performance", "queueMicrotask", "Date"] });
	const agent = new AheadAgent({ ca: certificate("authority"), keepAlive: true });
	agent.connectAhead(new URL(appsync.url));
	agent.connectAhead(new URL(appsync.url));
	await until(() => appsync.secured === 1);
	jest.advanceTimersByTime(9_999);
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
	expect([appsync.opened, appsync.open.size]).toEqual([1, 1]);
	jest.advanceTimersByTime(1);
	await until(() => appsync.open.size === 0);
	jest.useRealTimers();
	const response = once(request(appsync.url, { agent }).end(), "response");
	(await response)[0].resume();
	expect(appsync.opened).toBe(2);
	agent.destroy();
});

test("a connection that is opened ahead resumes the TLS session of an earlier one, as that of a request does", async () => {
	const agent = new AheadAgent({ ca: certificate("authority"), keepAlive: true });
	for (let connections = 1; connections <= 3; connections++) {
		agent.connectAhead(new URL(appsync.url));
		await until(() => appsync.secured === connections);
		(await once(request(appsync.url, { agent }).end(), "response"))[0].resume();
		for (const socket of appsync.open) socket.destroy();
		await until(() => Object.keys({ ...agent.sockets, ...agent.freeSockets }).length === 0);
	}
	expect([appsync.opened, appsync.resumed]).toEqual([3, 2]);
	agent.destroy();
});

test("a connection that was closed ahead is not handed to a request", async () => {
	const agent = new AheadAgent({ ca: certificate("authority"), keepAlive: true });
	const close = agent.connectAhead(new URL(appsync.url));
	await until(() => appsync.secured === 1);
	const sent = () => once(request(appsync.url, { agent }).end(), "response");
	close();
	(await sent())[0].resume();
	expect(appsync.opened).toBe(2);
	agent.destroy();
});

test("a handler that has connected ahead, and sent nothing, closes the connection when it is destroyed", async () => {
	const handler = new AheadHandler({ httpsAgent: { ca: certificate("authority") } });
	handler.connectAhead(new URL(appsync.url));
	await until(() => appsync.secured === 1);
	handler.destroy();
	await until(() => appsync.open.size === 0);
});

test("a call that needs no credentials does not sign the user in", async () => {
	const client = start().client(CognitoIdentityProviderClient, { endpoint: tenant.url });
	await client.send(new SignUpCommand({ ClientId: "none", Username: "jo", Password: "none" })).catch(() => {});
	expect(tenant.requestLog.operations()).toEqual(["SignUp"]);
});

test("options that no agent accepts are the error of the call, and of nothing else", async () => {
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => void unhandled.push(reason);
	process.on("unhandledRejection", note);
	await expect(start({ requestHandler: { httpsAgent: { scheduling: "random" } } }).ready()).rejects.toThrow(
		"scheduling",
	);
	await new Promise((resolve) => setTimeout(resolve, 20));
	process.off("unhandledRejection", note);
	expect(unhandled).toEqual([]);
});

test.each([true, false])(
	"a session reaches hosts that show a certificate and its intermediate authority, with connectAhead: %s",
	async (connectAhead) => {
		const hosts = () => TlsFront.start(tenant, ["below-intermediate", "intermediate"]);
		await using signIns = await hosts();
		await using queries = await hosts();
		await using items = await hosts();
		if (connectAhead) signIns.beforeResponse = () => until(() => queries.secured === 1 && items.secured === 1);
		process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = signIns.url;
		const session = start({ appsyncEndpoint: `${queries.url}/graphql`, connectAhead });
		await read(session, items.url);
		await session.query("query version { GetVersion }");
		expect([signIns.opened, queries.opened, items.opened]).toEqual([1, 1, 1]);
		expect([signIns.requests, queries.requests, items.requests]).toEqual([2, 2, 1]);
	},
);

describe("A connection that fails ahead", () => {
	/** Breaks off every connection at the first byte of the handshake. */
	let breaking: Server;
	let wrongHost: TlsFront;
	let untrusted: TlsFront;
	let withoutIntermediate: TlsFront;
	let belowServer: TlsFront;
	const FAULTS: Readonly<Record<string, () => string>> = {
		"to a refused port": () => REFUSED,
		"to an unresolvable name": () => UNRESOLVABLE,
		"to a host that breaks off the handshake": () => `https://localhost:${(breaking.address() as AddressInfo).port}`,
		"to a host with the certificate of another": () => wrongHost.url,
		"to a host with an untrusted certificate": () => untrusted.url,
		"to a host that does not show its intermediate authority": () => withoutIntermediate.url,
		"to a host with a certificate that another server's certificate issued": () => belowServer.url,
	};

	beforeAll(async () => {
		breaking = createServer((socket) => {
			socket.once("data", () => socket.destroy()).on("error", () => {});
		});
		await new Promise<void>((resolve) => breaking.listen(0, "127.0.0.1", resolve));
		[wrongHost, untrusted, withoutIntermediate, belowServer] = await Promise.all([
			TlsFront.start(tenant, ["other-host"]),
			TlsFront.start(tenant, ["self-signed"]),
			TlsFront.start(tenant, ["below-intermediate"]),
			TlsFront.start(tenant, ["below-valid", "valid"]),
		]);
	});
	afterAll(async () => {
		breaking.close();
		const fronts = [wrongHost, untrusted, withoutIntermediate, belowServer];
		await Promise.all(fronts.map((front) => front[Symbol.asyncDispose]()));
	});

	/** What a caller sees of an error. */
	const shown = (error: { code?: string; name?: string; message?: string; transient?: boolean; cause?: unknown }) => ({
		name: error.name,
		code: error.code,
		message: error.message,
		transient: error.transient,
		cause: (error.cause as { code?: string } | undefined)?.code,
	});

	/** The error of a call with `connectAhead` on and off, and the operations that reached the tenant. */
	async function outcomes(call: (connectAhead: boolean) => Promise<unknown>) {
		const results = [];
		for (const connectAhead of [true, false]) {
			tenant.requestLog.clear();
			const error = await call(connectAhead).then(
				() => shown({ name: "none" }),
				(reason) => shown(reason),
			);
			results.push({ ...error, operations: tenant.requestLog.operations() });
		}
		return results;
	}

	test.each(Object.entries(FAULTS))("%s, Cognito's, leaves the error of the sign-in as it is", async (_, urlOf) => {
		const [ahead, serial] = await outcomes(async (connectAhead) => {
			const password = async () => {
				await new Promise((resolve) => setTimeout(resolve, 30));
				return String(process.env.PASSWORD);
			};
			await using user = userOf({ password, endpoint: urlOf(), connectAhead, maxAttempts: 1 });
			await user.getAccessToken();
		});
		expect(ahead).toEqual(serial);
		expect(ahead?.operations).toEqual([]);
		expect(ahead?.code).toMatch(/^(CognitoUnavailable|CertificateRejected)$/);
	});

	test.each(Object.entries(FAULTS))("%s, AppSync's, leaves the error of the call as it is", async (_, urlOf) => {
		const [ahead, serial] = await outcomes((connectAhead) =>
			read(start({ appsyncEndpoint: `${urlOf()}/graphql`, connectAhead, maxAttempts: 1 })),
		);
		expect(ahead).toEqual(serial);
		expect(ahead?.operations).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);
		expect(ahead?.code).toMatch(/^(AppSyncUnavailable|CertificateRejected)$/);
	});

	test.each(Object.entries(FAULTS))("%s, a service's, leaves the error of the call as it is", async (_, urlOf) => {
		const [ahead, serial] = await outcomes((connectAhead) => read(start({ connectAhead }), urlOf()));
		expect(ahead).toEqual(serial);
		expect(ahead?.operations).toEqual(["InitiateAuth", "RespondToAuthChallenge", expect.any(String)]);
		expect(ahead?.message).toMatch(
			/ECONNREFUSED|ENOTFOUND|disconnected before|altnames|self-signed|first certificate|certificate purpose/,
		);
	});
});

describe("A caller-provided request handler", () => {
	/** A network in which every host leads to the tenant, which notes the calls of connectAhead(). */
	class AheadNetwork extends ReroutedNetwork {
		readonly ahead: string[] = [];
		readonly closed: string[] = [];
		beforeResponse: (number: number) => Promise<void> = async () => {};

		override async handle(...request: Parameters<HttpHandler["handle"]>) {
			const number = this.origins.length + 1;
			const received = await super.handle(...request);
			await this.beforeResponse(number);
			return received;
		}

		connectAhead(url: URL): () => void {
			this.ahead.push(url.origin);
			return () => void this.closed.push(url.origin);
		}
	}

	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "connect-ahead-"));
		const profile = "endpoint_url = https://of-profile.example";
		writeFileSync(join(folder, "config"), `[profile own]\n${profile}\n[profile fips]\nuse_fips_endpoint = true\n`);
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	const S3_CALL = new ListObjectsV2Command({ Bucket: "bucket" });
	const QUEUE_CALL = new SendMessageCommand({ QueueUrl: "https://sqs.us-east-1.amazonaws.com/1/q", MessageBody: "hi" });
	const TABLE_CALL = new DescribeTableCommand({ TableName: "table" });

	/** The variables, the configuration and the call of a client, and the origin of its request. */
	const CALLS: Readonly<Record<string, readonly [Record<string, string>, object, "s3" | "sqs" | "dynamodb", string]>> =
		{
			"in the configured region": [
				{ AWS_REGION: "eu-west-1" },
				{},
				"dynamodb",
				"https://dynamodb.eu-west-1.amazonaws.com",
			],
			"in its own region": [{}, { region: "eu-west-2" }, "dynamodb", "https://dynamodb.eu-west-2.amazonaws.com"],
			"with FIPS": [{}, { useFipsEndpoint: true }, "dynamodb", "https://dynamodb-fips.us-east-1.amazonaws.com"],
			"with dual stack": [{}, { useDualstackEndpoint: true }, "dynamodb", "https://dynamodb.us-east-1.api.aws"],
			"at its own endpoint": [{}, { endpoint: "https://own.example:8443" }, "dynamodb", "https://own.example:8443"],
			"at the endpoint of a variable": [
				{ AWS_ENDPOINT_URL_DYNAMODB: "https://of-variable.example" },
				{},
				"dynamodb",
				"https://of-variable.example",
			],
			"at the endpoint of a profile": [{ AWS_PROFILE: "own" }, {}, "dynamodb", "https://of-profile.example"],
			"with FIPS of a profile": [
				{ AWS_PROFILE: "fips" },
				{},
				"dynamodb",
				"https://dynamodb-fips.us-east-1.amazonaws.com",
			],
			"of a queue": [{}, {}, "sqs", "https://sqs.us-east-1.amazonaws.com"],
			"of a bucket": [{}, {}, "s3", "https://bucket.s3.us-east-1.amazonaws.com"],
			"of a bucket in its path": [{}, { forcePathStyle: true }, "s3", "https://s3.us-east-1.amazonaws.com"],
		};

	test.each(Object.entries(CALLS))(
		"with connectAhead() is called for Cognito, AppSync and the host of a client %s",
		async (_, [variables, config, service, origin]) => {
			const environment = process.env;
			process.env = {
				...withoutAwsVariables(folder),
				AWS_REGION: "us-east-1",
				AWS_CONFIG_FILE: join(folder, "config"),
				...variables,
			};
			const network = new AheadNetwork(tenant);
			const isAhead = () => network.ahead.length === 3;
			network.beforeResponse = (number) => (number === 2 ? until(isAhead) : Promise.resolve());
			const session = start({
				...optionsOf(tenant, { app: APP }),
				appsyncEndpoint: "https://appsync.example/graphql",
				requestHandler: network,
			});
			const more = { maxAttempts: 1, ...config };
			const calls = {
				dynamodb: () => session.client(DynamoDBClient, more).send(TABLE_CALL),
				s3: () => session.client(S3Client, more).send(S3_CALL),
				sqs: () => session.client(SQSClient, more).send(QUEUE_CALL),
			};
			await calls[service]().catch(() => {});
			process.env = environment;
			expect(new Set(network.ahead)).toEqual(new Set(network.origins));
			expect(network.origins).toContain("https://appsync.example");
			expect(network.origins.at(-1)).toBe(origin);
			expect(network.closed).not.toContain("https://appsync.example");
			network.destroy();
		},
	);

	test("without connectAhead() sends the same requests as ever", async () => {
		const network = new ReroutedNetwork(tenant);
		await read(start({ requestHandler: network }), dynamodb.url);
		expect(network.origins).toEqual([cognito.url, cognito.url, appsync.url, dynamodb.url]);
		network.destroy();
	});

	const CONNECT_AHEADS: readonly (readonly [string, () => unknown])[] = [
		["throws", () => fail("connect")],
		["returns nothing", () => undefined],
		["is asynchronous", async () => () => {}],
		["rejects", async () => fail("connect")],
		["returns a function that throws", () => () => fail("close")],
	];

	test.each(CONNECT_AHEADS)("whose connectAhead() %s changes neither a call nor its error", async (_, connectAhead) => {
		const unhandled: unknown[] = [];
		const note = (reason: unknown) => void unhandled.push(reason);
		process.on("unhandledRejection", note);
		const network = Object.assign(new ReroutedNetwork(tenant), { connectAhead: connectAhead as () => () => void });
		await read(start({ requestHandler: network }), dynamodb.url);
		expect(network.origins).toHaveLength(4);
		const wrong = start({ requestHandler: network, password: "wrong" });
		await expect(read(wrong, dynamodb.url)).rejects.toMatchObject({ code: "SignInRejected" });
		await new Promise((resolve) => setTimeout(resolve, 20));
		process.off("unhandledRejection", note);
		expect(unhandled).toEqual([]);
		network.destroy();
	});

	function fail(message: string): never {
		throw new Error(message);
	}
});

describe("A process", () => {
	let program: string;
	beforeAll(async () => {
		const contents = `
			import { DynamoDBClient, DescribeTableCommand } from "@aws-sdk/client-dynamodb";
			import { AppSession } from "./src/index.ts";
			const session = new AppSession();
			const call = session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: process.argv[2] }));
			console.log(await call.then(() => "success", (error) => error.code ?? String(error)));`;
		program = await buildProgram("connect-ahead", contents);
	});

	/** Runs the program to its end, and returns its output. */
	async function run(variables: Readonly<Record<string, string>>): Promise<string> {
		const NODE_EXTRA_CA_CERTS = fileURLToPath(new URL("../vectors/certificates/authority.pem", import.meta.url));
		const env = { ...process.env, NODE_EXTRA_CA_CERTS, APPSYNC_ENDPOINT: `${appsync.url}/graphql`, ...variables };
		const child = spawn(process.execPath, [program, tenant.table], { env, stdio: ["ignore", "pipe", "inherit"] });
		let output = "";
		child.stdout.on("data", (chunk) => {
			output += chunk;
		});
		await once(child, "close");
		return output.trim();
	}

	test("with a session that is not destroyed connects ahead, and ends", async () => {
		duringSignIn(() => appsync.secured === 1 && dynamodb.secured === 1);
		expect(await run({})).toBe("success");
		expect([cognito.opened, appsync.opened, dynamodb.opened]).toEqual([1, 1, 1]);
	});

	test("ends after a failed sign-in, although the hosts that it connected to never complete the handshake", async () => {
		let silent = 0;
		const mute = createServer((socket) => {
			silent++;
			socket.on("error", () => {}).resume();
		});
		await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
		const url = `https://localhost:${(mute.address() as AddressInfo).port}`;
		duringSignIn(() => silent === 2);
		const variables = { PASSWORD: "wrong", APPSYNC_ENDPOINT: `${url}/graphql` };
		const program = run({ ...variables, AWS_ENDPOINT_URL_DYNAMODB: url.replace("localhost", "127.0.0.1") });
		expect(await program).toBe("SignInRejected");
		expect(silent).toBe(2);
		mute.close();
	});
});
