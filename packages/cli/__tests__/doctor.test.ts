import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalTenant, type LocalTenantOptions } from "echostream-local";
import { LyingServer, type Reply } from "../../../__tests__/support/lying-server.ts";
import { TlsFront } from "../../../__tests__/support/tls-front.ts";
import { type Output, outputIn } from "./support/output-of.ts";
import { type Ended, Workplace } from "./support/workplace.ts";

const APP = "external-app";
const USER = "external-app-user";
const PASSWORD = "Canary-passw0rd-1!";
const AUTHORITY = fileURLToPath(new URL("../../../__tests__/vectors/certificates/authority.pem", import.meta.url));
const PROXY = "http://proxy-user:Canary-proxy@127.0.0.1:9";

let tenant: LocalTenant;
let place: Workplace;
/** What a test has started, to be ended after it. */
const started: (AsyncDisposable | Disposable)[] = [];

beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());
beforeEach(() => {
	place = begun(new Workplace(tenant.environment({ app: APP })));
});
afterEach(async () => {
	for (const one of started.splice(0).reverse()) {
		if (Symbol.asyncDispose in one) await one[Symbol.asyncDispose]();
		else one[Symbol.dispose]();
	}
	tenant.faults.clear();
	tenant.active = true;
	tenant.userPool.disableUser(USER, false);
});

function startTenant(options: LocalTenantOptions = {}): Promise<LocalTenant> {
	return LocalTenant.start({ apps: [{ name: APP, password: PASSWORD }], ...options });
}

function begun<T extends AsyncDisposable | Disposable>(one: T): T {
	started.push(one);
	return one;
}

/** Variables of a tenant of this test. */
async function tenantWith(options: LocalTenantOptions): Promise<Record<string, string>> {
	return begun(await startTenant(options)).environment({ app: APP });
}

/** Variables of the tenant behind TLS, for AppSync alone. */
async function tlsWith(...certificates: string[]): Promise<Record<string, string>> {
	const { url } = begun(await TlsFront.start(tenant, certificates));
	return { APPSYNC_ENDPOINT: `${url}/graphql`, NODE_EXTRA_CA_CERTS: AUTHORITY };
}

/** Variables of a server that responds to everything with a reply, in the place of Cognito and AppSync. */
async function lyingWith(reply: Reply): Promise<Record<string, string>> {
	const { url } = begun(await LyingServer.start(() => reply));
	return { AWS_ENDPOINT_URL: url, APPSYNC_ENDPOINT: `${url}/graphql` };
}

