import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ApiSession, AppSession } from "echostream-botocore";

/**
 * A client for the queue of an edge. The queues of a cross-account app let the app's own AWS account in, and not its EchoStream
 * credentials, so that its client uses the credentials of the environment, as nodes of `echostream-node` do.
 */
export async function sqsClientFor(session: ApiSession | AppSession, appType: string | undefined): Promise<SQSClient> {
	const { SQSClient } = await import("@aws-sdk/client-sqs");
	if (appType !== "CrossAccountApp" || !("app" in session)) return session.client(SQSClient);
	return new SQSClient({ region: await session.regionName() });
}
