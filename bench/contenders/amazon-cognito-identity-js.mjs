// The older of AWS's two libraries for Cognito, and fetch for the query. Nothing is renewed.
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import { announce } from "./announce.mjs";

const { APP, APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = process.env;

const pool = new CognitoUserPool({ UserPoolId: USER_POOL_ID, ClientId: CLIENT_ID, endpoint: AWS_ENDPOINT_URL });
const user = new CognitoUser({ Username: USER_NAME, Pool: pool });
const session = await new Promise((onSuccess, onFailure) =>
	user.authenticateUser(new AuthenticationDetails({ Username: USER_NAME, Password: PASSWORD }), {
		onSuccess,
		onFailure,
	}),
);

const keys = "GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }";
const response = await fetch(APPSYNC_ENDPOINT, {
	method: "POST",
	headers: { "content-type": "application/json", authorization: session.getAccessToken().getJwtToken() },
	body: JSON.stringify({
		query: `query credentials($app: String!, $tenant: String!, $duration: Int!) { GetApp(name: $app, tenant: $tenant) {
			... on CrossAccountApp { ${keys} } ... on ExternalApp { ${keys} } ... on ManagedApp { ${keys} } } }`,
		variables: { app: APP, tenant: TENANT, duration: 3600 },
	}),
});
const { data } = await response.json();
announce(data.GetApp.GetAwsCredentials.accessKeyId);
