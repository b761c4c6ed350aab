import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { LambdaEnvironment } from "./lambda-environment.ts";

/** Lifetime of the tenant's AWS credentials. The function runs in its own process, by the local clock, hence the wait. */
const CREDENTIALS_SECONDS = 3;
const SIGNING_IN = ["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"];

const folder = mkdtempSync(join(tmpdir(), "lambda-"));
let tenant: LocalTenant;
let lambda: LambdaEnvironment;

beforeAll(async () => {
	tenant = await LocalTenant.start({ credentials: { maxSeconds: CREDENTIALS_SECONDS } });
	await promisify(execFile)(process.execPath, ["examples/lambda/build.mjs", folder]);
	lambda = new LambdaEnvironment(folder, tenant.environment({ app: "external-app" }));
}, 60_000);

afterAll(async () => {
	await lambda.stop();
	await tenant.stop();
	rmSync(folder, { recursive: true });
});

test("a Lambda function signs in once, can be frozen, and after a freeze past the expiry fetches once", async () => {
	const event = { name: "visits" };
	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 1 }, waitingFor: "" });
	expect(SIGNING_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 1]);

	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 2 }, waitingFor: "" });
	expect(SIGNING_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 1]);

	await setTimeout(CREDENTIALS_SECONDS * 1000 + 500);
	expect(await lambda.invoke(event)).toEqual({ result: { name: "visits", count: 3 }, waitingFor: "" });
	expect(SIGNING_IN.map((operation) => tenant.requestLog.count(operation))).toEqual([1, 1, 2]);
}, 30_000);
