// Clients of older releases of the AWS SDK, made by a session and with its configuration.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBClient as Client398 } from "client-dynamodb-398";
import { DynamoDBClient as Client425 } from "client-dynamodb-425";
import { AppSession } from "echostream-botocore";

const session = new AppSession();
export const made: readonly [Client398, Client425, DynamoDBClient] = [
	session.client(Client398, { maxAttempts: 1 }),
	session.client(Client425, { maxAttempts: 1 }),
	session.client(DynamoDBClient, { maxAttempts: 1 }),
];
export const own = [
	new Client398(session.clientConfig()),
	new Client425({ ...session.clientConfig(), maxAttempts: 1 }),
	new DynamoDBClient(session.clientConfig()),
];
