// A library on a session, of which the compiler writes the types.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type ApiSession, AppSession, EchoStreamSession } from "echostream-botocore";
import { FileStore } from "echostream-botocore/stores";

export class TeamSession extends AppSession {
	readonly store = new FileStore();
	table() {
		return this.describeTenant().then(({ table }) => table);
	}
}
export abstract class OwnSession extends EchoStreamSession {}
export const clientOf = (session: AppSession) => session.client(DynamoDBClient);
export const stateOf = (session: ApiSession) => ({ ...session.status(), user: session.cognito });
export const configOf = (session: ApiSession) => session.clientConfig();
export const stackOf = (session: ApiSession) => session.middlewareStack;
export const optionsOf = (...args: ConstructorParameters<typeof AppSession>) => args[0];
