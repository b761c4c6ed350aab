// The tenant alone: its pool publishes a key set, and it rejects unknown requests.
import { LocalTenant } from "echostream-local";

const tenant = await LocalTenant.start();
const { USER_POOL_ID, APPSYNC_ENDPOINT } = tenant.environment({ app: "external-app" });
const keySet = await fetch(`${tenant.url}/${USER_POOL_ID}/.well-known/jwks.json`);
const query = await fetch(APPSYNC_ENDPOINT, { method: "POST", body: JSON.stringify({ query: "{ GetVersion }" }) });
console.log((await keySet.json()).keys.length, query.status);
await tenant.stop();
