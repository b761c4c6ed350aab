import type { ApolloClient } from "@apollo/client";
import { AppSession, Cognito } from "echostream-botocore";
import { apolloClient } from "echostream-botocore/apollo";

/** A user who is signed in. */
export interface SignedIn {
	/** A client for this user only, because its cache has the user's data. */
	readonly client: ApolloClient;
	/** Removes the password, the tokens and the data from memory. */
	readonly signOut: () => void;
}

/** Signs a user in. The password stays in memory until the user signs out. */
export async function signIn(username: string, password: string): Promise<SignedIn> {
	// The build writes these into the page, where everyone can read them. A password is not among them.
	const { VITE_APP, VITE_APPSYNC_ENDPOINT, VITE_CLIENT_ID, VITE_TENANT, VITE_USER_POOL_ID } = import.meta.env;
	const cognito = new Cognito({
		clientId: VITE_CLIENT_ID,
		userPoolId: VITE_USER_POOL_ID,
		username,
		password,
		endpoint: import.meta.env.VITE_AWS_ENDPOINT_URL, // only for a local tenant
	});
	const session = new AppSession({
		app: VITE_APP,
		appsyncEndpoint: VITE_APPSYNC_ENDPOINT,
		tenant: VITE_TENANT,
		cognito,
	});
	const client = apolloClient(session);
	const signOut = () => {
		client.stop();
		session.destroy();
		cognito.destroy();
	};
	try {
		await cognito.authenticate();
		return { client, signOut };
	} catch (error) {
		signOut();
		throw error;
	}
}
