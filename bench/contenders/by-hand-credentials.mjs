// The sign-in of a typical program without a library: the SDK's Cognito client, cognito-srp-helper for SRP, and Apollo Client with AWS's own
// link for the query. Nothing is renewed.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import {
	CognitoIdentityProviderClient,
	InitiateAuthCommand,
	RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { createAuthLink } from "aws-appsync-auth-link";
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from "cognito-srp-helper";

const { APP, APPSYNC_ENDPOINT, CLIENT_ID, PASSWORD, TENANT, USER_NAME, USER_POOL_ID } = process.env;
const region = USER_POOL_ID.split("_")[0];

/** Signs in, and returns the AWS credentials of the app. */
export async function credentialsByHand() {
	const cognito = new CognitoIdentityProviderClient({ region });
	const srp = createSrpSession(USER_NAME, PASSWORD, USER_POOL_ID, false);
	const challenge = await cognito.send(
		new InitiateAuthCommand(
			wrapInitiateAuth(srp, {
				ClientId: CLIENT_ID,
				AuthFlow: "USER_SRP_AUTH",
				AuthParameters: { CHALLENGE_NAME: "SRP_A", USERNAME: USER_NAME },
			}),
		),
	);
	const { AuthenticationResult } = await cognito.send(
		new RespondToAuthChallengeCommand(
			wrapAuthChallenge(signSrpSession(srp, challenge), {
				ClientId: CLIENT_ID,
				ChallengeName: "PASSWORD_VERIFIER",
				ChallengeResponses: { USERNAME: USER_NAME },
			}),
		),
	);

	const auth = { type: "AMAZON_COGNITO_USER_POOLS", jwtToken: AuthenticationResult.AccessToken };
	const apollo = new ApolloClient({
		cache: new InMemoryCache(),
		link: ApolloLink.from([
			createAuthLink({ url: APPSYNC_ENDPOINT, region, auth }),
			new HttpLink({ uri: APPSYNC_ENDPOINT, includeExtensions: false }),
		]),
	});
	const { data } = await apollo.query({
		query: gql`
			query credentials($app: String!, $tenant: String!, $duration: Int!) {
				GetApp(name: $app, tenant: $tenant) {
					... on CrossAccountApp { GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration } }
					... on ExternalApp { GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration } }
					... on ManagedApp { GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration } }
				}
			}
		`,
		variables: { app: APP, tenant: TENANT, duration: 3600 },
	});
	return data.GetApp.GetAwsCredentials;
}
