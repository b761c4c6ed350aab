import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LocalTenant } from "../../src/index.ts";
import {
	type AwsCredentials,
	clientConfig,
	credentialsOf,
	plainSignIn,
	type RequestToSign,
	signed,
} from "../tenant-client.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

let tenant: LocalTenant;
let admin: AwsCredentials;
let lambda: LambdaClient;
const events: unknown[] = [];
beforeAll(async () => {
	const lambdas = {
		collect: (event: unknown) => {
			events.push(event);
			return { count: events.length };
		},
		fail: () => {
			throw new RangeError("too far");
		},
		circular: () => {
			const result: { self?: unknown } = {};
			result.self = result;
			return result;
		},
	};
	tenant = await LocalTenant.start({ ...plainSignIn, lambdas });
	admin = await credentialsOf(tenant, { apiUser: "admin" });
	lambda = new LambdaClient(clientConfig(tenant, admin));
});
afterAll(() => tenant.stop());

async function send(request: RequestToSign) {
	const { init, url } = await signed(tenant, admin, request);
	const response = await fetch(url, init);
	return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("Lambda", () => {
	test("Invoke waits for the result, unless it is an event or a dry run", async () => {
		const invoke = async (InvocationType: "RequestResponse" | "Event" | "DryRun") => {
			const input = { FunctionName: "collect", InvocationType, Payload: `{"type":"${InvocationType}"}` };
			const { ExecutedVersion, FunctionError, Payload, StatusCode } = await lambda.send(new InvokeCommand(input));
			return [StatusCode, Payload?.transformToString() ?? "", ExecutedVersion, FunctionError];
		};
		expect(await invoke("DryRun")).toEqual([204, "", undefined, undefined]);
		expect(await invoke("Event")).toEqual([202, "", undefined, undefined]);
		expect(await invoke("RequestResponse")).toEqual([200, '{"count":2}', "$LATEST", undefined]);
		expect(events).toEqual([{ type: "Event" }, { type: "RequestResponse" }]);
	});

	test.each([
		["fail", { errorType: "RangeError", errorMessage: "too far" }],
		["circular", { errorType: "TypeError" }],
	])("the function error of %s is in the payload, with X-Amz-Function-Error", async (FunctionName, error) => {
		const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
		expect(FunctionError).toBe("Unhandled");
		expect(JSON.parse(Payload?.transformToString() ?? "")).toMatchObject(error);
	});

	test.each<[string, InvokeCommand | ListFunctionsCommand, string]>([
		["an unknown function", new InvokeCommand({ FunctionName: "constructor" }), "ResourceNotFoundException"],
		["an unknown version", new InvokeCommand({ FunctionName: "fail", Qualifier: "7" }), "ResourceNotFoundException"],
		["a malformed event", new InvokeCommand({ FunctionName: "fail", Payload: "{" }), "InvalidRequestContentException"],
		[
			"an unknown type of invocation",
			new InvokeCommand({ FunctionName: "fail", InvocationType: "Later" as "Event" }),
			"InvalidParameterValueException",
		],
		[
			"an event of more than 1 MB",
			new InvokeCommand({
				FunctionName: "fail",
				InvocationType: "Event",
				Payload: JSON.stringify("x".repeat(1 << 20)),
			}),
			"RequestTooLargeException",
		],
		["another operation", new ListFunctionsCommand({}), "UnknownOperationException"],
	])("Lambda rejects %s with its own error", async (_, command, name) => {
		await expect(lambda.send(command as InvokeCommand)).rejects.toMatchObject({
			name,
			message: expect.stringMatching(/./),
		});
	});

	test("a function is found by its ARN, and gets an empty event where there is no payload", async () => {
		const FunctionName = "arn:aws:lambda:us-east-1:000000000000:function:collect";
		await lambda.send(new InvokeCommand({ FunctionName }));
		expect(events.at(-1)).toEqual({});
	});

	test.each([
		["DELETE", "/2015-03-31/functions/collect"],
		["GET", "/2015-03-31/functions/collect/invocations"],
		["PUT", "/2015-03-31/functions/collect/code"],
		["POST", "/2014-11-13/functions/collect/invoke-async/"],
		["POST", "/2021-11-15/functions/collect/response-streaming-invocations"],
	])("%s %s invokes nothing", async (method, path) => {
		const count = events.length;
		const response = await send({ service: "lambda", method, path, ...(method !== "GET" && { body: "{}" }) });
		expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([400, "UnknownOperationException"]);
		expect(JSON.parse(response.text)).toMatchObject({ Type: "User", message: expect.stringContaining("lambda") });
		expect(events).toHaveLength(count);
	});
});

test("SNS rejects an operation that the tenant does not have in the XML of the query protocol", async () => {
	const body = "Action=AddPermission&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:t";
	const { status, text } = await send({ service: "sns", headers: FORM, body });
	expect([status, /<Code>(\w+)/.exec(text)?.[1]]).toEqual([400, "InvalidAction"]);
	expect(text).toContain("AddPermission");
});

describe("STS", () => {
	test("GetCallerIdentity is offered by POST and by GET", async () => {
		const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
		const posted = await send({ service: "sts", headers: FORM, body: String(new URLSearchParams(query)) });
		const got = await send({ service: "sts", method: "GET", query });
		for (const { status, text } of [posted, got]) {
			expect([status, /<Arn>(.*)<\/Arn>/.exec(text)?.[1]]).toEqual([
				200,
				"arn:aws:sts::000000000000:assumed-role/echostream/admin",
			]);
		}
	});

	test.each(["AssumeRole", "GetSessionToken", "AssumeRoleWithWebIdentity", "Nothing"])(
		"%s is rejected in the XML of the query protocol",
		async (operation) => {
			for (const method of ["POST", "GET"]) {
				const query = { Action: operation, Version: "2011-06-15" };
				const { headers, status, text } = await send({
					...{ service: "sts", method },
					...(method === "GET" ? { query } : { headers: FORM, body: String(new URLSearchParams(query)) }),
				});
				expect([status, headers.get("content-type"), /<Code>(\w+)/.exec(text)?.[1]]).toEqual([
					400,
					"text/xml",
					"InvalidAction",
				]);
				expect(text).toContain(operation);
			}
		},
	);
});
