// Log what the session does, to a destination of the program.
import { Writable } from "node:stream";
import { SQS } from "@aws-sdk/client-sqs";
import { AppSession } from "echostream-botocore";

let text = "";
const log = new Writable({
	write(chunk, _encoding, done) {
		text += chunk;
		done();
	},
});

const session = new AppSession({ logger: new console.Console(log) });
await session.client(SQS).getQueueAttributes({ QueueUrl: process.env.QUEUE_URL, AttributeNames: ["All"] });

console.log(JSON.stringify({ logged: text.length > 0, password: text.includes(String(process.env.PASSWORD)) }));