/** Port of a server that does this to every connection. */
async function rawPort(onConnection: (socket: Socket) => void): Promise<number> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket.on("error", () => {}));
		onConnection(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	begun({
		[Symbol.dispose]() {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	});
	return (server.address() as AddressInfo).port;
}

/** Port whose connections are never completed, as behind a firewall that drops packets: the queue of its server is full. */
async function droppingPort(): Promise<number> {
	const script = `const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
		require("node:fs").writeSync(1, String(server.address().port));
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	});`;
	const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
	const port = Number(await new Promise((resolve) => child.stdout.once("data", resolve)));
	const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
	begun({
		[Symbol.dispose]() {
			for (const one of fillers) one.destroy();
			child.kill("SIGKILL");
		},
	});
	// The first connection is complete once the system has queued it, and then the others follow at once or never.
	await new Promise((resolve) => fillers[0]?.once("connect", resolve));
	return port;
}

/**
 * Runs the command, and checks what holds for every run. It is a process if Node reads a variable at its start, or if something that never
 * ends might keep it.
 */
async function doctor(variables: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Output | Ended> {
	const isProcess = "NODE_EXTRA_CA_CERTS" in variables || args.includes("--timeout");
	const ended = await (isProcess
		? place.echostream(["doctor", ...args], variables)
		: outputIn(place, ["doctor", ...args], variables));
	// Neither a secret nor colors.
	expect(ended.printed).not.toMatch(/Canary|eyJ|ASIA/);
	expect(ended.printed).not.toContain(String.fromCharCode(27));
	expect(ended.errors).toBe("");
	return ended;
}

interface Broken {
	/** What is broken. Returns the variables that lead there. */
	readonly setUp: () => Promise<NodeJS.ProcessEnv> | NodeJS.ProcessEnv;
	/** The first check that fails. */
	readonly check: string;
	readonly cause: RegExp;
	readonly remedy: RegExp;
	readonly args?: readonly string[];
}

const NO_SETTINGS = Object.fromEntries(
	["APPSYNC_ENDPOINT", "TENANT", "APP", "USER_POOL_ID", "CLIENT_ID", "USER_NAME"].map((name) => [name, undefined]),
);

const BROKEN: Readonly<Record<string, Broken>> = {
	"no settings": {
		setUp: () => NO_SETTINGS,
		check: "settings",
		cause: /These settings are missing in the environment:\n +APPSYNC_ENDPOINT \(or --appsync-endpoint\)/,
		remedy: /Set them there, pass the flags, or create a profile: echostream configure/,
	},
	"a profile that does not exist": {
		setUp: () => ({}),
		args: ["--profile", "prod"],
		check: "settings",
		cause: /The profile prod was not found/,
		remedy: /Create it: echostream configure --profile prod/,
	},
	"plain http to a remote host": {
		setUp: () => ({ APPSYNC_ENDPOINT: "http://api.example/graphql" }),
		check: "settings",
		cause: /APPSYNC_ENDPOINT\): uses plain http to the remote host api\.example/,
		remedy: /Use https/,
	},
	"a password in the URL of an API": {
		setUp: () => ({ APPSYNC_ENDPOINT: "https://jo:Canary-url@api.example/graphql" }),
		check: "settings",
		cause: /APPSYNC_ENDPOINT\): contains a user name or a password/,
		remedy: /remove it/,
	},
	"an endpoint without /graphql": {
		setUp: () => ({ APPSYNC_ENDPOINT: `${tenant.url}/` }),
		check: "AppSync response",
		cause: /has no API at the path \//,
		remedy: /ends with \/graphql: check APPSYNC_ENDPOINT/,
	},
	"a name that does not exist": {
		setUp: () => ({ APPSYNC_ENDPOINT: "https://nowhere.invalid/graphql" }),
		check: "AppSync name",
		cause: /The name nowhere\.invalid was not found|No name server returned an address of nowhere\.invalid/,
		remedy: /Is this machine online\?|Check APPSYNC_ENDPOINT/,
	},
	"a port without a server": {
		setUp: async () => {
			const { url } = await startTenant().then(async (one) => {
				await one.stop();
				return one;
			});
			return { APPSYNC_ENDPOINT: `${url.replace("http:", "https:")}/graphql` };
		},
		check: "AppSync connection",
		cause: /refused the connection: no server listens there/,
		remedy: /Check APPSYNC_ENDPOINT/,
	},
	"a firewall that drops packets": {
		setUp: async () => ({ APPSYNC_ENDPOINT: `https://127.0.0.1:${await droppingPort()}/graphql` }),
		args: ["--timeout", "1"],
		check: "AppSync connection",
		cause: /no connection to 127\.0\.0\.1:\d+ within 1 s.* firewall that drops packets/,
		remedy: /Allow outgoing TCP connections to 127\.0\.0\.1:\d+/,
	},
	"a firewall where a proxy is the only way out": {
		setUp: async () => ({
			APPSYNC_ENDPOINT: `https://127.0.0.1:${await droppingPort()}/graphql`,
			HTTPS_PROXY: PROXY,
		}),
		args: ["--timeout", "1"],
		check: "AppSync connection",
		cause: /firewall that drops packets/,
		remedy: /HTTPS_PROXY is set, but this program does not use it: it needs a direct connection/,
	},
	"a server that never takes part in the TLS handshake": {
		setUp: async () => ({ APPSYNC_ENDPOINT: `https://127.0.0.1:${await rawPort(() => {})}/graphql` }),
		args: ["--timeout", "1"],
		check: "AppSync TLS",
		cause: /accepts connections, but its TLS handshake timed out after 1 s/,
		remedy: /allow TLS to 127\.0\.0\.1\. Check also that APPSYNC_ENDPOINT names the right port/,
	},
	"a connection that is reset in the TLS handshake": {
		setUp: async () => {
			const port = await rawPort((socket) => socket.once("data", () => socket.resetAndDestroy()));
			return { APPSYNC_ENDPOINT: `https://127.0.0.1:${port}/graphql` };
		},
		check: "AppSync TLS",
		cause: /was closed during the TLS handshake \(ECONNRESET\)\. A firewall or a proxy that blocks this name does so/,
		remedy: /Allow TLS to 127\.0\.0\.1 there/,
	},
	"a server that does not speak TLS": {
		setUp: () => ({ APPSYNC_ENDPOINT: `${tenant.url.replace("http:", "https:")}/graphql` }),
		check: "AppSync TLS",
		cause: /127\.0\.0\.1:\d+ does not speak TLS/,
		remedy: /Check the port in APPSYNC_ENDPOINT/,
	},
	"an expired certificate": {
		setUp: () => tlsWith("expired"),
		check: "AppSync TLS",
		cause: /The certificate of localhost has expired: it was valid until 2020-02-01 \(CERT_HAS_EXPIRED\)/,
		remedy:
			/Is the local clock right\? Its date is 20\d\d-\d\d-\d\d\. If it is, the operator of localhost has to renew/,
	},
	"a certificate that is not valid yet": {
		setUp: () => tlsWith("not-yet-valid"),
		check: "AppSync TLS",
		cause: /is not valid before 2110-01-01/,
		remedy: /Is the local clock right\?.* Set it/,
	},
	"a certificate of an unknown authority": {
		setUp: async () => ({
			...(await tlsWith("valid")),
			NODE_EXTRA_CA_CERTS: undefined,
			AWS_CA_BUNDLE: "/etc/company.pem",
		}),
		check: "AppSync TLS",
		cause: /is not trusted: it was issued by Authority for tests \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/,
		remedy: /set NODE_EXTRA_CA_CERTS to a file .* AWS_CA_BUNDLE is set, but Node does not read it/,
	},
	"a certificate of another host": {
		setUp: () => tlsWith("other-host"),
		check: "AppSync TLS",
		cause: /is for another host name: elsewhere\.example \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
		remedy: /Check APPSYNC_ENDPOINT\. A captive portal/,
	},
	"the page of a captive portal": {
		setUp: () =>
			lyingWith({
				headers: { "content-type": "text/html" },
				body: "<html><title>Hotel Wi-Fi</title>Canary-page</html>",
			}),
		check: "Cognito response",
		cause: /returns a web page in the place of Cognito \(HTTP 200, "Hotel Wi-Fi"\)/,
		remedy: /sign in to the network in a browser.* Otherwise check AWS_ENDPOINT_URL/,
	},
	"a redirect to a captive portal": {
		setUp: () => lyingWith({ status: 302, headers: { location: "https://portal.example/in?token=Canary-token" } }),
		check: "Cognito response",
		cause: /redirects to https:\/\/portal\.example \(HTTP 302\), which Cognito never does/,
		remedy: /sign in to the network in a browser/,
	},
	"a web application firewall": {
		setUp: () => lyingWith({ status: 403, body: { __type: "ForbiddenException" } }),
		check: "Cognito response",
		cause: /A firewall \(AWS WAF\) or a proxy blocks requests.* not about the permissions of the user/,
		remedy: /Allow the user agent "echostream-botocore\/\d/,
	},
	"a proxy that requires a sign-in": {
		setUp: () => lyingWith({ status: 407 }),
		check: "Cognito response",
		cause: /A proxy responds in the place of Cognito and requires a sign-in \(HTTP 407\)/,
		remedy: /Allow connections to 127\.0\.0\.1:\d+ without a sign-in/,
	},
	"a service that is down": {
		setUp: () => {
			tenant.faults.add({ status: 503, service: "appsync" });
			return {};
		},
		check: "AppSync response",
		cause: /AppSync is unavailable \(HTTP 503\)/,
		remedy: /Try again later/,
	},
	"a server that never responds": {
		setUp: () => {
			tenant.faults.add({ hang: true, service: "cognito" });
			return {};
		},
		args: ["--timeout", "1"],
		check: "Cognito response",
		cause: /accepted the request, but its response timed out after 1 s/,
		remedy: /--timeout and more seconds/,
	},
	"a sign-in that never ends": {
		setUp: () => {
			tenant.faults.add({ hang: true, operation: "RespondToAuthChallenge" });
			return {};
		},
		args: ["--timeout", "1"],
		check: "sign-in",
		cause: /timed out after 1000 ms/,
		remedy: /pass --timeout with more seconds/,
	},
	"a local clock that is two hours slow": {
		setUp: () => {
			tenant.faults.add({ dateSkewMs: 7_200_000 });
			return {};
		},
		check: "clock",
		cause: /The local clock is 2 hours slow: its time is 20\d\d/,
		remedy: /turn on its synchronization/,
	},
	"servers whose dates differ": {
		setUp: () => {
			tenant.faults.add({ dateSkewMs: -600_000, service: "appsync" });
			return {};
		},
		check: "clock",
		cause: /dates of Cognito and AppSync differ by 10 minutes.* equal to Cognito's, and 10 minutes ahead of AppSync's/,
		remedy: /A proxy may respond with an old date/,
	},
	"no password": {
		setUp: () => ({ PASSWORD: undefined }),
		check: "password",
		cause: /No password was found/,
		remedy: /Set PASSWORD, PASSWORD_COMMAND or PASSWORD_FILE in the environment/,
	},
	"a password command that never ends": {
		setUp: () => ({ PASSWORD: undefined, PASSWORD_COMMAND: "sleep 20 2>/dev/null; echo never" }),
		args: ["--timeout", "1"],
		check: "password",
		cause: /The password was not found within 1 s: PASSWORD_COMMAND has not ended/,
		remedy: /Run that command by itself/,
	},
	"a wrong password": {
		setUp: () => ({ PASSWORD: "Canary-wrong" }),
		check: "sign-in",
		cause: /Incorrect username or password/,
		remedy: /USER_NAME is external-app-user\. Check it, and the password, in the environment/,
	},
	"a disabled user": {
		setUp: () => {
			tenant.userPool.disableUser(USER);
			return {};
		},
		check: "sign-in",
		cause: /User is disabled/,
		remedy: /An administrator of the user pool can enable the user/,
	},
	"an app client that does not exist": {
		setUp: () => ({ CLIENT_ID: "nobody" }),
		check: "sign-in",
		cause: /User pool client nobody does not exist/,
		remedy: /USER_POOL_ID is us-east-1_\w+, and CLIENT_ID is nobody\. Check both in the environment/,
	},
	"a second factor without a terminal": {
		setUp: () =>
			tenantWith({
				userPool: {
					users: [{ username: USER, password: PASSWORD, mfa: [{ type: "TOTP", secret: "JBSWY3DPEHPK3PXP" }] }],
				},
			}),
		check: "sign-in",
		cause: /Cognito requires SOFTWARE_TOKEN_MFA/,
		remedy: /Run the command in a terminal, which asks for the answer/,
	},
	"an API of another user pool": {
		setUp: async () => ({ APPSYNC_ENDPOINT: (await tenantWith({})).APPSYNC_ENDPOINT }),
		check: "query",
		cause: /rejected the access token/,
		remedy: /USER_POOL_ID is us-east-1_\w+, and APPSYNC_ENDPOINT is http.* that they belong together/,
	},
	"an app that does not exist": {
		setUp: () => ({ ...tenant.environment({ apiUser: "admin" }), APP: "nothing" }),
		check: "query",
		cause: /App nothing was not found in tenant local for user admin/,
		remedy: /APP is nothing, TENANT is local, and USER_NAME is admin\. Check in the environment/,
	},
	"the user of another app": {
		setUp: () => ({ APP: "other-app" }),
		check: "query",
		cause: /denied this query: the user is not authorized/,
		remedy: /APP is other-app, and USER_NAME is external-app-user\. The user of an app has access to that app alone/,
	},
	"the user of an app without APP": {
		setUp: () => ({ APP: undefined }),
		check: "query",
		cause: /denied this query: the user is not authorized/,
		remedy: /USER_NAME is external-app-user\. A user of an app has no access to the whole tenant: set APP/,
	},
	"a tenant that does not exist": {
		setUp: () => ({ ...tenant.environment({ apiUser: "admin" }), APP: undefined, TENANT: "nowhere" }),
		check: "query",
		cause: /Tenant nowhere was not found for user admin/,
		remedy: /TENANT is nowhere, and USER_NAME is admin/,
	},
	"a tenant that is not active": {
		setUp: () => {
			tenant.active = false;
			return {};
		},
		check: "credentials",
		cause: /Tenant local is not active/,
		remedy: /A new tenant takes some minutes to start/,
	},
	"credentials that have already expired": {
		setUp: () => tenantWith({ credentials: { dateFormat: () => "2020-01-01T00:00:00Z" } }),
		check: "credentials",
		cause: /AWS credentials that have already expired/,
		remedy: /Try again later/,
	},
	"a cache that cannot be written": {
		setUp: () => {
			writeFileSync(join(place.home, "file"), "");
			return { ECHOSTREAM_CACHE_DIR: join(place.home, "file", "cache") };
		},
		check: "cache",
		cause: /The folder \S+cache cannot be written \(ENOTDIR\)/,
		remedy: /name another one in ECHOSTREAM_CACHE_DIR.* pass --no-cache/,
	},
	"an AWS profile that runs a program that was removed": {
		setUp: () => {
			const command = `"${process.execPath}" /gone/echostream/main.js credentials --profile default`;
			writeFileSync(join(place.home, "aws-config"), `[profile mine]\ncredential_process = ${command}\n`);
			return {};
		},
		check: "AWS profiles",
		cause: /The profile mine in \S+aws-config runs \/gone\/echostream\/main\.js, which was not found/,
		remedy: /echostream configure --aws-profile mine --force/,
	},
};

