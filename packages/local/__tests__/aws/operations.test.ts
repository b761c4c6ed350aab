import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { OFFERED_OPERATIONS } from "../../src/aws/operations.ts";
import { LocalTenant } from "../../src/index.ts";
import { type AwsCredentials, clientConfig, credentialsOf, plainSignIn } from "../tenant-client.ts";

let tenant: LocalTenant;
let admin: AwsCredentials;
beforeAll(async () => {
	tenant = await LocalTenant.start(plainSignIn);
	admin = await credentialsOf(tenant, { apiUser: "admin" });
});
afterAll(() => tenant.stop());

/** Members that stand in paths. */
const LABELS = {
	...{ Arn: "a", Bucket: "bulk-data", CapacityProviderName: "c", CodeSigningConfigArn: "a", DurableExecutionArn: "a" },
	...{
		CallbackId: "c",
		FunctionName: "echo",
		Id: "i",
		Key: "untouched",
		LayerName: "l",
		Name: "n",
		Qualifier: "1",
		Resource: "r",
	},
	...{ ResourceArn: "a", StatementId: "s", UploadId: "u", UUID: "u", VersionNumber: 1 },
};

// biome-ignore lint/suspicious/noExplicitAny: every client and every command.
type Any = any;

const SERVICES: readonly (readonly [string, Record<string, Any>, Any, RegExp])[] = [
	["cognito-idp", cognito, cognito.CognitoIdentityProviderClient, /^UnknownOperationException$/],
	["dynamodb", dynamodb, dynamodb.DynamoDBClient, /^UnknownOperationException$/],
	["lambda", lambda, lambda.LambdaClient, /^UnknownOperationException$/],
	["s3", s3, s3.S3Client, /^NotImplemented$/],
	["sns", sns, sns.SNSClient, /^InvalidAction$/],
	["sqs", sqs, sqs.SQSClient, /^(InvalidAction|UnknownOperationException)$/],
];

describe.each(SERVICES)("%s", (service, module, Client, code) => {
	const all = Object.keys(module).flatMap((name) => /^(?!\$)(\w+)Command$/.exec(name)?.[1] ?? []);
	const offered = OFFERED_OPERATIONS[service] ?? [];
	// A form is no command.
	const unknown = new Set(["PostObject"]);

	test(`${service} offers operations that the service has`, () => {
		expect(offered.filter((name) => !all.includes(name) && !unknown.has(name))).toEqual([]);
	});

	test(`${service} rejects every operation that it does not offer, in the error shape of the service`, async () => {
		const client = new Client({ ...clientConfig(tenant, admin), disableHostPrefix: true });
		const storage = new s3.S3(clientConfig(tenant, admin));
		await storage.putObject({ Bucket: "bulk-data", Key: "untouched", Body: "x", Tagging: "a=1" });
		const wrong: string[] = [];
		for (const name of all.filter((one) => !offered.includes(one))) {
			const outcome = await client.send(new module[`${name}Command`](LABELS)).then(
				() => "accepted",
				(error: Error) => `${error.name} ${error.message}`,
			);
			if (!code.test(outcome.split(" ")[0] ?? "") || outcome.split(" ").length < 2) wrong.push(`${name}: ${outcome}`);
		}
		expect(wrong).toEqual([]);
		const object = await storage.getObject({ Bucket: "bulk-data", Key: "untouched" });
		expect([await object.Body?.transformToString(), object.TagCount]).toEqual(["x", 1]);
	});
});
