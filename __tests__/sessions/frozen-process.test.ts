import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { AppSession, Cognito, type HttpHandler } from "../../src/index.ts";
import { buildProgram } from "../support/program.ts";
import { APP, optionsOf } from "../support/signed-in.ts";
import { operationOf, sharedConnections } from "../support/watched-session.ts";

let program: string;

/** Deadlines of the program: more than a second, by which a freeze is known, shorter than the time for which it is stopped. */
const DEADLINES = { requestTimeoutMs: 500, totalTimeoutMs: 1_400, loginTimeoutMs: 1_400 };
const STOPPED_MS = 2_500;

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await LocalTenant.start();
	// The first sign-in of a process compiles the code, which a busy machine takes longer for than these deadlines are.
	const { handler, close } = sharedConnections();
	const { session, cognito } = openSession(handler);
	await session.credentials();
	session.destroy();
	cognito.destroy();
	close();
	const contents = `
		import { AppSession } from "./src/index.ts";
		const first = new AppSession();
		await first.credentials();
		first.destroy();
		const session = new AppSession(${JSON.stringify(DEADLINES)});
		console.log("ready");
		for await (const _ of process.stdin) {
			const { accessKeyId } = await session.credentials({ forceRefresh: true }).catch((error) => ({ accessKeyId: error.message }));
			console.log(accessKeyId);
		}`;
	program = await buildProgram("frozen", contents);
});
afterAll(() => tenant.stop());

const OPERATIONS = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

test.each(OPERATIONS)(
	"an event loop that is blocked for longer than every deadline during %s delays the credentials, and fails no call",
	async (operation) => {
		const { handler, close } = sharedConnections();
		let isBlocked = false;
		const requestHandler: HttpHandler = {
			async handle(request, options) {
				const received = await handler.handle(request, options);
				if (!isBlocked && operationOf(request) === operation) {
					isBlocked = true;
					Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STOPPED_MS);
				}
				return received;
			},
		};
		const { session, cognito } = openSession(requestHandler, DEADLINES);
		expect((await session.credentials()).accessKeyId).toMatch(/^ASIA/);
		expect(isBlocked).toBe(true);
		session.destroy();
		cognito.destroy();
		close();
	},
);

// Windows cannot stop a process.
for (const operation of process.platform === "win32" ? [] : OPERATIONS) {
	test(`a process that is stopped for longer than every deadline during ${operation} gets its credentials when it continues`, async () => {
		const env = { ...process.env, ...tenant.environment({ app: APP }) };
		const child = spawn(process.execPath, [program], { env, stdio: ["pipe", "pipe", "inherit"] });
		try {
			const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
			expect((await lines.next()).value).toBe("ready");
			tenant.requestLog.clear();
			// The response is on its way when the process is stopped.
			tenant.faults.add({ operation, delayMs: 100, times: 1 });
			child.stdin.write("go\n");
			while (tenant.requestLog.count(operation) === 0) await new Promise(setImmediate);
			child.kill("SIGSTOP");
			await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
			child.kill("SIGCONT");
			expect((await lines.next()).value).toMatch(/^ASIA/);
		} finally {
			tenant.faults.clear();
			child.kill("SIGCONT");
			child.stdin.end();
			if (child.exitCode === null) await once(child, "exit");
		}
	});
}

function openSession(requestHandler: HttpHandler, deadlines: Partial<typeof DEADLINES> = {}) {
	const options = optionsOf(tenant, { app: APP });
	const { appsyncEndpoint, app, tenant: name, clientId, userPoolId, username, password } = options;
	const cognito = new Cognito({
		clientId: String(clientId),
		userPoolId: String(userPoolId),
		username: String(username),
		password: String(password),
		endpoint: tenant.url,
		requestHandler,
		...deadlines,
	});
	return {
		cognito,
		session: new AppSession({ appsyncEndpoint, app, tenant: name, cognito, requestHandler, ...deadlines }),
	};
}
