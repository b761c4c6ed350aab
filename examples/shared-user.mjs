// One user, two sessions, one login. `npm run examples -- shared-user`
import { AppSession, Cognito } from "echostream-botocore";

const { CLIENT_ID, PASSWORD, USER_NAME, USER_POOL_ID } = process.env;
const cognito = new Cognito({
	clientId: CLIENT_ID,
	userPoolId: USER_POOL_ID,
	username: USER_NAME,
	password: PASSWORD,
	onEvent: ({ type }) => console.log("user:", type),
});

// Short-lived keys for what is handed out, long-lived ones for what runs here.
const sessions = [new AppSession({ cognito, duration: 900 }), new AppSession({ cognito, duration: 3600 })];
await Promise.all(sessions.map((session) => session.ready()));
const keys = await Promise.all(sessions.map((session) => session.getCredentials().getFrozenCredentials()));
console.log("Different keys:", keys[0].accessKey !== keys[1].accessKey);

for (const session of sessions) session.destroy();
cognito.destroy(); // a session leaves a user that it was given alone
