// All requests of a session through a proxy: sign-ins, queries and AWS calls. `npm run examples -- proxy`
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AppSession } from "echostream-botocore";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

const { HTTPS_PROXY } = process.env; // for example http://proxy.example:3128
const connections = { keepAlive: true, maxSockets: 50 };
const requestHandler = new NodeHttpHandler({
	httpAgent: new HttpProxyAgent(HTTPS_PROXY, connections), // only a local tenant uses plain http
	httpsAgent: new HttpsProxyAgent(HTTPS_PROXY, connections), // with a private CA: NODE_EXTRA_CA_CERTS
	connectionTimeout: 2_000,
});

const session = new AppSession({ requestHandler });
console.log(`Described the tenant ${(await session.describeTenant()).name} through the proxy ${HTTPS_PROXY}`);

session.destroy();
requestHandler.destroy(); // the session does not close a handler that you pass