describe("echostream doctor", () => {
	test.each(Object.entries(BROKEN))(
		"%s: the cause and the remedy are named, and the exit code is 1",
		async (_, one) => {
			const { status, printed } = await doctor(await one.setUp(), one.args);
			expect(status).toBe(1);
			expect(/^✖ (.*?) {2,}/m.exec(printed)?.[1]).toBe(one.check);
			const [, below = ""] = new RegExp(`^✖ ${one.check} .*\\n((?: {4}.*\\n)+)`, "m").exec(printed) ?? [];
			expect(below).toMatch(one.cause);
			expect(below).toMatch(one.remedy);
			expect(printed).toMatch(new RegExp(`^Failed: ${one.check}\\b.*\\.`, "m"));
		},
	);

	test("a wrong password is sent once", async () => {
		const before = tenant.requestLog.count("InitiateAuth");
		await doctor({ PASSWORD: "Canary-wrong" });
		expect(tenant.requestLog.count("InitiateAuth") - before).toBe(1);
	});

	test("nothing is broken: every check is ok, also over TLS, and the exit code is 0", async () => {
		const { status, printed } = await doctor(await tlsWith("valid"));
		expect(printed.split("\n").map((line) => line.replace(/ {2,}.*/, ""))).toEqual([
			"✔ settings",
			"✔ cache",
			"✔ AWS profiles",
			"✔ proxy",
			"✔ Cognito name",
			"✔ Cognito connection",
			"✔ Cognito TLS",
			"✔ Cognito response",
			"✔ AppSync name",
			"✔ AppSync connection",
			"✔ AppSync TLS",
			"✔ AppSync response",
			"✔ clock",
			"✔ password",
			"✔ sign-in",
			"✔ query",
			"✔ credentials",
			"No check failed.",
			"",
		]);
		expect(status).toBe(0);
	});

	test("an API user of a profile with a password file: every check is ok", async () => {
		const { APP: _, PASSWORD: password = "", ...values } = { APP, ...tenant.environment({ apiUser: "admin" }) };
		const file = join(place.home, "password");
		writeFileSync(file, `${password}\n`);
		const lines = Object.entries({ ...values, PASSWORD_FILE: file }).map(([name, value]) => `${name}=${value}`);
		mkdirSync(join(place.home, "config", "profiles"), { recursive: true });
		writeFileSync(join(place.home, "config", "profiles", "prod.env"), lines.join("\n"));
		const { status, printed } = await doctor({ ...NO_SETTINGS, PASSWORD: undefined }, ["--profile", "prod"]);
		expect(printed).toContain("profile prod: user admin, tenant local\n");
		expect([status, printed]).toEqual([0, expect.stringContaining("tenant local in us-east-1")]);
		expect(printed).not.toContain(password);
	});

	test("a password with a space at its end is a warning, which explains why it is rejected", async () => {
		const { status, printed } = await doctor({ PASSWORD: `${PASSWORD} ` });
		expect(printed).toMatch(/^! password .*found\n {4}The password begins or ends with white space or a quote/m);
		expect([status, printed]).toEqual([1, expect.stringMatching(/^✖ sign-in /m)]);
	});

	test("NODE_TLS_REJECT_UNAUTHORIZED=0 is a warning, and an invalid certificate fails all the same", async () => {
		const run = async (certificate: string) => {
			const variables = { ...(await tlsWith(certificate)), NODE_TLS_REJECT_UNAUTHORIZED: "0" };
			return (await place.echostream(["doctor"], variables)).printed;
		};
		expect(await run("valid")).toMatch(/^! AppSync TLS .*\n {4}NODE_TLS_REJECT_UNAUTHORIZED is 0: Node accepts every/m);
		expect(await run("expired")).toMatch(/^✖ AppSync TLS .*\n.*has expired/m);
	});

	test("a proxy variable is a warning where direct connections succeed", async () => {
		const { status, printed } = await doctor({ HTTPS_PROXY: PROXY });
		expect(printed).toMatch(/^! proxy .*HTTPS_PROXY is not used\n {4}HTTPS_PROXY is set, but this program connects/m);
		expect([status, printed]).toEqual([0, expect.stringContaining("No check failed. Warnings: proxy.")]);
	});

	test("a cache that others can read is a warning, with the command that mends it", async () => {
		await place.echostream(["credentials"]);
		const key = join(place.home, "config", "cache-key");
		chmodSync(key, 0o644);
		const { printed } = await doctor({});
		expect(printed).toMatch(/^! cache .*credentials until 20\d\d-/m);
		expect(printed).toContain(`Run: chmod go-rwx '${key}'`);
	});

	test("a broken sign-in fails although the cache has credentials", async () => {
		expect((await place.echostream(["credentials"])).status).toBe(0);
		const { status, printed } = await doctor({ PASSWORD: "Canary-wrong" });
		expect([status, printed]).toEqual([1, expect.stringMatching(/^✔ cache .*credentials until/m)]);
	});

	test("checks that need a failed one are skipped, with its name", async () => {
		const { printed } = await doctor({ APPSYNC_ENDPOINT: "https://nowhere.invalid/graphql" });
		expect(printed).toMatch(
			/^– AppSync connection +skipped because of AppSync name\n– AppSync TLS +skipped because of/m,
		);
		expect(printed).toMatch(/^– query +skipped because of AppSync name$/m);
		expect(printed).toMatch(/^✔ sign-in /m);
	});

	test("--json prints every check with its status, its time, its problem and its remedy", async () => {
		const { status, printed } = await doctor({ APP: "other-app" }, ["--json", "--no-cache"]);
		const { ok, checks } = JSON.parse(printed) as { ok: boolean; checks: { name: string }[] };
		expect([status, ok]).toEqual([1, false]);
		expect(checks.find(({ name }) => name === "query")).toEqual({
			name: "query",
			status: "failed",
			ms: expect.any(Number),
			problem: expect.stringContaining("the user is not authorized"),
			remedy: expect.stringContaining("APP is other-app"),
		});
		expect(checks.find(({ name }) => name === "cache")).toEqual({
			name: "cache",
			status: "skipped",
			detail: "--no-cache",
		});
		expect(checks.at(-1)).toEqual({ name: "credentials", status: "skipped", detail: "because of query" });
	});
});
