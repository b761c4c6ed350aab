// Everything installed: the tenant runs in this process, and Apollo queries it, with a session of the ES modules and one of CommonJS.
import { gql } from "@apollo/client";
import { AppSession } from "echostream-botocore";
import { apolloClient } from "echostream-botocore/apollo";
import { LocalTenant } from "echostream-local";
import { newSession } from "./session.cjs";

const tenant = await LocalTenant.start();
Object.assign(process.env, tenant.environment({ app: "external-app" }));
for (const session of [new AppSession(), newSession()]) {
	const { data } = await apolloClient(session).query<{ GetApp: { tenant: { table: string } } }>({
		query: gql`
			query ($app: String!, $tenant: String!) {
				GetApp(name: $app, tenant: $tenant) {
					tenant {
						table
					}
				}
			}
		`,
		variables: { app: session.app, tenant: session.tenant },
	});
	const { accessKeyId } = await session.credentials();
	console.log(accessKeyId.slice(0, 4), data?.GetApp.tenant.table);
	session.destroy();
}
await tenant.stop();
