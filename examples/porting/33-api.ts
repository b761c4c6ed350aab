// Query the EchoStream API: the tenant, its apps, and an app that does not exist.
import { ApiSession } from "echostream-botocore";

const session = new ApiSession();
const GET_TENANT = "query tenant($tenant: String!) { GetTenant(tenant: $tenant) { name region } }";
const GET_APP =
	"query app($tenant: String!, $name: String!) { GetApp(tenant: $tenant, name: $name) { __typename name } }";

const { tenant } = session;
console.log(JSON.stringify((await session.query<{ GetTenant: object }>(GET_TENANT, { tenant })).GetTenant));
for (const name of ["external-app", "none"]) {
	const { GetApp } = await session.query<{ GetApp: object | null }>(GET_APP, { tenant, name });
	console.log(JSON.stringify(GetApp));
}
