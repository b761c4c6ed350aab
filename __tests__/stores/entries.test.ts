import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { expect, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Cognito, type HttpHandler, type Logger } from "../../src/index.ts";
import { type FleetProcess, passing, STORE_KEY } from "../support/fleet.ts";
import { type Fleet, fleetPerTest, keyOf, loginOf, rejections } from "../support/fleet-per-test.ts";
import { codeOf, optionsOf } from "../support/signed-in.ts";

const HOUR = 3_600_000;
const start = fleetPerTest();
/** Of a process that derives its key from the password. */
const DERIVED = { storeKey: undefined };
const OTHER_KEY = "ff".repeat(32);

function logger() {
	const lines: string[] = [];
	const write = (...content: unknown[]) => void lines.push(content.map(String).join(" "));
	return { lines, logger: { debug() {}, info() {}, warn: write, error: write } satisfies Logger };
}

/** The access key id that a process has now. No time passes, because keys are derived, and Web Crypto works, in real time. */
async function immediateKeyOf({ session }: FleetProcess): Promise<string> {
	return (await session.credentials()).accessKeyId;
}

/** Number of sign-ins with the password. */
function signIns({ tenant }: Fleet): number {
	return tenant.requestLog.count("InitiateAuth");
}

test("a store receives no secret and no name, and its values cannot be distinguished from noise", async () => {
	const fleet = await start();
	const one = fleet.start();
	const { accessKeyId, secretAccessKey, sessionToken } = await passing(fleet.clock, one.session.credentials());
	const { accessToken, idToken, refreshToken } = one.session.cognito as Cognito;
	const { username, password, tenant } = optionsOf(fleet.tenant, { app: "external-app" });
	const all = [...fleet.store.entries]
		.flatMap(([key, { value }]) => [key, value, atob(value.split(".")[2] ?? "")])
		.join("\n");
	const secrets = [
		accessKeyId,
		secretAccessKey,
		sessionToken,
		accessToken,
		idToken,
		refreshToken,
		username,
		password,
		tenant,
	];
	expect(secrets.filter((secret) => secret === undefined || all.includes(String(secret)))).toEqual([]);
	expect([...fleet.store.entries.keys()].map((key) => key.replace(/:.*/, ""))).toEqual(["tokens", "credentials"]);
});

