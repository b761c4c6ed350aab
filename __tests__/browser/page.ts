// What the tests use of the built package and of the AWS SDK, bundled for a page, where they find it as `echostream`.
export {
	DescribeTableCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
export { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
export { ApiSession, AppSession, Cognito, isEchoStreamError } from "echostream-botocore";

import { AppSession, type AppSessionOptions, Cognito, type SessionEvent } from "echostream-botocore";

/** The settings of a session, and where its servers are: pages have no environment that could tell. */
export type PageSettings = Readonly<
	Record<
		"app" | "appsyncEndpoint" | "clientId" | "endpoint" | "password" | "tenant" | "userPoolId" | "username",
		string
	>
>;

/** How far the page's clock is ahead of the machine's, milliseconds. */
export const ahead = { ms: 0 };

const clock = {
	now: () => Date.now() + ahead.ms,
	monotonic: () => performance.now() + ahead.ms,
	after(ms: number, act: () => void) {
		const timer = setTimeout(act, ms);
		return () => clearTimeout(timer);
	},
};

/** A session as a page makes it, and the events of it and of its user. */
export function open(settings: PageSettings, options: AppSessionOptions = {}) {
	const { endpoint, clientId, userPoolId, username, password, app, appsyncEndpoint, tenant } = settings;
	const events: SessionEvent[] = [];
	const shared = { clock, onEvent: (event: SessionEvent) => void events.push(event), ...options };
	const user = { endpoint, clientId, userPoolId, username, password };
	const { maxAttempts, requestTimeoutMs } = options;
	const cognito = new Cognito({ ...shared, ...user, maxAttempts, requestTimeoutMs });
	const session = new AppSession({ ...shared, cognito, app, appsyncEndpoint, tenant });
	session.setDefaultClientConfig({ endpoint });
	return { session, cognito, events };
}

/** How a promise ended: the code of its error, else its name, or `none`. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
	return promise.then(
		() => "none",
		(error: { code?: string | number; name: string }) =>
			typeof error.code === "string" ? error.code : `${error.name}`,
	);
}
