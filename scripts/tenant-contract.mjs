// What a session promises against any tenant, row by row. A row throws when the promise is broken, and returns what it has observed, of which
// `npm run test:tenant` compares the shape between two tenants.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
	DeleteItemCommand,
	DescribeTableCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ApiSession, AppSession, Cognito } from "../dist/esm/index.js";

/** A user of a tenant, as the environment names it: the user of an app if there is the variable APP, or else an API user. */
export class TenantUser {
	constructor(environment) {
		const { APP, APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } =
			environment;
		this.environment = environment;
		this.isApp = APP !== undefined && APP !== "";
		this.userOptions = {
			clientId: CLIENT_ID,
			userPoolId: USER_POOL_ID,
			username: USER_NAME,
			...(AWS_ENDPOINT_URL && { endpoint: AWS_ENDPOINT_URL }),
		};
		this.user = new Cognito({ ...this.userOptions, password: PASSWORD });
		this.sessionOptions = { appsyncEndpoint: APPSYNC_ENDPOINT, cognito: this.user };
		this.session = this.sessionOf({ tenant: TENANT, app: APP });
		const endpoint = AWS_ENDPOINT_URL ? { endpoint: AWS_ENDPOINT_URL } : {};
		this.dynamodb = this.session.client(DynamoDBClient, endpoint);
		this.sqs = this.session.client(SQSClient, endpoint);
	}

	sessionOf({ tenant, app }) {
		return this.isApp
			? new AppSession({ ...this.sessionOptions, tenant, app })
			: new ApiSession({ ...this.sessionOptions, tenant });
	}

	/** Posts a GraphQL query, with this access token or none. */
	async graphql(query, authorization) {
		const response = await fetch(this.environment.APPSYNC_ENDPOINT, {
			method: "POST",
			headers: { "content-type": "application/json", ...(authorization && { authorization }) },
			body: JSON.stringify({ query }),
		});
		return { status: response.status, ...(await response.json()) };
	}

	destroy() {
		this.session.destroy();
		this.user.destroy();
	}
}

/** A value that is compared as it is, and not by its type. */
export const literal = (value) => ({ literal: value });

/** The error of a call that has to fail. */
async function failureOf(call) {
	const error = await call.then(
		() => undefined,
		(thrown) => thrown,
	);
	assert(error !== undefined, "the call succeeded");
	return error;
}

const errorsOf = ({ errors, status }) => {
	assert(errors?.length > 0, "the response has no errors");
	return {
		status: literal(status),
		errors: errors.map(({ errorType, message }) => ({ errorType: literal(errorType), message })),
	};
};

