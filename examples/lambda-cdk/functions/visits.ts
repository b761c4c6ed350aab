import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { LambdaFunctionURLHandler } from "aws-lambda";
import { AppSession, isEchoStreamError } from "echostream-botocore";

// Signed by the role of the function, which may read the secret.
const secrets = new SecretsManagerClient();

async function password({ signal }: { readonly signal: AbortSignal }): Promise<string> {
	const command = new GetSecretValueCommand({ SecretId: process.env.PASSWORD_SECRET });
	return (await secrets.send(command, { abortSignal: signal })).SecretString ?? "";
}

const session = new AppSession({ password, logger: console, requestTimeoutMs: 2_000, totalTimeoutMs: 8_000 });
const dynamodb = session.client(DynamoDBClient);

// Signs in while Lambda initializes the environment. If that fails, the handler tries again. An error thrown here would restart
// the environment on every invocation, and repeat a sign-in that Cognito rejected.
let tenant = await session.describeTenant().catch((error: Error) => void console.error(error.message));

export const handler: LambdaFunctionURLHandler = async ({ rawPath }) => {
	try {
		tenant ??= await session.describeTenant();
		const { Attributes } = await dynamodb.send(
			new UpdateItemCommand({
				TableName: tenant.table,
				Key: { pk: { S: "visits" }, sk: { S: rawPath } },
				UpdateExpression: "ADD visits :one",
				ExpressionAttributeValues: { ":one": { N: "1" } },
				ReturnValues: "UPDATED_NEW",
			}),
		);
		return { path: rawPath, visits: Number(Attributes?.visits?.N) };
	} catch (error) {
		// Any other error is one of the function, which Lambda counts and reports.
		if (!isEchoStreamError(error) || !error.transient) throw error;
		console.error(error.message);
		return { statusCode: 503, headers: { "retry-after": "5" }, body: "Try again later" };
	}
};
