// Set properties of a session and read them.
import { SQS } from "@aws-sdk/client-sqs";
import { ApiSession } from "echostream-botocore";

const session = new ApiSession({ duration: 900 });
[session.userAgentName, session.userAgentVersion] = ["report-maker", "2.1"];
session.setConfigVariable("region", process.env.REGION);
session.setDefaultClientConfig({ maxAttempts: 1 });

console.log(JSON.stringify({ region: await session.getConfigVariable("region"), profile: session.profile ?? null }));
const sqs = session.createClient(SQS);
console.log(JSON.stringify({ region: await sqs.config.region() }));
const credentials = session.getCredentials();
console.log(JSON.stringify({ method: credentials.method, refresh: credentials.refreshNeeded() }));

const sent: { readonly headers: Record<string, string> }[] = [];
sqs.middlewareStack.add(
	(next) => (args) => {
		sent.push(args.request as { headers: Record<string, string> });
		return next(args);
	},
	{ step: "finalizeRequest", priority: "low" },
);
await sqs.listQueues({});
const userAgent = sent[0]?.headers["user-agent"] ?? "";
console.log(JSON.stringify({ named: userAgent.includes("report-maker/2.1") }));

const frozen = await credentials.getFrozenCredentials();
session.setCredentials(frozen.accessKey, frozen.secretKey, frozen.token);
console.log(JSON.stringify({ frozen: frozen.token !== undefined }));