test.each([
	["changed in one bit", (value: string) => value.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
	["shortened", (value: string) => value.slice(0, -8)],
	["of another format", (value: string) => value.replace(/^1/, "2")],
	["empty", () => ""],
	["made longer than an entry may be", (value: string) => value + "A".repeat(65_536)],
])("an entry that was %s is ignored, logged and replaced", async (_, change) => {
	const fleet = await start();
	await keyOf(fleet.start(), fleet);
	for (const [key, entry] of fleet.store.entries) {
		fleet.store.entries.set(key, { ...entry, value: change(entry.value) });
	}
	const { lines, logger: own } = logger();
	const first = await keyOf(fleet.start({ logger: own }), fleet);
	expect(signIns(fleet)).toBe(2);
	expect(lines.filter((line) => line.includes("was ignored and will be replaced"))).not.toEqual([]);
	expect(await keyOf(fleet.start(), fleet)).toBe(first);
	expect(signIns(fleet)).toBe(2);
});

test("an entry that was put under the key of another user, app or kind is not opened", async () => {
	const fleet = await start();
	await keyOf(fleet.start(), fleet);
	const entries = [...fleet.store.entries];
	const [[tokensKey = "", tokens], [credentialsKey = "", credentials]] = entries as never as [
		[string, never],
		[string, never],
	];
	fleet.store.entries.set(tokensKey, credentials);
	fleet.store.entries.set(credentialsKey, tokens);
	await keyOf(fleet.start(), fleet);
	expect(signIns(fleet)).toBe(2);
});

test("processes with different keys do not read each other's entries, and both work", async () => {
	const fleet = await start();
	const first = fleet.start();
	const second = fleet.start({ storeKey: OTHER_KEY });
	for (let hours = 0; hours < 4; hours++) {
		expect([await codeOf(keyOf(first, fleet)), await codeOf(keyOf(second, fleet))]).toEqual(["none", "none"]);
		await fleet.clock.advance(HOUR);
	}
	expect(rejections(fleet)).toEqual([]);
});

test("without a key, it is derived from the password, and another password opens nothing", async () => {
	const fleet = await start();
	const key = await immediateKeyOf(fleet.start(DERIVED));
	expect(await immediateKeyOf(fleet.start(DERIVED))).toBe(key);
	expect(signIns(fleet)).toBe(1);
	const wrong = fleet.start({ ...DERIVED, password: "wrong-Passw0rd" });
	expect(await codeOf(immediateKeyOf(wrong))).toBe("SignInRejected");
});

/** Runs a step as a runtime without `node:crypto` would. */
async function withWebCrypto<T>(step: () => Promise<T>): Promise<T> {
	const { getBuiltinModule } = process;
	Object.assign(process, { getBuiltinModule: undefined });
	try {
		return await step();
	} finally {
		Object.assign(process, { getBuiltinModule });
	}
}

test.each([
	["a key of the program", {}],
	["a key that is derived from the password", DERIVED],
])(
	"entries that node:crypto encrypted are opened by Web Crypto, and the other way round, with %s",
	async (_, options) => {
		const fleet = await start();
		const key = await immediateKeyOf(fleet.start(options));
		expect(await withWebCrypto(() => immediateKeyOf(fleet.start(options)))).toBe(key);
		const forced = await withWebCrypto(() => fleet.start(options).session.credentials({ forceRefresh: true }));
		expect(await immediateKeyOf(fleet.start(options))).toBe(forced.accessKeyId);
		expect(signIns(fleet)).toBe(1);
	},
);

test("with Web Crypto, an entry that was changed, and one of another key, are ignored and replaced", async () => {
	const fleet = await start();
	await immediateKeyOf(fleet.start());
	for (const [key, entry] of fleet.store.entries) {
		fleet.store.entries.set(key, { ...entry, value: entry.value.replace(/.$/, (last) => (last === "A" ? "B" : "A")) });
	}
	const changed = await withWebCrypto(() => immediateKeyOf(fleet.start()));
	expect(await immediateKeyOf(fleet.start())).toBe(changed);
	expect(await withWebCrypto(() => codeOf(immediateKeyOf(fleet.start({ storeKey: OTHER_KEY }))))).toBe("none");
	expect(signIns(fleet)).toBe(3);
});

test.each([
	["hexadecimal", STORE_KEY],
	["base64", Buffer.from(STORE_KEY, "hex").toString("base64")],
	["base64url without padding", Buffer.from(STORE_KEY, "hex").toString("base64url")],
	["bytes", new Uint8Array(Buffer.from(STORE_KEY, "hex"))],
])("a key in %s is the same key", async (_, storeKey) => {
	const fleet = await start();
	const key = await keyOf(fleet.start(), fleet);
	expect(await keyOf(fleet.start({ storeKey }), fleet)).toBe(key);
});

test("a password function without a key is a settings error that names storeKey and its variable", async () => {
	const fleet = await start();
	const make = () => fleet.start({ storeKey: undefined, password: () => "x" });
	expect(make).toThrow(/storeKey \(or STORE_KEY\): is missing, because/);
});

test("a user of another app, tenant or lifetime has entries of its own", async () => {
	const fleet = await start();
	await keyOf(fleet.start(), fleet);
	await keyOf(fleet.start({ duration: 7200 }), fleet);
	expect(fleet.tenant.requestLog.count("getAwsCredentials")).toBe(2);
	expect(signIns(fleet)).toBe(1);
	await keyOf(fleet.start(optionsOf(fleet.tenant, { app: "cross-account-app" })), fleet);
	expect(signIns(fleet)).toBe(2);
});

test("a key that a service rejected is replaced once for all", async () => {
	const fleet = await start();
	const all = [fleet.start(), fleet.start(), fleet.start()];
	const keys = await Promise.all(all.map((one) => keyOf(one, fleet)));
	fleet.tenant.requestLog.clear();
	for (const one of all) {
		const isReplaced = await passing(fleet.clock, one.session.getCredentials().reject(keys[0] ?? ""));
		expect(isReplaced).toBe(true);
	}
	expect(new Set(await Promise.all(all.map((one) => keyOf(one, fleet)))).size).toBe(1);
	expect(fleet.tenant.requestLog.count("getAwsCredentials")).toBe(1);
});

test("a caller that forces a refresh gets credentials of its own, which the others read at their next refresh", async () => {
	const fleet = await start();
	const [first, second] = [fleet.start(), fleet.start()];
	await keyOf(first, fleet);
	await keyOf(second, fleet);
	const forced = await passing(fleet.clock, first.session.credentials({ forceRefresh: true }));
	expect(fleet.tenant.requestLog.count("getAwsCredentials")).toBe(2);
	expect(await keyOf(fleet.start(), fleet)).toBe(forced.accessKeyId);
});

test("after a sign-out, no process sends a token of before, and each signs in again", async () => {
	const fleet = await start();
	const [first, second] = [fleet.start(), fleet.start()];
	await keyOf(first, fleet);
	await keyOf(second, fleet);
	await passing(fleet.clock, (first.session.cognito as Cognito).logout());
	await fleet.clock.advance(HOUR);
	fleet.tenant.requestLog.clear();
	expect(await codeOf(keyOf(second, fleet))).toBe("none");
	expect(fleet.tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"]);
	expect(await codeOf(keyOf(first, fleet))).toBe("CredentialsExpired");
	expect(await codeOf(passing(fleet.clock, (first.session.cognito as Cognito).getAccessToken()))).toBe("NotSignedIn");
});

/** Signs out the user of a process. */
function signOut({ session }: FleetProcess, { clock }: Fleet): Promise<void> {
	return passing(clock, (session.cognito as Cognito).logout());
}

/** Waits until a process has sent a request or called the store, and stops it there. */
async function stoppedAt(one: FleetProcess, step: string): Promise<() => void> {
	while (!one.steps.includes(step)) await new Promise((resolve) => setImmediate(resolve));
	return one.freeze();
}

test("after a sign-out, a new process finds no credentials and no tokens of before in the store", async () => {
	const fleet = await start();
	const [first, second] = [fleet.start(), fleet.start()];
	const key = await keyOf(first, fleet);
	await keyOf(second, fleet);
	await signOut(first, fleet);
	fleet.tenant.requestLog.clear();
	expect(await keyOf(fleet.start(), fleet)).not.toBe(key);
	expect(fleet.tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"]);
	// AWS credentials that a process has in memory stay valid.
	expect(await keyOf(second, fleet)).toBe(key);
});

test.each([
	["getAwsCredentials", "query"],
	["a renewal of the tokens", "GetTokensFromRefreshToken"],
])(
	"after a sign-out that another process did not expect while it waited for %s, one process signs in again",
	async (_, step) => {
		const fleet = await start();
		const first = fleet.start();
		await keyOf(first, fleet);
		await fleet.clock.advance(HOUR);
		const second = fleet.start();
		const held = keyOf(second, fleet);
		const thaw = await stoppedAt(second, step);
		await signOut(first, fleet);
		fleet.tenant.requestLog.clear();
		thaw();
		expect(await codeOf(held)).toBe("none");
		expect(await codeOf(keyOf(fleet.start(), fleet))).toBe("none");
		const logins = fleet.tenant.requestLog.operations().filter((operation) => operation !== "getAwsCredentials");
		expect(logins).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);
		await fleet.clock.advance(HOUR);
		expect(await codeOf(keyOf(second, fleet))).toBe("none");
	},
);

test("a sign-out does not wait for a store that responds to no call", async () => {
	const fleet = await start();
	const one = fleet.start();
	await keyOf(one, fleet);
	fleet.store.before = () => new Promise<never>(() => {});
	const signedOut = (one.session.cognito as Cognito).logout();
	while (!fleet.tenant.requestLog.operations().includes("GlobalSignOut"))
		await new Promise((resolve) => setImmediate(resolve));
	const startedAt = fleet.clock.monotonic();
	await passing(fleet.clock, signedOut);
	expect(fleet.clock.monotonic() - startedAt).toBeLessThan(5_000);
});

test("a sign-out that cannot be written to the store is carried out at Cognito, and logged", async () => {
	const fleet = await start();
	const { lines, logger: own } = logger();
	const one = fleet.start({ logger: own });
	await keyOf(one, fleet);
	fleet.store.before = () => {
		throw new Error("The store is down");
	};
	await signOut(one, fleet);
	expect(fleet.tenant.requestLog.count("GlobalSignOut")).toBe(1);
	expect(lines.filter((line) => line.includes("The sign-out could not be written to the store"))).toHaveLength(1);
});

test("a sign-out that Cognito does not receive replaces what the store has, and fails", async () => {
	const fleet = await start();
	const one = fleet.start();
	const key = await keyOf(one, fleet);
	fleet.tenant.faults.add({ drop: "before", operation: "GlobalSignOut" });
	expect(await codeOf(signOut(one, fleet))).toBe("CognitoUnavailable");
	expect(await keyOf(fleet.start(), fleet)).not.toBe(key);
});

test("a user that has signed out gets no tokens of another process after a sign-in that was rejected", async () => {
	const fleet = await start();
	const one = fleet.start();
	await keyOf(one, fleet);
	await signOut(one, fleet);
	await keyOf(fleet.start(), fleet);
	const user = one.session.cognito as Cognito;
	expect(await codeOf(passing(fleet.clock, user.authenticate("wrong-Passw0rd")))).toBe("SignInRejected");
	await fleet.clock.advance(HOUR / 4);
	expect(await codeOf(passing(fleet.clock, user.getAccessToken()))).toBe("NotSignedIn");
});

/** Text of an entry by the key that everybody can derive: that of an empty password. It is not checked. */
function openedWithoutPassword(value: string, fleet: Fleet): string {
	const { clientId, userPoolId, username } = optionsOf(fleet.tenant, { app: "external-app" });
	const salt = JSON.stringify([userPoolId, clientId, username]);
	const [, iv = "", content = ""] = value.split(".");
	const key = pbkdf2Sync("", salt, 600_000, 32, "sha256");
	return createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64")).update(content, "base64", "latin1");
}

test.each([
	["signed out", (user: Cognito) => user.logout()],
	["destroyed", async (user: Cognito) => user.destroy()],
])(
	"a user that is %s during a query sends the store nothing that can be opened without the password",
	async (_, end) => {
		const fleet = await start();
		const values: string[] = [];
		const { write } = fleet.store;
		fleet.store.write = (key, value, request) => {
			values.push(value);
			return write.call(fleet.store, key, value, request);
		};
		const handler = new NodeHttpHandler();
		let received = () => {};
		let go = () => {};
		const isReceived = new Promise<void>((resolve) => {
			received = resolve;
		});
		const mayGo = new Promise<void>((resolve) => {
			go = resolve;
		});
		const requestHandler: HttpHandler = {
			async handle(request, options) {
				const response = await handler.handle(request as never, options);
				if (request.headers["x-amz-target"] !== undefined) return response;
				received();
				await mayGo;
				return response;
			},
		};
		const one = fleet.start({ ...DERIVED, requestHandler });
		const called = codeOf(immediateKeyOf(one));
		await isReceived;
		await end(one.session.cognito as Cognito);
		go();
		await called;
		handler.destroy();
		expect(values).not.toEqual([]);
		expect(values.map((value) => openedWithoutPassword(value, fleet)).filter((text) => text.startsWith("{"))).toEqual(
			[],
		);
	},
);

test("a user that is destroyed while it signs out replaces what the store has with an entry that others can open", async () => {
	const fleet = await start();
	const one = fleet.start(DERIVED);
	const key = await immediateKeyOf(one);
	const user = one.session.cognito as Cognito;
	const signedOut = codeOf(user.logout());
	user.destroy();
	await signedOut;
	const { lines, logger: own } = logger();
	expect(await immediateKeyOf(fleet.start({ ...DERIVED, logger: own }))).not.toBe(key);
	expect(lines.filter((line) => line.includes("was ignored"))).toEqual([]);
});

test("a process that works without the lease shares nothing of before a sign-out", async () => {
	const fleet = await start();
	const first = fleet.start();
	const key = await keyOf(first, fleet);
	await fleet.clock.advance(HOUR / 2);
	fleet.store.lease = async () => false;
	const second = fleet.start();
	const forced = passing(fleet.clock, second.session.credentials({ forceRefresh: true }));
	const thaw = await stoppedAt(second, "query");
	await signOut(first, fleet);
	thaw();
	const { accessKeyId } = await forced;
	fleet.tenant.requestLog.clear();
	expect([key, accessKeyId]).not.toContain(await keyOf(fleet.start(), fleet));
	expect(fleet.tenant.requestLog.operations()).toEqual(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"]);
});

test("a user that signs in after a sign-out shares again", async () => {
	const fleet = await start();
	const one = fleet.start(DERIVED);
	await immediateKeyOf(one);
	await (one.session.cognito as Cognito).logout();
	const { password = "" } = optionsOf(fleet.tenant, { app: "external-app" });
	await (one.session.cognito as Cognito).authenticate(String(password));
	const forced = await one.session.credentials({ forceRefresh: true });
	fleet.tenant.requestLog.clear();
	expect(await immediateKeyOf(fleet.start(DERIVED))).toBe(forced.accessKeyId);
	expect(fleet.tenant.requestLog.operations()).toEqual([]);
});

test("a session of a caller-provided user shares by the store of the user", async () => {
	const fleet = await start();
	const key = await keyOf(fleet.start(), fleet);
	const user = new Cognito({ ...loginOf(fleet), store: fleet.store, storeKey: STORE_KEY });
	const one = fleet.start({ cognito: user, store: undefined });
	expect(await keyOf(one, fleet)).toBe(key);
	expect(signIns(fleet)).toBe(1);
	user.destroy();
});

test("after a sign-in with the password that another process has set, both share again", async () => {
	const fleet = await start();
	const options = DERIVED;
	const [first, second] = [fleet.start(options), fleet.start(options)];
	await immediateKeyOf(first);
	await immediateKeyOf(second);
	const { password = "" } = optionsOf(fleet.tenant, { app: "external-app" });
	const changed = `${String(password)}-2`;
	await (first.session.cognito as Cognito).changePassword(String(password), changed);
	await (second.session.cognito as Cognito).authenticate(changed);
	const forced = await second.session.credentials({ forceRefresh: true });
	fleet.tenant.requestLog.clear();
	expect(await immediateKeyOf(fleet.start({ ...options, password: changed }))).toBe(forced.accessKeyId);
	expect(fleet.tenant.requestLog.operations()).toEqual([]);
});

test("a process with the former password renews its tokens after another process has changed the password and the key", async () => {
	const fleet = await start();
	const [first, second] = [fleet.start(DERIVED), fleet.start(DERIVED)];
	await immediateKeyOf(first);
	await immediateKeyOf(second);
	await (second.session.cognito as Cognito).getAccessToken();
	const { password = "" } = optionsOf(fleet.tenant, { app: "external-app" });
	const former = String(password);
	await (first.session.cognito as Cognito).changePassword(former, `${former}-2`);
	for (let hours = 0; hours < 3; hours++) {
		await fleet.clock.advance(HOUR);
		expect([await codeOf(immediateKeyOf(first)), await codeOf(immediateKeyOf(second))]).toEqual(["none", "none"]);
	}
});
