// AWS Amplify 6: its sign-in by SRP, and its GraphQL client for the query.
import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/api";
import { signIn } from "aws-amplify/auth";
import { announce } from "./announce.mjs";

const { APP, APPSYNC_ENDPOINT, AWS_ENDPOINT_URL, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = process.env;

Amplify.configure({
	API: { GraphQL: { endpoint: APPSYNC_ENDPOINT, region: USER_POOL_ID.split("_")[0], defaultAuthMode: "userPool" } },
	Auth: {
		Cognito: { userPoolId: USER_POOL_ID, userPoolClientId: CLIENT_ID, userPoolEndpoint: AWS_ENDPOINT_URL },
	},
});
await signIn({ username: USER_NAME, password: PASSWORD });

const keys = "GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }";
const { data } = await generateClient().graphql({
	query: `query credentials($app: String!, $tenant: String!, $duration: Int!) { GetApp(name: $app, tenant: $tenant) {
			... on CrossAccountApp { ${keys} } ... on ExternalApp { ${keys} } ... on ManagedApp { ${keys} } } }`,
	variables: { app: APP, tenant: TENANT, duration: 3600 },
});
announce(data.GetApp.GetAwsCredentials.accessKeyId);
