// Signs in with amazon-cognito-identity-js, refreshes the session, reads the user, passes a second factor, and signs out everywhere.
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import { codeOf } from "./totp.mjs";

const { AWS_ENDPOINT_URL, CLIENT_ID, MFA_PASSWORD, MFA_SECRET, MFA_USER_NAME, PASSWORD, USER_NAME, USER_POOL_ID } =
	process.env;
const pool = new CognitoUserPool({ UserPoolId: USER_POOL_ID, ClientId: CLIENT_ID, endpoint: AWS_ENDPOINT_URL });
const userOf = (Username) => new CognitoUser({ Username, Pool: pool });

function signIn(user, Password) {
	const details = new AuthenticationDetails({ Username: user.getUsername(), Password });
	return new Promise((onSuccess, onFailure) => {
		user.authenticateUser(details, {
			onSuccess,
			onFailure,
			totpRequired: (type) =>
				user.sendMFACode(
					codeOf(MFA_SECRET),
					{ onSuccess: (session) => onSuccess(Object.assign(session, { type })), onFailure },
					type,
				),
		});
	});
}
const result = (call) =>
	new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

const wrong = await signIn(userOf(USER_NAME), "Wrong-1!").catch(({ code }) => code);
const user = userOf(USER_NAME);
const session = await signIn(user, PASSWORD);
const refreshed = await result((done) => user.refreshSession(session.getRefreshToken(), done));
const attributes = await result((done) => user.getUserAttributes(done));
await new Promise((onSuccess, onFailure) => user.globalSignOut({ onSuccess, onFailure }));
const after = await result((done) => userOf(USER_NAME).refreshSession(session.getRefreshToken(), done)).catch(
	({ code }) => code,
);
const second = await signIn(userOf(MFA_USER_NAME), MFA_PASSWORD);

console.log(
	JSON.stringify({
		wrong,
		username: session.getAccessToken().payload.username,
		isRefreshed: refreshed.getAccessToken().getJwtToken() !== session.getAccessToken().getJwtToken(),
		isSub: attributes.find(({ Name }) => Name === "sub").Value === session.getIdToken().payload.sub,
		after,
		challenge: second.type,
	}),
);
