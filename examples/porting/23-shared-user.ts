// Sign in once, and use the user for two sessions and for the claims of its tokens.
import { AppSession, Cognito } from "echostream-botocore";

const { USER_POOL_ID: userPoolId = "", CLIENT_ID: clientId = "", USER_NAME: username } = process.env;
const cognito = new Cognito({ userPoolId, clientId, username });
await cognito.authenticate(process.env.PASSWORD);
const first = new AppSession({ cognito });
const second = new AppSession({ cognito, duration: 900 });

const token = cognito.accessToken;
const frozen = await Promise.all([first, second].map((one) => one.getCredentials().getFrozenCredentials()));
const keys = frozen.map(({ accessKey }) => accessKey);
console.log(JSON.stringify({ different: keys[0] !== keys[1], "same token": token === cognito.accessToken }));
await cognito.checkToken({ renew: true });
const { access, id } = await cognito.verifyTokens();
console.log(JSON.stringify({ use: access?.token_use, name: access?.username }));
console.log(JSON.stringify({ use: id?.token_use, type: "Bearer" }));
