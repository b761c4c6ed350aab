// Calls that do not compile, each below parts of the message of the compiler, which older versions word differently, and calls that compile.
import { DynamoDB, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ApiSession, AppSession, type AppSessionOptions, Cognito, type ServiceClass } from "echostream-botocore";

const session = new AppSession();
const cognito = new Cognito({ userPoolId: "us-east-1_x", clientId: "c", username: "jo", password: "p" });

//: Argument of type 'string' is not assignable … session.client(DynamoDBClient)
session.client("dynamodb");
//: session.client(DynamoDBClient)
session.createClient("dynamodb", { region: "us-east-1" });
//: DynamoDBDocumentClient.from(session.client(DynamoDBClient))
session.client(DynamoDBDocumentClient);
//: DynamoDBDocumentClient.from(session.client(DynamoDBClient))
session.createClient(DynamoDBDocument, {});
//: session.client(DynamoDBClient), or resource() of a Session of echostream-boto3
session.resource("dynamodb");
//: session.client(DynamoDBClient), or resource() of a Session of echostream-boto3
session.resource("dynamodb", { region: "us-east-1" });
//: Did you mean to write 'maxAttempts'?
session.client(DynamoDBClient, { maxAttempt: 2 });
//: 'username' does not exist in type 'AppSessionOptionsWithCognito' | 'Cognito' is not assignable to type 'undefined'
new AppSession({ cognito, username: "jo" });
//: 'password' does not exist in type 'SessionOptionsWithCognito' | 'Cognito' is not assignable to type 'undefined'
new ApiSession({ password: "p", cognito });
//: 'store' does not exist in type 'AppSessionOptionsWithCognito' | 'Cognito' is not assignable to type 'undefined'
new AppSession({ app: "a", cognito, store: undefined });
//: 'user_pool_id' does not exist
new AppSession({ user_pool_id: "us-east-1_x" });

export const aggregated: DynamoDB = session.client(DynamoDB, { region: "us-east-1" });
export const document: DynamoDBDocument = DynamoDBDocument.from(session.createClient(DynamoDBClient));
export function clientOf<C extends ServiceClass>(Service: C, config?: ConstructorParameters<C>[0]): InstanceType<C> {
	return session.client(Service, config);
}
export const own: DynamoDBClient = clientOf(class extends DynamoDBClient {}, { maxAttempts: 2 });
export const clients: readonly InstanceType<ServiceClass>[] = [DynamoDB, DynamoDBClient].map((Service) =>
	session.client<ServiceClass>(Service),
);

export class OwnSession extends AppSession {
	override client<C extends ServiceClass>(Service: C, config?: ConstructorParameters<C>[0]): InstanceType<C> {
		return super.client(Service, config);
	}
	override resource(name: string): string {
		return name;
	}
}

interface OwnOptions extends AppSessionOptions {
	readonly own?: string;
}
export function sessionsOf(options: AppSessionOptions, others: OwnOptions, user: Cognito | undefined): AppSession[] {
	return [
		new AppSession(options),
		new AppSession(others),
		new AppSession({ ...options, app: "a" }),
		new AppSession({ ...options, ...others }),
		new AppSession({ ...options, cognito }),
		new AppSession(user ? { cognito: user } : { username: "jo", password: "p" }),
		new AppSession({ ...(user ? { cognito: user } : { username: "jo" }), app: "a" }),
		new AppSession({ cognito: user, ...(user ? {} : { username: "jo" }) }),
		new AppSession({ app: process.env.NAME, username: process.env.USER }),
		new OwnSession(options),
	];
}
