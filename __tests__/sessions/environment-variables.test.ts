import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as forward, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { ApiSession, type EchoStreamSessionOptions } from "../../src/index.ts";
import { buildProgram } from "../support/program.ts";
import { ReroutedNetwork, withoutAwsVariables } from "../support/rerouted-network.ts";
import { optionsOf } from "../support/signed-in.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CERTIFICATES = join(ROOT, "__tests__/vectors/certificates");
const AUTHORITY = join(CERTIFICATES, "authority.pem");

/** A program as users write it: signs in, queries AppSync, and calls DynamoDB. Prints how that ended, and nothing else. */
const PROGRAM = `
	import { DynamoDBClient, DescribeTableCommand } from "@aws-sdk/client-dynamodb";
	import { NodeHttpHandler } from "@smithy/node-http-handler";
	import { HttpsProxyAgent } from "https-proxy-agent";
	import { readFileSync } from "node:fs";
	import { rootCertificates } from "node:tls";
	import { AppSession } from "./src/index.ts";

	const { HANDLER, HTTPS_PROXY, TABLE } = process.env;
	const ca = [...rootCertificates, readFileSync(process.env.AUTHORITY, "utf8")];
	const handlers = {
		none: () => undefined,
		"https-proxy-agent": () => new NodeHttpHandler({ httpsAgent: new HttpsProxyAgent(HTTPS_PROXY, { keepAlive: true }) }),
		proxyEnv: () => new NodeHttpHandler({ httpsAgent: { proxyEnv: process.env } }),
		ca: () => new NodeHttpHandler({ httpsAgent: { ca } }),
	};
	const requestHandler = handlers[HANDLER]();
	const session = new AppSession({ requestHandler, maxAttempts: 1, requestTimeoutMs: 60_000 });
	try {
		const { Table } = await session.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: TABLE }));
		console.log(JSON.stringify({ outcome: Table.TableName === TABLE ? "success" : "another table" }));
	} catch (error) {
		console.log(JSON.stringify({ outcome: error.cause?.code ?? error.code ?? error.name }));
	}
	session.destroy();
	requestHandler?.destroy();
`;

let folder: string;
let program: string;
let tenant: LocalTenant;
let tls: Server;
let proxy: Server;
/** The requests that reached the proxy. */
const proxied: string[] = [];

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "environment-variables-"));
	program = await buildProgram("environment-variables", PROGRAM);
	tenant = await LocalTenant.start();
	const pem = (name: string) => readFileSync(join(CERTIFICATES, `${name}.pem`));
	tls = createTlsServer({ key: pem("key"), cert: pem("valid") }, (incoming, outgoing) => {
		const { headers, method } = incoming;
		const onward = forward(`${tenant.url}${incoming.url}`, { headers, method }, (response) => {
			outgoing.writeHead(response.statusCode ?? 500, response.headers);
			response.pipe(outgoing);
		});
		incoming.pipe(onward);
	});
	proxy = createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
		proxied.push(`${incoming.method} ${incoming.url}`);
		outgoing.writeHead(502).end();
	});
	proxy.on("connect", (incoming, socket) => {
		proxied.push(`CONNECT ${incoming.url}`);
		const onward = connect(portOf(tls), "127.0.0.1", () => {
			socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
			onward.pipe(socket).pipe(onward);
		});
		onward.on("error", () => socket.destroy());
		socket.on("error", () => onward.destroy());
	});
	await Promise.all([listen(tls), listen(proxy)]);
});
afterAll(async () => {
	for (const server of [tls, proxy]) {
		server.closeAllConnections();
		server.close();
	}
	rmSync(folder, { recursive: true });
	await tenant.stop();
});
beforeEach(() => {
	proxied.length = 0;
	tenant.requestLog.clear();
});

type Variables = Readonly<Record<string, string>>;

/** Runs the program with these variables and next to no others, and gives its outcome. */
async function outcomeOf(variables: Variables, handler = "none"): Promise<string> {
	const url = `https://127.0.0.1:${portOf(tls)}`;
	const env = {
		PATH: process.env.PATH,
		...tenant.environment({ app: "external-app" }),
		APPSYNC_ENDPOINT: `${url}/graphql`,
		AWS_ENDPOINT_URL: url,
		AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
		AUTHORITY,
		HANDLER: handler,
		HOME: folder,
		TABLE: tenant.table,
		...variables,
	};
	const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", program], { env });
	return (JSON.parse(stdout) as { outcome: string }).outcome;
}

/** A value for each proxy variable: the proxy's URL, but for those that are no URL. */
function proxyVariables(...names: string[]): Variables {
	const url = `http://127.0.0.1:${portOf(proxy)}`;
	return Object.fromEntries(names.map((name) => [name, name === "NODE_USE_ENV_PROXY" ? "1" : url]));
}

const UNTRUSTED = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

