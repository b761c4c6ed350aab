// A password that is read from a secret store when a sign-in needs it. `npm run examples -- password-function`
import { AppSession } from "echostream-botocore";

/** Replace this with your secret store. The session calls it again if Cognito rejects a password that worked before. */
async function readPassword() {
	console.log("Reading the password");
	return process.env.PASSWORD;
}

const session = new AppSession({ password: readPassword });
console.log("Created a session; the password has not been read yet");
await session.ready();
await session.credentials({ forceRefresh: true });
console.log("Signed in as", session.cognito.username);

session.destroy();
