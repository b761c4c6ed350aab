// Runs all examples, or the named ones, against a local tenant: `npm run examples -- query errors`. Shows their output, and fails
// if one of them fails. Examples in subfolders have separate tests.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createServer, request } from "node:http";
import { LocalTenant } from "echostream-local";

const TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const JEST = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", "node_modules/jest/bin/jest.js"];
const all = readdirSync("examples").filter((file) => /\.[cm]js$/.test(file));
const nameOf = (file) => file.replace(/\.[cm]js$/, "");

const requested = process.argv.slice(2);
const unknown = requested.filter((name) => !all.map(nameOf).includes(name));
if (unknown.length > 0) {
	console.error(`Unknown example ${unknown.join(", ")}. Use one of ${all.map(nameOf).join(", ")}.`);
	process.exit(1);
}

const tenant = await LocalTenant.start({
	apps: [{ name: "external-app", config: { greeting: "hello" } }, { name: "guarded-app" }],
	userPool: {
		users: [{ username: "guarded-app-user", password: "Guarded-1!", mfa: [{ type: "TOTP", secret: TOTP_SECRET }] }],
	},
});
let proxied = 0;
const proxy = createServer((incoming, outgoing) => {
	proxied++;
	const { headers, method, url } = incoming;
	const onward = request(url, { headers, method }, (response) => {
		outgoing.writeHead(response.statusCode, response.headers);
		response.pipe(outgoing);
	});
	incoming.pipe(onward);
});
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));

/** The environment of an example. */
function environmentOf(name) {
	const { APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, ...others } = process.env;
	if (name === "start" || name.endsWith(".test")) return others;
	const apiUser = ["api-session", "presigned-url"].includes(name);
	const of = apiUser ? { apiUser: "admin" } : { app: name === "mfa-totp" ? "guarded-app" : "external-app" };
	const { port } = proxy.address();
	const own = { BUCKET: "bulk-data", HTTPS_PROXY: `http://127.0.0.1:${port}`, TOTP_SECRET };
	return { ...others, ...tenant.environment(of), ...own };
}

/** Runs an example. Returns whether it succeeded. */
function run(file) {
	const name = nameOf(file);
	const program = name.endsWith(".test")
		? [...JEST, "--config", "{}", "--rootDir", "examples", "--runTestsByPath"]
		: [];
	const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...environmentOf(name) };
	const child = spawn(process.execPath, [...program, `examples/${file}`], { env, stdio: "inherit" });
	return new Promise((resolve) => child.once("exit", (status) => resolve(status === 0)));
}

const failed = [];
for (const file of all.filter((one) => requested.length === 0 || requested.includes(nameOf(one)))) {
	console.log(`\n> examples/${file}`);
	const isGood = (await run(file)) && (file !== "proxy.mjs" || proxied > 0);
	if (!isGood) failed.push(file);
}
proxy.close();
await tenant.stop();
if (failed.length > 0) {
	console.error(`\nFailed: ${failed.join(", ")}`);
	process.exitCode = 1;
}
