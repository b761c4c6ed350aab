// No Apollo, and other majors of the packages that only the optional entries use.
import { AppSession } from "echostream-botocore";

const session = new AppSession();
const { accessKeyId } = await session.credentials();
const { GetApp } = await session.query<{ GetApp: { tenant: { table: string } } }>(
	"query ($app: String!, $tenant: String!) { GetApp(name: $app, tenant: $tenant) { tenant { table } } }",
	{ app: session.app, tenant: session.tenant },
);
console.log(accessKeyId.slice(0, 4), GetApp.tenant.table);