/** The promises, in the order in which they are checked. `of` restricts a row to one kind of user. */
export const CONTRACT = [
	{
		title: "signs in by SRP, with tokens that verify",
		async check({ user }) {
			await user.authenticate();
			await user.verifyTokens();
			const { accessClaims, idClaims } = user;
			assert.equal(accessClaims.token_use, "access");
			assert(accessClaims.exp * 1000 > Date.now(), "the access token has expired");
			return { access: accessClaims, id: idClaims };
		},
	},
	{
		title: "describes the user who is signed in",
		async check({ user }) {
			return user.getUser();
		},
	},
	{
		title: "renews the access token by the refresh token",
		async check({ user }) {
			const { accessToken } = user;
			await user.renewAccessToken();
			assert.notEqual(user.accessToken, accessToken);
			await user.verifyTokens();
			return { access: user.accessClaims };
		},
	},
	{
		title: "rejects a wrong password without a word about which half is wrong",
		async check({ userOptions }) {
			const other = new Cognito({ ...userOptions, password: `${randomUUID()}aA1!` });
			try {
				const { cause, code, message } = await failureOf(other.authenticate());
				return { code: literal(code), name: literal(cause?.name), message };
			} finally {
				other.destroy();
			}
		},
	},
	{
		title: "describes the tenant",
		of: "apiUser",
		async check({ environment, session }) {
			const described = await session.describeTenant();
			assert.equal(described.name, environment.TENANT);
			return described;
		},
	},
	{
		title: "has the fields of a tenant",
		of: "apiUser",
		async check({ environment, session }) {
			const fields =
				"__typename active audit config created { at by } description lastModified { at by } name region table";
			const query = `query one($tenant: String!) { GetTenant(tenant: $tenant) { ${fields} } }`;
			return session.query(query, { tenant: environment.TENANT });
		},
	},
	{
		title: "describes the app",
		of: "app",
		async check({ environment, session }) {
			const described = await session.describeApp();
			assert.equal(described.name, environment.APP);
			return { ...described, config: typeof described.config, type: literal(described.type) };
		},
	},
	{
		title: "has the tenant's region",
		async check({ session }) {
			return session.regionName();
		},
	},
	{
		title: "gets AWS credentials that last",
		async check({ session }) {
			const { accessKeyId, expiration, secretAccessKey, sessionToken } = await session.credentials();
			assert(expiration > new Date(), "the credentials have expired");
			assert.match(accessKeyId, /^ASIA/);
			return { accessKeyId, expiration, secretAccessKey, sessionToken };
		},
	},
	{
		title: "gets other AWS credentials when they are forced to refresh",
		async check({ session }) {
			const before = await session.credentials();
			const after = await session.credentials({ forceRefresh: true });
			assert.notEqual(after.accessKeyId, before.accessKeyId);
			return {};
		},
	},
	{
		title: "describes the tenant's table with the AWS credentials",
		of: "apiUser",
		async check({ dynamodb, session }) {
			const { table } = await session.describeTenant();
			const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
			return {
				status: literal(Table.TableStatus),
				keys: literal(Table.KeySchema),
				types: literal(Table.AttributeDefinitions),
			};
		},
	},
	{
		title: "finds no item with an unknown key in the tenant's table",
		of: "apiUser",
		async check({ dynamodb, session }) {
			const { table: TableName } = await session.describeTenant();
			const unknown = { S: randomUUID() };
			const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { pk: unknown, sk: unknown } }));
			assert.equal(Item, undefined);
			const { Count } = await dynamodb.send(
				new QueryCommand({
					TableName,
					KeyConditionExpression: "pk = :pk",
					ExpressionAttributeValues: { ":pk": unknown },
				}),
			);
			return { count: literal(Count) };
		},
	},
	{
		title: "rejects a read of an unknown table",
		async check({ dynamodb }) {
			const TableName = `unknown-${randomUUID()}`;
			const { $metadata, name } = await failureOf(dynamodb.send(new DescribeTableCommand({ TableName })));
			return { name: literal(name), status: literal($metadata.httpStatusCode) };
		},
	},
	{
		title: "lists queues",
		of: "apiUser",
		async check({ sqs }) {
			const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1 }));
			return { count: literal(QueueUrls.length) };
		},
	},
	{
		title: "rejects a request for an unknown queue",
		async check({ sqs }) {
			const QueueName = `unknown-${randomUUID()}`;
			const { $metadata, name } = await failureOf(sqs.send(new GetQueueUrlCommand({ QueueName })));
			return { name: literal(name), status: literal($metadata.httpStatusCode) };
		},
	},
	{
		title: "reports an unknown tenant or app",
		async check(one) {
			const unknown = one.sessionOf({ tenant: `unknown-${randomUUID()}`, app: "unknown" });
			try {
				const { code } = await failureOf(unknown.credentials());
				return { code: literal(code) };
			} finally {
				unknown.destroy();
			}
		},
	},
	{
		title: "reports an unknown field of a query",
		async check(one) {
			return errorsOf(await one.graphql('{ GetTenant(tenant: "x") { noSuchField } }', one.user.accessToken));
		},
	},
	{
		title: "rejects a query without a token",
		async check(one) {
			return errorsOf(await one.graphql("{ GetVersion }"));
		},
	},
	{
		title: "rejects a query with a token that is none",
		async check(one) {
			return errorsOf(await one.graphql("{ GetVersion }", "no-token"));
		},
	},
	{
		title: "writes an item, reads it and deletes it",
		of: "apiUser",
		writes: true,
		async check({ dynamodb, session }) {
			const { table: TableName } = await session.describeTenant();
			const Key = { pk: { S: `contract-${randomUUID()}` }, sk: { S: "1" } };
			await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, text: { S: "hello" } } }));
			const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
			await dynamodb.send(new DeleteItemCommand({ TableName, Key }));
			assert.equal(Item?.text?.S, "hello");
			return {};
		},
	},
	{
		title: "signs out everywhere, after which the refresh token is rejected",
		writes: true,
		async check({ environment, userOptions }) {
			const other = new Cognito({ ...userOptions, password: environment.PASSWORD });
			try {
				await other.authenticate();
				const { refreshToken } = other;
				await other.logout();
				const again = new Cognito({ ...userOptions, refreshToken });
				const { cause, code } = await failureOf(again.renewAccessToken());
				again.destroy();
				return { code: literal(code), name: literal(cause?.name) };
			} finally {
				other.destroy();
			}
		},
	},
];
