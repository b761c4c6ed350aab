import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { AppSession } from "echostream-botocore";

interface EchoStream {
	readonly session: AppSession;
	readonly dynamodb: DynamoDBDocumentClient;
	table?: string;
}

const globals = globalThis as { echostream?: EchoStream };

/**
 * Returns the session of this process in its EchoStream app, and a client with its credentials.
 *
 * Creates them on the first call, and not on import: `next build` imports every route, where there are no settings. Keeps them
 * in `globalThis`, because Next loads this module once for each bundle, and in development again after each change.
 */
export function echostream(): EchoStream {
	globals.echostream ??= open();
	return globals.echostream;
}

/** Returns the name of the tenant's table. */
export async function tableName(): Promise<string> {
	const own = echostream();
	own.table ??= (await own.session.describeTenant()).table;
	return own.table;
}

function open(): EchoStream {
	const session = new AppSession({ logger: console });
	return { session, dynamodb: DynamoDBDocumentClient.from(session.client(DynamoDBClient)) };
}
