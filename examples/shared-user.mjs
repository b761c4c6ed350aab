// Two sessions that share one user and its sign-in. `npm run examples -- shared-user`
import { AppSession, Cognito } from "echostream-botocore";

const { CLIENT_ID, PASSWORD, USER_NAME, USER_POOL_ID } = process.env;
const cognito = new Cognito({
	clientId: CLIENT_ID,
	userPoolId: USER_POOL_ID,
	username: USER_NAME,
	password: PASSWORD,
	onEvent: ({ type }) => console.log("user:", type),
});

// Short-lived credentials to pass on, and long-lived ones for this program.
const sessions = [new AppSession({ cognito, duration: 900 }), new AppSession({ cognito, duration: 3600 })];
await Promise.all(sessions.map((session) => session.ready()));
const [short, long] = await Promise.all(sessions.map((session) => session.getCredentials().getFrozenCredentials()));
console.log("The sessions have different credentials:", short.accessKey !== long.accessKey);

for (const session of sessions) session.destroy();
cognito.destroy(); // a session does not close a user that you pass