describe("A session without a request handler of the caller", () => {
	test.each([[PROXY_VARIABLES], [[...PROXY_VARIABLES, "NODE_USE_ENV_PROXY"]]])(
		"a session without a request handler of the caller connects directly although %j are set",
		async (names) => {
			const variables = { NODE_EXTRA_CA_CERTS: AUTHORITY, ...proxyVariables(...names) };
			expect(await outcomeOf(variables)).toBe("success");
			expect(proxied).toEqual([]);
		},
	);

	test("a session without a request handler trusts a private authority that NODE_EXTRA_CA_CERTS names", async () => {
		expect(await outcomeOf({})).toBe(UNTRUSTED);
		expect(await outcomeOf({ NODE_EXTRA_CA_CERTS: AUTHORITY })).toBe("success");
	});

	test.each(["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])(
		"a session without a request handler does not trust a private authority that %s names",
		async (name) => {
			expect(await outcomeOf({ [name]: AUTHORITY })).toBe(UNTRUSTED);
		},
	);

	test("a session without a request handler trusts a private authority that SSL_CERT_FILE names, where Node runs with --use-openssl-ca", async () => {
		const variables = { SSL_CERT_FILE: AUTHORITY, NODE_OPTIONS: "--use-openssl-ca" };
		expect(await outcomeOf(variables)).toBe("success");
	});

	test("a session without a request handler trusts every certificate with NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
		expect(await outcomeOf({ NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toBe("success");
	});

	test("a session without a request handler does not trust a private authority that ca_bundle of the shared config file names", async () => {
		const AWS_CONFIG_FILE = join(folder, "config");
		writeFileSync(AWS_CONFIG_FILE, `[default]\nca_bundle = ${AUTHORITY}\n`);
		expect(await outcomeOf({ AWS_CONFIG_FILE })).toBe(UNTRUSTED);
	});
});

describe("A session with a request handler of the caller", () => {
	/** Node takes `proxyEnv` from 22.21 and 24.5 on, and ignores it before. */
	function knowsProxyEnv(): boolean {
		const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
		return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
	}

	test("a session with an agent of https-proxy-agent sends sign-ins, queries and clients' requests through a proxy", async () => {
		const variables = { NODE_EXTRA_CA_CERTS: AUTHORITY, ...proxyVariables("HTTPS_PROXY") };
		expect(await outcomeOf(variables, "https-proxy-agent")).toBe("success");
		expect(new Set(proxied)).toEqual(new Set([`CONNECT 127.0.0.1:${portOf(tls)}`]));
		expect(tenant.requestLog.operations()).toContain("DescribeTable");
	});

	test("a session with proxyEnv sends its requests through a proxy, where this Node supports that option", async () => {
		const variables = { NODE_EXTRA_CA_CERTS: AUTHORITY, ...proxyVariables("HTTPS_PROXY") };
		expect(await outcomeOf(variables, "proxyEnv")).toBe("success");
		expect(proxied.length > 0).toBe(knowsProxyEnv());
	});

	test("a session with proxyEnv sends requests directly to a host that NO_PROXY names", async () => {
		const variables = { NODE_EXTRA_CA_CERTS: AUTHORITY, NO_PROXY: "127.0.0.1", ...proxyVariables("HTTPS_PROXY") };
		expect(await outcomeOf(variables, "proxyEnv")).toBe("success");
		expect(proxied).toEqual([]);
	});

	test("a session trusts the authorities of its agent", async () => {
		expect(await outcomeOf({}, "ca")).toBe("success");
	});
});

describe("The variables of the AWS SDKs", () => {
	const COGNITO = "https://cognito-idp.us-east-1.amazonaws.com";
	const ENDPOINT = "https://endpoint.example";
	let environment: NodeJS.ProcessEnv;
	let network: ReroutedNetwork;
	beforeEach(() => {
		environment = process.env;
		network = new ReroutedNetwork(tenant);
	});
	afterEach(() => {
		process.env = environment;
		network.destroy();
	});

	/** Calls DynamoDB by a new session under these variables: where its requests went, and the client's configuration. */
	async function callWith(variables: Variables, options: EchoStreamSessionOptions = {}) {
		const settings = { ...optionsOf(tenant, { apiUser: "admin" }), requestHandler: network };
		process.env = { ...withoutAwsVariables(folder), ...variables };
		await using session = new ApiSession({ ...settings, ...options });
		const client = session.client(DynamoDBClient);
		// Only where the requests went matters: the tenant takes no signature for another region or host.
		await client.send(new ListTablesCommand({})).catch(() => {});
		const [cognito, , appsync, ...dynamodb] = network.take();
		const [used, own] = await Promise.all([client.config.credentials(), session.credentials()]);
		return { cognito, appsync, dynamodb: dynamodb.at(-1), config: client.config, keys: [used, own] };
	}

	test("AWS_REGION and AWS_DEFAULT_REGION choose the region of the clients, and not of the sign-in", async () => {
		for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
			const { cognito, dynamodb } = await callWith({ [name]: "eu-west-1" });
			expect([cognito, dynamodb]).toEqual([COGNITO, "https://dynamodb.eu-west-1.amazonaws.com"]);
		}
	});

	test("AWS_ENDPOINT_URL sets the endpoint of the sign-in and the clients, and not of AppSync's queries", async () => {
		const { cognito, appsync, dynamodb } = await callWith({ AWS_ENDPOINT_URL: ENDPOINT, AWS_REGION: "us-east-1" });
		expect([cognito, appsync, dynamodb]).toEqual([ENDPOINT, tenant.url, ENDPOINT]);
	});

	test("AWS_ENDPOINT_URL_<SERVICE> sets the endpoint of that service, the sign-in or the clients of one service", async () => {
		const AWS_REGION = "us-east-1";
		const login = await callWith({ AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: ENDPOINT, AWS_REGION });
		expect([login.cognito, login.dynamodb]).toEqual([ENDPOINT, "https://dynamodb.us-east-1.amazonaws.com"]);
		const clients = await callWith({ AWS_ENDPOINT_URL_DYNAMODB: ENDPOINT, AWS_REGION });
		expect([clients.cognito, clients.dynamodb]).toEqual([COGNITO, ENDPOINT]);
		const neither = { AWS_ENDPOINT_URL: ENDPOINT, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true", AWS_REGION };
		const ignored = await callWith(neither);
		expect([ignored.cognito, ignored.dynamodb]).toEqual([COGNITO, "https://dynamodb.us-east-1.amazonaws.com"]);
	});

	test("AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT apply to the sign-in and the clients", async () => {
		const variables = { AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true", AWS_REGION: "us-east-2" };
		const { cognito, appsync, dynamodb } = await callWith(variables);
		expect([cognito, appsync, dynamodb]).toEqual([
			"https://cognito-idp-fips.us-east-1.amazonaws.com",
			tenant.url,
			"https://dynamodb-fips.us-east-2.api.aws",
		]);
	});

	test("endpoint_url is read from the profile of AWS_PROFILE by sign-in and clients, of profileName by the sign-in", async () => {
		const AWS_CONFIG_FILE = join(folder, "endpoint");
		writeFileSync(AWS_CONFIG_FILE, `[profile work]\nregion = us-east-1\nendpoint_url = ${ENDPOINT}\n`);
		const variable = await callWith({ AWS_CONFIG_FILE, AWS_PROFILE: "work" });
		expect([variable.cognito, variable.dynamodb]).toEqual([ENDPOINT, ENDPOINT]);
		const option = await callWith({ AWS_CONFIG_FILE }, { profileName: "work" });
		expect([option.cognito, option.dynamodb]).toEqual([ENDPOINT, "https://dynamodb.us-east-1.amazonaws.com"]);
	});

	test("AWS_MAX_ATTEMPTS, AWS_RETRY_MODE and AWS_DEFAULTS_MODE apply to the clients only", async () => {
		tenant.faults.add({ operation: "InitiateAuth", status: 503, times: 2 });
		const { cognito, config } = await callWith({
			AWS_DEFAULTS_MODE: "mobile",
			AWS_MAX_ATTEMPTS: "1",
			AWS_REGION: "us-east-1",
			AWS_RETRY_MODE: "adaptive",
		});
		expect(cognito).toBe(COGNITO);
		expect(tenant.requestLog.count("InitiateAuth")).toBe(3);
		const retryMode = typeof config.retryMode === "function" ? config.retryMode() : config.retryMode;
		expect([await config.maxAttempts(), await retryMode]).toEqual([1, "adaptive"]);
	});

	test("AWS_ACCESS_KEY_ID and similar variables are read by nothing", async () => {
		const { keys } = await callWith({
			AWS_ACCESS_KEY_ID: "AKIAOFSOMEBODYELSE",
			AWS_REGION: "us-east-1",
			AWS_SECRET_ACCESS_KEY: "secret",
			AWS_SESSION_TOKEN: "token",
		});
		const [used, own] = keys.map(({ accessKeyId }) => accessKeyId);
		expect(used).toBe(own);
		expect(used).not.toBe("AKIAOFSOMEBODYELSE");
	});
});

test("docs/proxies.md has no variable in its table that no test sets", () => {
	const table = readFileSync(join(ROOT, "docs/proxies.md"), "utf8").match(/^\| `\w+`.*$/gm) ?? [];
	const named = table.flatMap((row) => row.split("|")[1]?.match(/\b[A-Za-z]+_[A-Za-z_]+\b/g) ?? []);
	const variables = new Set(named.filter((name) => name !== "ca_bundle" && name !== "endpoint_url"));
	const files = readdirSync(join(ROOT, "__tests__"), { recursive: true, encoding: "utf8" });
	const tests = files
		.filter((file) => file.endsWith(".test.ts"))
		.map((file) => readFileSync(join(ROOT, "__tests__", file), "utf8"));
	expect(variables.size).toBeGreaterThan(25);
	expect([...variables].filter((name) => !tests.some((text) => text.includes(name)))).toEqual([]);
});
