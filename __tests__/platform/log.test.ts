import { Console } from "node:console";
import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { Logger as PowertoolsLogger } from "@aws-lambda-powertools/logger";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { LocalTenant } from "echostream-local";
import { pino } from "pino";
import winston from "winston";
import { AppSession, type Logger, type LogLine } from "../../src/index.ts";
import { Log } from "../../src/platform/log.ts";
import { codeOf, optionsOf, startTenant } from "../support/signed-in.ts";

let tenant: LocalTenant;
beforeAll(async () => {
	tenant = await startTenant();
});
afterAll(() => tenant.stop());

/** A stream that keeps the text that is written to it. */
class Kept extends Writable {
	text = "";

	override _write(chunk: unknown, _encoding: string, done: () => void): void {
		this.text += String(chunk);
		done();
	}

	lines(): string[] {
		return this.text.trim().split("\n");
	}
}

/** A session that signs in, and then fails to refresh its credentials. Its name and tenant are those of the documents. */
async function logged(logger: Logger): Promise<void> {
	const session = new AppSession({ ...optionsOf(tenant, { app: "external-app" }), logger, maxAttempts: 1 });
	await session.ready();
	const fault = tenant.faults.add({ operation: "getAwsCredentials", drop: "before" });
	expect(await codeOf(session.credentials({ forceRefresh: true }))).toBe("AppSyncUnavailable");
	fault.remove();
	session.destroy();
}

const WHO = { username: "external-app-user", tenant: "local", app: "external-app" };
const EXPECTED = [
	[
		"info",
		{ event: "signIn", message: "Signed in user external-app-user (first)", username: WHO.username, reason: "first" },
	],
	["debug", { event: "credentialsRefreshed", ...WHO, reason: "first" }],
	[
		"warn",
		{
			event: "refreshFailed",
			...WHO,
			reason: "forced",
			retryInMs: expect.any(Number),
			error: {
				name: "AppSyncError",
				code: "AppSyncUnavailable",
				message: expect.stringContaining("could not be reached"),
				cause: { name: expect.any(String), code: "ECONNRESET", message: expect.any(String) },
			},
		},
	],
].map(([level, fields]) => ({
	level,
	expiresInMs: expect.any(Number),
	message: expect.any(String),
	...Object(fields),
}));

function parsed(kept: Kept): Record<string, unknown>[] {
	return kept.lines().map((line) => JSON.parse(line));
}

/** A log as the documents show it: times and the endpoint differ. */
function comparable(text: string): string {
	return text.replace(/https?:\/\/[\w.:]+/g, "URL").replace(/\d+/g, "0");
}

test("pino writes the fields of each line, with the error and its cause", async () => {
	const kept = new Kept();
	await logged(pino({ level: "debug", messageKey: "message", formatters: { level: (level) => ({ level }) } }, kept));
	expect(parsed(kept)).toEqual(EXPECTED.map((line) => expect.objectContaining(line)));
});

test("winston writes the fields of each line, with the error and its cause", async () => {
	const kept = new Kept();
	const transports = [new winston.transports.Stream({ stream: kept })];
	await logged(winston.createLogger({ level: "debug", transports }));
	expect(parsed(kept)).toEqual(EXPECTED.map((line) => expect.objectContaining(line)));
});

test("the logger of Powertools for AWS Lambda writes the fields of each line, with the error and its cause", async () => {
	const kept = new Kept();
	const logger = new PowertoolsLogger({ serviceName: "service", logLevel: "DEBUG" });
	// It has a console of its own, and no option for it.
	Object.assign(logger, { console: new Console(kept, kept) });
	await logged(logger);
	const upperCase = EXPECTED.map(({ level, ...line }) => ({ ...line, level: String(level).toUpperCase() }));
	expect(parsed(kept)).toEqual(upperCase.map((line) => expect.objectContaining(line)));
});

test("console writes one line of text for each, the message first, as the documents show it", async () => {
	const kept = new Kept();
	await logged(new Console(kept, kept));
	expect(kept.lines()).toHaveLength(3);
	const document = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8");
	for (const line of kept.lines()) expect(comparable(document)).toContain(comparable(line));
});

test("the lines of pino are those that the documents show", async () => {
	const kept = new Kept();
	await logged(pino({ level: "debug", messageKey: "message", base: null }, kept));
	const document = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8");
	expect(comparable(document)).toContain(comparable(kept.lines()[0] ?? ""));
	expect(comparable(document)).toContain(comparable(kept.lines()[2] ?? ""));
});

/** The lines that a log passes to its logger. */
function linesOf(write: (log: Log) => void): LogLine[] {
	const lines: LogLine[] = [];
	const add = (line: unknown) => void lines.push(line as LogLine);
	write(new Log({ debug: add, info: add, warn: add, error: add }));
	return lines;
}

test("a message and an error from a server are one line without control characters", () => {
	const error = new Error("first\nsecond\u001b[31m");
	const [line] = linesOf((log) => log.warn("storeUnavailable", "text\r\n\u0007", { error }));
	expect(line?.message).toBe("text  \uFFFD");
	expect(line?.error?.message).toBe("first second\uFFFD[31m");
	expect(inspect(line)).not.toMatch(/[\n\r]/);
});

test("of an error, a line has the name, code, message and causes only, and of a chain of errors four", () => {
	const error = Object.assign(new Error("outer"), { request: "canary", code: "E1" });
	error.cause = error;
	const [line] = linesOf((log) => log.warn("storeUnavailable", "text", { error }));
	const one = { name: "Error", code: "E1", message: "outer" };
	expect(line?.error).toEqual({ ...one, cause: { ...one, cause: { ...one, cause: one } } });
});

test.each<[string, unknown]>([
	["text", "canary"],
	["null", null],
	["an error with getters that throw", Object.defineProperty(new Error("any"), "message", { get: () => fail() })],
	["a proxy that throws", new Proxy({}, { get: () => fail(), has: () => fail() })],
])("logging %s that was thrown neither throws nor shows it", (_, error) => {
	const lines = linesOf((log) => log.warn("onDeviceFailed", "text", { error }));
	expect(inspect(lines)).not.toContain("canary");
});

function fail(): never {
	throw new Error("getter");
}
