// Through a proxy: logins, queries and the clients' requests alike. `npm run examples -- proxy`
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AppSession } from "echostream-botocore";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

const { HTTPS_PROXY } = process.env; // such as http://proxy.example:3128
const connections = { keepAlive: true, maxSockets: 50 };
const requestHandler = new NodeHttpHandler({
	httpAgent: new HttpProxyAgent(HTTPS_PROXY, connections), // only the local tenant is asked by plain http
	httpsAgent: new HttpsProxyAgent(HTTPS_PROXY, connections), // a private CA goes here, too: { ...connections, ca }
	connectionTimeout: 2_000,
});

const session = new AppSession({ requestHandler });
console.log(`${(await session.describeTenant()).name} answered through ${HTTPS_PROXY}`);

session.destroy();
requestHandler.destroy(); // a session leaves a handler that it was given alone
