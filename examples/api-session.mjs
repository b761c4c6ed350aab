// A session of an API user in the whole tenant. Lists the apps and the queues. `npm run examples -- api-session`
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession({ duration: 900 }); // credentials for 15 minutes; other settings come from the environment

const { name, region, active } = await session.describeTenant();
console.log(`${name} in ${region} is ${active ? "active" : "not active"}`);

const document = "query apps($tenant: String!) { ListApps(tenant: $tenant) { echos { name description } } }";
const { ListApps } = await session.query(document, { tenant: name });
for (const app of ListApps.echos) console.log("app", app.name);

const { QueueUrls = [] } = await session.client(SQSClient).send(new ListQueuesCommand({}));
console.log(QueueUrls.length, "queues");

session.destroy();
