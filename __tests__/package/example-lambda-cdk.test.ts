import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { LambdaEnvironment } from "../lambda/lambda-environment.ts";
import { Example } from "./example.ts";

interface FunctionProperties {
	readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
	readonly Handler: string;
	readonly Runtime: string;
}

interface Template {
	readonly Resources: Readonly<
		Record<
			string,
			{
				readonly Type: string;
				readonly Properties: FunctionProperties;
				readonly Metadata: Readonly<Record<string, string>>;
			}
		>
	>;
}

const SECRET = "echostream/password";
const example = new Example("lambda-cdk");
const output = join(example.folder, "cdk.out");
const requests: unknown[] = [];
/** AWS Secrets Manager with one secret. The local tenant has none. */
const secretsManager = createServer(async (request, response) => {
	requests.push({ target: request.headers["x-amz-target"], ...((await json(request)) as object) });
	response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
	response.end(JSON.stringify({ Name: SECRET, SecretString: settings.PASSWORD }));
});

let tenant: LocalTenant;
let settings: Record<string, string>;
let lambda: LambdaEnvironment | undefined;

beforeAll(async () => {
	tenant = await LocalTenant.start();
	settings = tenant.environment({ app: "external-app" });
	await once(secretsManager.listen(0, "127.0.0.1"), "listening");
	const { AWS_ENDPOINT_URL: _, ...variables } = settings;
	await example.run("cdk synth --quiet --no-notices", { ...variables, PASSWORD_SECRET: SECRET });
});

afterEach(() => lambda?.stop());

afterAll(async () => {
	secretsManager.close();
	await tenant.stop();
});

function synthesizedFunction() {
	const template: Template = JSON.parse(readFileSync(join(output, "Visits.template.json"), "utf8"));
	const found = Object.values(template.Resources).find(({ Type }) => Type === "AWS::Lambda::Function");
	if (found === undefined) throw new Error("The template has no function");
	return found;
}

/** Starts the function as Lambda does: its asset, with the environment in the template. */
function startLambda(): LambdaEnvironment {
	const { Metadata, Properties } = synthesizedFunction();
	lambda = new LambdaEnvironment(join(output, Metadata["aws:asset:path"] ?? ""), {
		...Properties.Environment.Variables,
		_HANDLER: Properties.Handler,
		AWS_ENDPOINT_URL: tenant.url,
		AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
	});
	return lambda;
}

test("the template of the CDK example has the settings and the name of the secret, and no output has the password", () => {
	const { Properties } = synthesizedFunction();
	const { APP, APPSYNC_ENDPOINT, CLIENT_ID, TENANT, USER_NAME, USER_POOL_ID } = settings;
	expect(Properties.Environment.Variables).toEqual({
		...{ APP, APPSYNC_ENDPOINT, CLIENT_ID, TENANT, USER_NAME, USER_POOL_ID },
		PASSWORD_SECRET: SECRET,
	});
	const entries = readdirSync(output, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name));
	expect(files.map((file) => readFileSync(file, "utf8")).join()).not.toContain(settings.PASSWORD);
});

test("the CDK example is not synthesized without the settings", async () => {
	await expect(example.run("tsx bin/app.ts")).rejects.toThrow("Set APPSYNC_ENDPOINT");
});

test("the function of the CDK example signs in during its initialization with the password of Secrets Manager", async () => {
	const environment = startLambda();
	await environment.initialize();
	expect(requests).toEqual([{ target: "secretsmanager.GetSecretValue", SecretId: SECRET }]);
	// On a slow machine, the first query of the tenant can take longer than `requestTimeoutMs` of the function, which repeats it.
	const operations = tenant.requestLog.operations();
	expect([...new Set(operations)]).toEqual(["InitiateAuth", "RespondToAuthChallenge", "getAwsCredentials"]);
	const event = { rawPath: "/lighthouse" };
	expect((await environment.invoke(event)).result).toEqual({ path: "/lighthouse", visits: 1 });
	expect((await environment.invoke(event)).result).toEqual({ path: "/lighthouse", visits: 2 });
	const ofSession = tenant.requestLog.operations().filter((operation) => operations.includes(operation));
	expect(ofSession).toEqual(operations);
	example.recordPassed("aws-cdk-lib");
});

test("the function of the CDK example responds with 503 in an outage, and succeeds after it", async () => {
	const outage = tenant.faults.add({ service: "appsync", status: 503 });
	const environment = startLambda();
	const event = { rawPath: "/outage" };
	expect((await environment.invoke(event)).result).toMatchObject({ statusCode: 503 });
	outage.remove();
	const invoke = async () => (await environment.invoke(event)).result as { statusCode?: number };
	let result = await invoke();
	while (result.statusCode === 503) {
		await pause(100);
		result = await invoke();
	}
	expect(result).toEqual({ path: "/outage", visits: 1 });
});
