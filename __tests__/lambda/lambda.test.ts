import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { LambdaEnvironment } from "./lambda-environment.ts";

/** Lifetime of the tenant's AWS credentials: the shortest that ends before the access token does. */
const CREDENTIALS_SECONDS = 900;
const SIGNING_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

/** Maximum pause after two failures of a session, one at the start and one in the first invocation, by the local clock. */
const PAUSE_MS = 2_000;

const folder = mkdtempSync(join(tmpdir(), "lambda-"));
let tenant: LocalTenant;
let lambda: LambdaEnvironment;
/** The time in which the function was frozen, for the tenant. */
let frozenMs = 0;

beforeAll(async () => {
	await promisify(execFile)(process.execPath, ["examples/lambda/build.mjs", folder]);
});

beforeEach(async () => {
	frozenMs = 0;
	tenant = await LocalTenant.start({
		clock: { now: () => Date.now() + frozenMs },
		credentials: { maxSeconds: CREDENTIALS_SECONDS },
	});
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

	frozenMs = CREDENTIALS_SECONDS * 1000 + 500;
	lambda.pass(frozenMs);
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
