import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { Cognito } from "../../src/cognito/cognito.ts";
import type { RememberedDevice } from "../../src/index.ts";
import { buildModules } from "../support/program.ts";

// What a heap dump shows. A child process reads its secrets from its environment, which is not part of its heap, works with
// them, and writes its heap to a file before and after it should have forgotten them. It keeps what it made all the time.

const USERNAME = "external-app-user";
const PASSWORD = "Canary-passw0rd-5d81";
const CLIENT_SECRET = "canary-client-secret-77c2";
const TOTP_SECRET = "CANARYCANARYCANARYCANARYCANARY22";

let folder: string;
let modules: string;
let tenant: LocalTenant;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "heap-"));
	modules = await buildModules("secrets-in-memory", {
		library: "src/index.ts",
		handler: "@smithy/node-http-handler",
		dynamodb: "@aws-sdk/client-dynamodb",
	});
});
afterEach(() => tenant.stop());
afterAll(() => rmSync(folder, { recursive: true }));

/** What the tenant has sent that is secret, by name. */
const issued = new Map<string, Set<string>>();
const FIELDS = /"(AccessToken|IdToken|RefreshToken|secretAccessKey|sessionToken)":"([^"]+)"/g;

async function startTenant(
	userPool: NonNullable<Parameters<typeof LocalTenant.start>[0]>["userPool"],
	hanging?: string,
) {
	issued.clear();
	tenant = await LocalTenant.start({
		userPool: {
			...userPool,
			users: [{ username: USERNAME, password: PASSWORD, mfa: [{ type: "TOTP", secret: TOTP_SECRET }] }],
		},
	});
	if (hanging !== undefined) tenant.faults.add({ hang: true, operation: hanging });
	tenant.faults.add({
		corrupt(body) {
			for (const [, name = "", value = ""] of body.matchAll(FIELDS)) {
				issued.set(name, (issued.get(name) ?? new Set()).add(value));
			}
			return body;
		},
	});
}

/** The secrets that a heap holds, by name. The end of a token is enough: V8 may keep a part of a longer string. */
function held(heap: string, secrets: Readonly<Record<string, string>>): string[] {
	const text = readFileSync(heap, "latin1");
	rmSync(heap);
	const all = [
		...Object.entries(secrets),
		...[...issued].flatMap(([name, values]) => [...values].map((value) => [name, value])),
	];
	return all.flatMap(([name = "", secret = ""]) => (text.includes(secret.slice(-40)) ? [name] : []));
}

/** Runs a program that writes its heap twice, and returns the secrets in each, of all that there were. */
async function heldBeforeAndAfter(
	name: string,
	program: string,
	secrets: Readonly<Record<string, string>>,
	variables: Readonly<Record<string, string>> = {},
) {
	const contents = `import { writeHeapSnapshot } from "node:v8";
		import { NodeHttpHandler } from "./handler.mjs";
		import { AppSession, Cognito } from "./library.mjs";
		const { env } = process;
		const turns = async () => { for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve)); };
		const write = async (file) => { await turns(); writeHeapSnapshot(file); };
		const kept = globalThis.kept = [];
		${program}`;
	const file = join(modules, `${name}.mjs`);
	writeFileSync(file, contents);
	const { APP, ...environment } = tenant.environment({ app: "external-app" });
	const [before, after] = [join(folder, `${name}-before`), join(folder, `${name}-after`)];
	const env = { ...process.env, ...environment, APP, ...variables, ...secrets, BEFORE: before, AFTER: after };
	const child = spawn(process.execPath, ["--heap-snapshot-string-limit=10000000", file], {
		env,
		stdio: ["ignore", "ignore", "inherit"],
		timeout: 50_000,
	});
	expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
	return { before: held(before, secrets), after: held(after, secrets) };
}

const USER = `
	const secretOptions = () => ({
		clientSecret: env.CLIENT_SECRET,
		password: env.PASSWORD,
		challenges: { SOFTWARE_TOKEN_MFA: { secret: env.TOTP_SECRET } },
	});
	const makeUser = (more = {}) => {
		const { USER_POOL_ID: userPoolId, CLIENT_ID: clientId, USER_NAME: username } = env;
		const user = new Cognito({ userPoolId, clientId, username, ...secretOptions(), ...more });
		kept.push(user);
		return user;
	};`;
const SECRETS = { PASSWORD, CLIENT_SECRET, TOTP_SECRET };
const TOKENS = ["AccessToken", "IdToken", "RefreshToken"];

test("after logout() the heap holds no password, token, client secret or TOTP secret", async () => {
	await startTenant({ clientSecret: CLIENT_SECRET, refreshTokenRotation: { graceSeconds: 0 } });
	const { before, after } = await heldBeforeAndAfter(
		"logout",
		`${USER}
		const user = makeUser();
		await user.authenticate();
		await user.renewAccessToken();
		await user.getUser();
		await write(env.BEFORE);
		await user.logout();
		await write(env.AFTER);`,
		SECRETS,
	);
	expect([...issued].map(([name, values]) => [name, values.size])).toEqual(TOKENS.map((name) => [name, 2]));
	expect(new Set(before)).toEqual(new Set([...Object.keys(SECRETS), ...TOKENS]));
	expect(after).toEqual([]);
});

