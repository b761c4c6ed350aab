// Compiled by `npm run check`, never run: what must hold of the public types, and what must not compile.
import { DynamoDB, DynamoDBClient, type DynamoDBClientConfig, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocument, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import {
	type AnyEchoStreamError,
	ApiSession,
	AppSession,
	type AppSessionOptions,
	type AppSyncError,
	type AwsIdentity,
	Cognito,
	EchoStreamSession,
	type HttpHandler,
	isEchoStreamError,
	type ServiceClass,
	type TenantQuery,
} from "../../src/index.ts";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

const session = new AppSession();

// A client has its own type, not any.
const dynamodb = session.client(DynamoDBClient);
holds<Equals<typeof dynamodb, DynamoDBClient>>();
holds<Equals<ReturnType<typeof session.client<typeof SQSClient>>, SQSClient>>();
const aggregated = session.createClient(DynamoDB, { region: "eu-west-1" });
holds<Equals<typeof aggregated, DynamoDB>>();
dynamodb.send(new PutItemCommand({ TableName: "table", Item: {} }));
// @ts-expect-error a command of another service
session.client(SQSClient).send(new PutItemCommand({ TableName: "table", Item: {} }));

// The config is the client's own.
session.client(DynamoDBClient, { region: "eu-west-1", maxAttempts: 5, requestHandler: new NodeHttpHandler() });
session.client(DynamoDBClient, { credentials: { accessKeyId: "AK", secretAccessKey: "SK" } });
session.client(DynamoDBClient, {} as DynamoDBClientConfig);
// @ts-expect-error a misspelt option
session.client(DynamoDBClient, { regoin: "eu-west-1" });
// @ts-expect-error a wrong type
session.client(DynamoDBClient, { maxAttempts: {} });
// @ts-expect-error an option of another service
session.client(DynamoDBClient, { useQueueUrlAsEndpoint: true });
// @ts-expect-error an instance is no class
session.client(dynamodb);
// @ts-expect-error not a client
session.client(Date);
// @ts-expect-error nothing to build
session.client();
// @ts-expect-error the name of a service
session.client("dynamodb");
// @ts-expect-error the name of a service, with options
session.createClient("dynamodb", { region: "eu-west-1" });
// @ts-expect-error a document client wraps another
session.client(DynamoDBDocumentClient);
// @ts-expect-error a document client wraps another
session.createClient(DynamoDBDocument);
// @ts-expect-error boto3 has resources
session.resource("dynamodb", { region: "eu-west-1" });
// Functions of a program that make any client.
function wrapped<C extends ServiceClass>(Service: C, config?: ConstructorParameters<C>[0]): InstanceType<C> {
	return session.client(Service, config);
}
holds<Equals<ReturnType<typeof wrapped<typeof DynamoDB>>, DynamoDB>>();
class OwnClient extends DynamoDBClient {}
holds<Equals<ReturnType<typeof session.client<typeof OwnClient>>, OwnClient>>();
class WithResources extends AppSession {
	override resource(name: string): { readonly name: string } {
		return { name };
	}
	override client<C extends ServiceClass>(Service: C, config?: ConstructorParameters<C>[0]): InstanceType<C> {
		return super.client(Service, config);
	}
}
new WithResources().resource("dynamodb").name.slice(1);

// Handlers of events have the arguments of their event.
session.register("before-sign.sqs", ({ request }) => {
	request.headers["x-trace"] = "42";
});
session.register("provide-client-params.*.PutItem", ({ params }) => ({ ...params, TableName: "table" }));
session.register("*", ({ eventName }) => console.log(eventName.length));
session.register("after-call", async ({ parsed, httpResponse, model }) => [
	parsed.Items,
	httpResponse?.statusCode,
	model.name,
]);
// @ts-expect-error there are no parameters any more
session.register("before-sign.sqs", ({ params }) => params);
// @ts-expect-error no such event
session.register("before-cal.sqs", () => {});
// @ts-expect-error no handler
session.register("before-call", "handler");
session.middlewareStack.add((next) => (args) => next(args), { step: "build", priority: "low", name: "mine" });
// @ts-expect-error no such step
session.middlewareStack.add((next) => (args) => next(args), { step: "send" });

// The provider fits whatever takes one of the SDK's.
const provider: AwsCredentialIdentityProvider = session.credentials;
new DynamoDBClient({ credentials: session.credentials });
holds<Equals<Awaited<ReturnType<typeof session.credentials>>, AwsIdentity>>();
void provider({ forceRefresh: true });

// Options.
new ApiSession({ tenant: "t", password: async () => "p", requestHandler: new NodeHttpHandler(), logger: console });
new ApiSession({ password: ({ signal }) => (signal.aborted ? "" : "p") });
new ApiSession({ cognito: { username: "jo", getAccessToken: async () => "t" } });
// A user excludes the options of the session's own one, where both are written together.
declare const cognito: Cognito;
// @ts-expect-error a user has a name already
new AppSession({ cognito, username: "jo" });
// @ts-expect-error a user has a password already
new AppSession({ app: "a", password: "p", cognito });
// @ts-expect-error a user has a store of its own
new ApiSession({ cognito, store: undefined });
// Options from elsewhere may have both.
declare const options: AppSessionOptions;
new AppSession(options);
new AppSession({ ...options, app: "a" });
new AppSession({ ...options, cognito });
new AppSession({ ...options, ...options });
new AppSession(options.cognito ? { cognito: options.cognito } : { username: "jo" });
new AppSession({ ...(options.cognito ? { cognito: options.cognito } : { username: "jo" }) });
new AppSession({ cognito: options.cognito, ...(options.cognito ? {} : { username: "jo" }) });
interface OwnOptions extends AppSessionOptions {
	readonly own: string;
}
declare const own: OwnOptions;
new AppSession(own);
// A secret is certain where there is one to set up, and only there.
new AppSession({ challenges: { MFA_SETUP: ({ secretCode }) => secretCode.slice(1) } });
// @ts-expect-error a text message has no secret
new AppSession({ challenges: { SMS_MFA: ({ secretCode }) => secretCode.slice(1) } });
new AppSession({ challenges: { SELECT_MFA_TYPE: ({ choices }) => choices[0] ?? "SMS_MFA" } });
new AppSession({ challenges: { NEW_PASSWORD_REQUIRED: { password: "p", attributes: { email: "e" } } } });
// @ts-expect-error: no flow of that name
new Cognito({ userPoolId: "p", clientId: "c", authFlow: "USER_SRP" });
// What may be left out may be undefined, like a variable that is not set: also under exactOptionalPropertyTypes.
declare const unset: undefined;
new AppSession({ app: unset, tenant: unset, password: unset, cognito: unset, logger: unset, regionName: unset });
new AppSession({ challenges: { SMS_MFA: unset, MFA_SETUP: unset }, advisoryRefreshSeconds: unset, clock: unset });
session.setDefaultClientConfig({ region: unset });
void session.query("{ GetVersion }", undefined, { signal: unset });
void session.getCredentials().identity({ signal: unset, forceRefresh: unset, minTtlSeconds: unset });
// @ts-expect-error an app is for an AppSession
new ApiSession({ app: "a" });
// @ts-expect-error Python's spelling
new AppSession({ user_pool_id: "us-east-1_x" });
// @ts-expect-error seconds are a number
new AppSession({ duration: "3600" });
// @ts-expect-error the base class is abstract
new EchoStreamSession({});
// @ts-expect-error settings do not change
session.tenant = "other";
// Python programs set these.
[session.userAgentName, session.userAgentVersion, session.userAgentExtra] = ["billing", "7", "lang/fr"];

// What a session class adds, and what it cannot leave out.
class OwnSession extends EchoStreamSession {
	constructor() {
		super({}, { subject: "an OwnSession", required: { own: "OWN" } });
	}
	protected override tenantQuery(wanted: "credentials" | "tenant"): TenantQuery {
		return { document: "{ Own }", select: ({ Own }) => ({ [wanted]: Own }) };
	}
}
new OwnSession().client(DynamoDBClient);
// @ts-expect-error a session class has a query
class WithoutQuery extends EchoStreamSession {}
void WithoutQuery;
// @ts-expect-error the query is for the session alone
new OwnSession().tenantQuery("tenant");

// What has no name of its own has a place.
const codes: readonly AppSyncError["code"][] = ["QueryFailed", "TokenRejected"];
type HttpRequest = Parameters<HttpHandler["handle"]>[0];
const rerouting: HttpHandler = {
	handle: (request, options) => new NodeHttpHandler().handle(rerouted(request.clone()), options),
};
declare function rerouted(request: HttpRequest): Parameters<NodeHttpHandler["handle"]>[0];
void codes;
void rerouting;

// A switch over the code narrows.
function narrows(error: AnyEchoStreamError): unknown {
	switch (error.code) {
		case "InvalidSettings":
			return error.problems[0]?.variable;
		case "ChallengeUnanswered":
			return error.challengeName;
		case "QueryFailed":
			return error.errors;
		// @ts-expect-error no such code
		case "NoSuchCode":
			return error;
		default:
			// @ts-expect-error not all have problems
			return error.problems;
	}
}
const caught: unknown = narrows;
if (isEchoStreamError(caught)) holds<Equals<typeof caught.transient, boolean>>();

// A typed document gives its types to the variables and the data.
declare const document: TypedDocumentNode<{ GetVersion: string }, { verbose: boolean }>;
const result = session.query(document, { verbose: true });
holds<Equals<Awaited<typeof result>, { GetVersion: string }>>();
// @ts-expect-error a wrong variable
void session.query(document, { verbose: 1 });
const untyped = session.query("{ GetVersion }");
holds<Equals<Awaited<typeof untyped>, Readonly<Record<string, unknown>>>>();
