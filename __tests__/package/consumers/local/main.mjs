// The tenant alone: its pool publishes a key set, it rejects unknown requests, and has AWS.
import { LocalTenant } from "echostream-local";
import { callAws, options } from "./aws.cjs";

const tenant = await LocalTenant.start(options);
const { USER_POOL_ID, APPSYNC_ENDPOINT } = tenant.environment({ app: "external-app" });
const keySet = await fetch(`${tenant.url}/${USER_POOL_ID}/.well-known/jwks.json`);
const query = await fetch(APPSYNC_ENDPOINT, { method: "POST", body: JSON.stringify({ query: "{ GetVersion }" }) });
console.log((await keySet.json()).keys.length, query.status, ...(await callAws(tenant)));
await tenant.stop();
