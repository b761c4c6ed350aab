// A user of your own: any object with `username` and `getAccessToken`, here one that gets its tokens elsewhere.
// `npm run examples -- own-user`
import { AppSession, Cognito } from "echostream-botocore";

const { CLIENT_ID, PASSWORD, USER_NAME, USER_POOL_ID } = process.env;
const elsewhere = new Cognito({
	clientId: CLIENT_ID,
	userPoolId: USER_POOL_ID,
	username: USER_NAME,
	password: PASSWORD,
});

const cognito = {
	username: USER_NAME, // for messages
	// `rejected` is a token that AppSync has just rejected: return another one. `signal` ends the wait.
	async getAccessToken({ rejected, signal } = {}) {
		return await elsewhere.getAccessToken({ rejected, signal }); // for example fetch("https://…", { signal })
	},
};

const session = new AppSession({ cognito });
const { accessKeyId } = await session.credentials();
console.log("Signed in with a token from elsewhere. The access key id has:", accessKeyId.length, "characters");
session.destroy();
elsewhere.destroy(); // a session does not close a user that you pass
