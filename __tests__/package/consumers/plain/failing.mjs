// Prints where options are rejected, in each format.
import { createRequire } from "node:module";
import { AppSession } from "echostream-botocore";

const required = createRequire(import.meta.url)("echostream-botocore");
for (const Session of [AppSession, required.AppSession]) {
	try {
		new Session({ duration: 1 });
	} catch ({ stack }) {
		console.log(/at .*AppSession \((.*)\)/.exec(stack)[1]);
	}
}
