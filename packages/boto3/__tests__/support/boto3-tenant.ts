import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { Session } from "echostream-boto3";
import { ApiSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";

/** The client classes of the tests. */
export const services = { dynamodb: DynamoDB, lambda: Lambda, s3: S3, sqs: SQS };

/** A tenant, and a session of boto3 on it. */
export interface Boto3Tenant {
	readonly tenant: LocalTenant;
	readonly botocoreSession: ApiSession;
	readonly session: Session<typeof services>;
	stop(): Promise<void>;
}

/** Starts a tenant, points this test file's environment at it as an administrator's, and signs in. */
export async function startBoto3(): Promise<Boto3Tenant> {
	const tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment({ apiUser: "admin" }));
	const botocoreSession = new ApiSession();
	await botocoreSession.ready();
	const session = new Session({ botocoreSession, regionName: "us-east-1", services });
	const stop = async () => {
		botocoreSession.destroy();
		await tenant.stop();
	};
	return { tenant, botocoreSession, session, stop };
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
	return promise.then(
		(value) => {
			throw new Error(`Resolved with ${JSON.stringify(value)}.`);
		},
		(error: unknown) => error,
	);
}

/** The elements of an iterable. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
	const elements: T[] = [];
	for await (const element of iterable) elements.push(element);
	return elements;
}
