import { DynamoDB, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { ApiSession } from "../../src/index.ts";
import { settingsErrorOf } from "../support/settings-error.ts";

const OPTIONS = {
	appsyncEndpoint: "https://abc.appsync-api.us-east-1.amazonaws.com/graphql",
	clientId: "4abcdefghijklmnopqrstuvwxy",
	password: "canary-password",
	tenant: "tenant",
	userPoolId: "us-east-1_AbCdEfGhI",
	username: "user",
};

/** Calls a method of a session as a program in JavaScript may. */
function errorOf(method: "client" | "createClient" | "resource", ...args: unknown[]): Error {
	const session = new ApiSession(OPTIONS);
	try {
		(session[method] as (...args: unknown[]) => unknown)(...args);
	} catch (error) {
		return error as Error;
	} finally {
		session.destroy();
	}
	throw new Error("The call has succeeded.");
}

describe("the class of a client", () => {
	test.each(["client", "createClient"] as const)(
		"%s() with the name of a service shows how to pass its class",
		(method) => {
			const error = errorOf(method, "dynamodb", { region: "us-east-1" });
			expect(error).toBeInstanceOf(TypeError);
			expect(error.message).toMatch(/^client\("dynamodb"\) has the name of a service instead of a class\./);
			expect(error.message).toContain('import { DynamoDBClient } from "@aws-sdk/client-dynamodb"');
			expect(error.message).toContain("session.client(DynamoDBClient)");
		},
	);

	test.each([
		["undefined", undefined],
		["null", null],
		["object", new DynamoDBClient()],
		["PutItemCommand", PutItemCommand],
		["Date", Date],
		["number", 7],
	])("client() with what is no client class, %s, names it", (name, value) => {
		const error = errorOf("client", value);
		expect(error).toBeInstanceOf(TypeError);
		expect(error.message).toBe(
			`client() requires the class of an AWS SDK v3 client, but received ${name}. Write session.client(DynamoDBClient).`,
		);
	});

	test.each([
		["DynamoDBDocumentClient", DynamoDBDocumentClient],
		["DynamoDBDocument", DynamoDBDocument],
	])("client() with %s shows how to make it from a client", (name, Class) => {
		const error = errorOf("client", Class);
		expect(error).toBeInstanceOf(TypeError);
		expect(error.message).toContain(`Write ${name}.from(session.client(DynamoDBClient)).`);
	});

	test("client() accepts a class that extends the SDK's", async () => {
		class Traced extends DynamoDB {
			readonly isTraced = true;
		}
		await using session = new ApiSession(OPTIONS);
		expect(session.client(Traced).isTraced).toBe(true);
	});

	test("resource() names the client and the package that has resources", () => {
		const error = errorOf("resource", "dynamodb");
		expect(error).toBeInstanceOf(TypeError);
		expect(error.message).toMatch(/^A session has no resources\. .*session\.client\(.*echostream-boto3/);
	});
});

describe("options in Python's spelling", () => {
	test.each([
		...["region_name", "endpoint_url", "aws_access_key_id", "use_ssl"],
		...["regionName", "endpointUrl", "awsAccessKeyId", "useSsl", "config", "verify", "retries", "readTimeout"],
	])("the option %s of a client is an error that shows the SDK's spelling", (name) => {
		const error = errorOf("client", DynamoDBClient, { [name]: "us-east-1" });
		expect(error).toBeInstanceOf(TypeError);
		expect(error.message).toMatch(new RegExp(`^A client has no option ${name}\\. .*region for region_name`));
	});

	test("a configuration that is a string is an error that shows an object", () => {
		expect(errorOf("client", DynamoDBClient, "us-east-1").message).toContain('{ region: "us-east-1" }');
	});

	test("the option client_id of a session is an error that names clientId", () => {
		const { clientId, ...others } = OPTIONS;
		const error = settingsErrorOf(() => new ApiSession({ ...others, client_id: clientId } as never));
		expect(error.problems).toContainEqual({ option: "client_id", problem: "is not an option: write clientId" });
	});
});