test("after logout() the heap holds no device password and no token of an earlier run", async () => {
	await startTenant({ clientSecret: CLIENT_SECRET, devices: "always" });
	let device: RememberedDevice | undefined;
	await using earlier = new Cognito({
		userPoolId: tenant.userPool.id,
		clientId: tenant.userPool.clientId,
		endpoint: tenant.url,
		clientSecret: CLIENT_SECRET,
		username: USERNAME,
		password: PASSWORD,
		challenges: { SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET } },
		onDevice(named) {
			device = named;
		},
	});
	await earlier.authenticate();
	const { deviceKey = "", deviceGroupKey = "", devicePassword = "" } = device ?? {};
	const secrets = { DEVICE_PASSWORD: devicePassword, REFRESH_TOKEN: String(earlier.refreshToken) };
	const { before, after } = await heldBeforeAndAfter(
		"device",
		`${USER}
		const deviceOf = () => ({ ...JSON.parse(env.DEVICE), devicePassword: env.DEVICE_PASSWORD });
		const user = makeUser({ device: deviceOf(), refreshToken: env.REFRESH_TOKEN, onDevice() {} });
		await user.getAccessToken();
		await user.authenticate();
		await write(env.BEFORE);
		await user.logout();
		await write(env.AFTER);`,
		{ ...SECRETS, ...secrets },
		{ DEVICE: JSON.stringify({ deviceKey, deviceGroupKey }) },
	);
	expect(before).toEqual(expect.arrayContaining([...Object.keys(SECRETS), "DEVICE_PASSWORD", ...TOKENS]));
	expect(after).toEqual([]);
});

test.each(["logout", "destroy"])("after %s() during a sign-in the heap holds nothing of it", async (ending) => {
	await startTenant({ clientSecret: CLIENT_SECRET }, "RespondToAuthChallenge");
	const { before, after } = await heldBeforeAndAfter(
		`middle-${ending}`,
		`${USER}
		let sent = 0;
		const inner = new NodeHttpHandler();
		const requestHandler = {
			handle(...request) {
				sent++;
				return inner.handle(...request);
			},
		};
		const user = makeUser({ requestHandler });
		const waiting = user.getAccessToken().catch((error) => kept.push(error));
		while (sent < 2) await turns();
		await write(env.BEFORE);
		await user.${ending}();
		await waiting;
		await write(env.AFTER);`,
		SECRETS,
	);
	expect(new Set(before)).toEqual(new Set(Object.keys(SECRETS)));
	expect(after).toEqual([]);
});

test("after logout() the heap holds nothing of a sign-in that stopped at a challenge, or that failed", async () => {
	await startTenant({ clientSecret: CLIENT_SECRET });
	const { before, after } = await heldBeforeAndAfter(
		"stopped",
		`${USER}
		const users = [makeUser({ challenges: {} }), makeUser({ clientSecret: env.WRONG_SECRET })];
		for (const user of users) await user.authenticate(env.PASSWORD).catch((error) => kept.push(error));
		if (users[0].challengeName !== "SOFTWARE_TOKEN_MFA") process.exit(1);
		await write(env.BEFORE);
		for (const user of users) await user.logout();
		await write(env.AFTER);`,
		{ ...SECRETS, WRONG_SECRET: "canary-wrong-client-secret" },
	);
	expect(new Set(before)).toEqual(new Set([...Object.keys(SECRETS), "WRONG_SECRET"]));
	expect(after).toEqual([]);
});

// The AWS SDK keeps the signing keys of the last 50 credentials, by their session tokens, for all clients of a process.
test.each([
	["that signed nothing", "", []],
	[
		"whose client has signed a request",
		"await dynamodb.send(new GetItemCommand({ TableName: env.TABLE, Key }))",
		["sessionToken"],
	],
])(
	"after destroy() of a session %s the heap holds no secret of its user and no AWS credentials of its own",
	async (title, use, left) => {
		await startTenant({});
		const { before, after } = await heldBeforeAndAfter(
			`session ${title}`.replaceAll(" ", "-"),
			`
			import { DynamoDBClient, GetItemCommand } from "./dynamodb.mjs";
			const makeSession = () => new AppSession({ challenges: { SOFTWARE_TOKEN_MFA: { secret: env.TOTP_SECRET } } });
			const session = makeSession();
			const dynamodb = session.client(DynamoDBClient);
			const Key = { pk: { S: "1" }, sk: { S: "1" } };
			kept.push(session, session.credentials, session.getCredentials(), session.cognito, dynamodb);
			await session.ready();
			await session.describeTenant();
			${use};
			await write(env.BEFORE);
			session.destroy();
			const get = () => dynamodb.send(new GetItemCommand({ TableName: env.TABLE, Key }));
			for (const call of [() => session.ready(), () => session.describeTenant(), () => session.cognito.getAccessToken(), get]) {
				const code = await call().then(() => "none", (error) => (kept.push(error), error.code));
				if (code !== "SessionDestroyed") throw new Error("It ended in " + code);
			}
			await write(env.AFTER);`,
			{ PASSWORD, TOTP_SECRET },
			{ TABLE: tenant.table },
		);
		expect(new Set(before)).toEqual(new Set(["PASSWORD", "TOTP_SECRET", ...TOKENS, "secretAccessKey", "sessionToken"]));
		expect(after).toEqual(left);
	},
);
