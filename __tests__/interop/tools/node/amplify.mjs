// Signs in with Amplify 6, reads and refreshes the session, passes a second factor, and signs out.
import { Amplify } from "aws-amplify";
import {
	confirmSignIn,
	fetchAuthSession,
	fetchUserAttributes,
	getCurrentUser,
	signIn,
	signOut,
} from "aws-amplify/auth";
import { codeOf } from "./totp.mjs";

const { AWS_ENDPOINT_URL, CLIENT_ID, MFA_PASSWORD, MFA_SECRET, MFA_USER_NAME, PASSWORD, USER_NAME, USER_POOL_ID } =
	process.env;
Amplify.configure({
	Auth: {
		Cognito: { userPoolId: USER_POOL_ID, userPoolClientId: CLIENT_ID, userPoolEndpoint: AWS_ENDPOINT_URL },
	},
});

const wrong = await signIn({ username: USER_NAME, password: "Wrong-1!" }).catch((error) => error.name);
const { nextStep } = await signIn({ username: USER_NAME, password: PASSWORD });
const first = (await fetchAuthSession()).tokens.accessToken.toString();
const refreshed = await fetchAuthSession({ forceRefresh: true });
const { username } = await getCurrentUser();
const { sub } = await fetchUserAttributes();
await signOut({ global: true });
const after = await getCurrentUser().catch((error) => error.name);

const challenge = await signIn({ username: MFA_USER_NAME, password: MFA_PASSWORD });
const confirmed = await confirmSignIn({ challengeResponse: codeOf(MFA_SECRET) });
await signOut();

console.log(
	JSON.stringify({
		wrong,
		nextStep: nextStep.signInStep,
		isRefreshed: refreshed.tokens.accessToken.toString() !== first,
		username,
		isSub: sub === refreshed.tokens.accessToken.payload.sub,
		after,
		challenge: challenge.nextStep.signInStep,
		confirmed: confirmed.nextStep.signInStep,
	}),
);
