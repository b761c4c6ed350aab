// A password that is read where it is kept, and only when a login needs it. `npm run examples -- password-function`
import { AppSession } from "echostream-botocore";

/** Stands for a secret store, or for a person. Where the password was changed meanwhile, it is called once more. */
async function readPassword() {
	console.log("The password was asked for");
	return process.env.PASSWORD;
}

const session = new AppSession({ password: readPassword });
console.log("Nobody has asked yet");
await session.ready();
await session.credentials({ forceRefresh: true });
console.log("Logged in as", session.cognito.username);

session.destroy();
