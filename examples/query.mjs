// A query of the EchoStream GraphQL API, as the user of the session, with a timeout. `npm run examples -- query`
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const document = `
	query nodes($app: String!, $tenant: String!) {
		GetVersion
		GetApp(name: $app, tenant: $tenant) {
			__typename
			description
			... on ExternalApp { nodes { ... on Node { name } } }
		}
	}
`;
const variables = { app: session.app, tenant: session.tenant };
const { GetApp, GetVersion } = await session.query(document, variables, { signal: AbortSignal.timeout(10_000) });
const nodes = GetApp.nodes.map(({ name }) => name);
console.log(`EchoStream ${GetVersion}: the app ${session.app} (${GetApp.__typename}) has the nodes ${nodes}`);

session.destroy();
