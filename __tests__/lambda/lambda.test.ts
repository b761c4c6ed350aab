import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { LambdaEnvironment } from "./lambda-environment.ts";

/** Lifetime of the tenant's AWS credentials. The function runs in its own process, by the local clock, hence the wait. */
const CREDENTIALS_SECONDS = 3;
const SIGNING_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

/** Maximum pause after two failures of a session, one at the start and one in the first invocation, by the local clock. */
const PAUSE_MS = 2_000;

const folder = mkdtempSync(join(tmpdir(), "lambda-"));
let tenant: LocalTenant;
let lambda: LambdaEnvironment;

beforeAll(async () => {
	await promisify(execFile)(process.execPath, ["examples/lambda/build.mjs", folder]);
});

beforeEach(async () => {
	tenant = await LocalTenant.start({ credentials: { maxSeconds: CREDENTIALS_SECONDS } });
});

afterEach(async () => {
	await lambda.stop();
	await tenant.stop();
});

afterAll(() => rmSync(folder, { recursive: true }));

function startLambda(): void {
	lambda = new LambdaEnvironment(folder, tenant.environment({ app: "external-app" }));
}

test("a Lambda function signs in once, can be frozen, and after a freeze past the expiry fetches once", async () => {
	startLambda();
	const event = { name: "visits" };
	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 1 }, waitingFor: "" });
	expect(SIGNING_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 1]);

	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 2 }, waitingFor: "" });
	expect(SIGNING_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 1]);

	await setTimeout(CREDENTIALS_SECONDS * 1000 + 500);
	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 3 }, waitingFor: "" });
	expect(SIGNING_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 2]);
});

test("a Lambda function whose start failed in an outage succeeds with the next invocation after the outage", async () => {
	const outage = tenant.faults.add({ service: "appsync", status: 503 });
	startLambda();
	const event = { name: "visits" };
	await lambda.initialize();
	await expect(lambda.invoke(event)).rejects.toThrow("is unavailable (HTTP 503)");
	outage.remove();
	await setTimeout(PAUSE_MS);
	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 1 }, waitingFor: "" });
	expect(tenant.requestLog.count("InitiateAuth")).toBe(1);
});
