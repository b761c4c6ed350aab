// What must hold wherever the package runs: Node, Bun, Deno, browsers. It needs nothing but the packages that it imports, and
// two local tenants somewhere, of which one gives credentials that live 4 s. Each comes as the options of an AppSession
// (`app`, `appsyncEndpoint`, `tenant`), those of a Cognito user (`user`), and the `endpoint` of its AWS.
import { gql } from "@apollo/client";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession, Cognito, isEchoStreamError, SettingsError } from "echostream-botocore";
import { apolloClient } from "echostream-botocore/apollo";

function expectEqual(actual, expected) {
	const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
	if (found !== wanted) throw new Error(`expected ${wanted}, got ${found}`);
}

const codeOf = (promise) =>
	promise.then(
		() => "none",
		(error) => (isEchoStreamError(error) ? error.code : error.name),
	);

/** A session, and its events and those of its user. */
function watched({ session: options, user, endpoint }) {
	const events = [];
	const onEvent = (event) => events.push(event.type);
	const cognito = new Cognito({ ...user, endpoint, onEvent });
	return { session: new AppSession({ ...options, cognito, onEvent }), events };
}

const tableQuery =
	"query table($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { tenant { table } } }";

export const cases = {
	async "settings are checked before anything is sent, and all that is wrong is told at once"({ tenant }) {
		let error;
		try {
			new AppSession({
				...tenant.session,
				...tenant.user,
				appsyncEndpoint: "nowhere",
				duration: 1,
				userPoolId: "pool",
			});
		} catch (thrown) {
			error = thrown;
		}
		expectEqual(error instanceof SettingsError && isEchoStreamError(error), true);
		expectEqual(error.problems.map(({ option }) => option).sort(), ["appsyncEndpoint", "duration", "userPoolId"]);
	},

	async "the first use logs in and fetches credentials; the next uses do neither"({ tenant }) {
		const { session, events } = watched(tenant);
		const { accessKeyId } = await session.credentials();
		expectEqual(accessKeyId.slice(0, 4), "ASIA");
		expectEqual((await session.credentials()).accessKeyId, accessKeyId);
		expectEqual((await session.getCredentials().getFrozenCredentials()).accessKey, accessKeyId);
		expectEqual(events, ["signIn", "credentialsRefreshed"]);
	},

	async "10,000 callers at once cause one login and one fetch"({ tenant }) {
		const { session, events } = watched(tenant);
		const identities = await Promise.all(Array.from({ length: 10_000 }, () => session.credentials()));
		expectEqual(new Set(identities.map(({ accessKeyId }) => accessKeyId)).size, 1);
		expectEqual(events, ["signIn", "credentialsRefreshed"]);
	},

	async "every request names the program in User-Agent, but for those of a page, which may not"({ tenant }) {
		const inner = watched(tenant).session.client(DynamoDBClient).config.requestHandler;
		const sent = [];
		const requestHandler = {
			handle(request, options) {
				sent.push([request.headers["user-agent"], request.headers["x-amz-user-agent"]]);
				return inner.handle(request, options);
			},
		};
		const cognito = new Cognito({ ...tenant.user, endpoint: tenant.endpoint, requestHandler });
		const session = new AppSession({ ...tenant.session, cognito, requestHandler });
		await session.credentials();
		const isPage = typeof document !== "undefined";
		expectEqual(
			sent.map(([userAgent, amazon]) =>
				isPage ? userAgent === undefined : userAgent === amazon && amazon !== undefined,
			),
			[true, true, true],
		);
	},

	async "a client signs what it sends, and AWS accepts it"({ tenant }) {
		const { session } = watched(tenant);
		const { table } = await session.describeTenant();
		const dynamodb = session.client(DynamoDBClient, { endpoint: tenant.endpoint });
		const Key = { pk: { S: "portable" }, sk: { S: "1" } };
		await dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...Key, text: { S: "grüße 🌍" } } }));
		const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
		expectEqual(Item.text.S, "grüße 🌍");
	},

	async "a forced refresh brings another key and needs no login"({ tenant }) {
		const { session, events } = watched(tenant);
		const first = await session.credentials();
		const second = await session.credentials({ forceRefresh: true });
		expectEqual(first.accessKeyId === second.accessKeyId, false);
		expectEqual(events, ["signIn", "credentialsRefreshed", "credentialsRefreshed"]);
	},

	async "calls go on while credentials expire, and none fails"({ shortLived }) {
		const { session, events } = watched(shortLived);
		const { table } = await session.describeTenant();
		const dynamodb = session.client(DynamoDBClient, { endpoint: shortLived.endpoint });
		const Key = { pk: { S: "portable" }, sk: { S: "2" } };
		const end = Date.now() + 6_000;
		while (Date.now() < end) {
			await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		expectEqual(events.filter((type) => type === "credentialsRefreshed").length >= 2, true);
		expectEqual(events.filter((type) => type === "signIn").length, 1);
	},

	async "the access token is renewed without the password"({ tenant }) {
		const { session, events } = watched(tenant);
		await session.credentials();
		await session.cognito.renewAccessToken();
		await session.query(tableQuery, { app: session.app, tenant: session.tenant });
		expectEqual(events, ["signIn", "credentialsRefreshed", "tokensRenewed"]);
	},

	async "a wrong password is refused, is not tried again by itself, and is in no message"({ tenant }) {
		const { session, events } = watched({ ...tenant, user: { ...tenant.user, password: "not the password" } });
		const error = await session.credentials().catch((thrown) => thrown);
		expectEqual(error.code, "SignInRejected");
		expectEqual(`${error.message}${error.stack}${JSON.stringify(error)}`.includes("not the password"), false);
		expectEqual(await codeOf(session.credentials()), "SignInRejected");
		expectEqual(events.includes("signIn"), false);
	},

	async "what the user may not ask has an error of its own"({ tenant }) {
		const { session } = watched({ ...tenant, session: { ...tenant.session, app: "nobody" } });
		expectEqual(await codeOf(session.credentials()), "PermissionDenied");
	},

	async "whoever gives up waiting leaves the others their answer"({ tenant }) {
		const { session } = watched(tenant);
		const abort = new AbortController();
		const left = session.ready({ signal: abort.signal });
		const stayed = session.credentials();
		abort.abort();
		expectEqual(await codeOf(left), "AbortError");
		expectEqual((await stayed).accessKeyId.slice(0, 4), "ASIA");
	},

	async "a session that was destroyed says so"({ tenant }) {
		const { session } = watched(tenant);
		await session.credentials();
		session.destroy();
		expectEqual(await codeOf(session.credentials()), "SessionDestroyed");
	},

	async "two sessions of one user log in once"({ tenant }) {
		const { session, events } = watched(tenant);
		const other = new AppSession({ ...tenant.session, cognito: session.cognito });
		await Promise.all([session.credentials(), other.credentials()]);
		expectEqual(events.filter((type) => type === "signIn").length, 1);
	},

	async "Apollo's client asks on the session's login"({ tenant }) {
		const { session } = watched(tenant);
		const { table } = await session.describeTenant();
		const { data } = await apolloClient(session).query({ query: gql(tableQuery) });
		expectEqual(data.GetApp.tenant.table, table);
	},
};

/**
 * Runs them one after the other.
 *
 * @returns {Promise<{ title: string, error?: string }[]>} with the error of each that failed.
 */
export async function runCases(surroundings) {
	const results = [];
	for (const [title, run] of Object.entries(cases)) {
		try {
			await run(surroundings);
			results.push({ title });
		} catch (error) {
			results.push({ title, error: String(error?.stack ?? error).slice(0, 2_000) });
		}
	}
	return results;
}
