// A user with MFA, whose codes the session generates from the authenticator's secret. `npm run examples -- mfa-totp`
import { AppSession } from "echostream-botocore";

const { TOTP_SECRET } = process.env; // in base32, as displayed when the authenticator was set up

const session = new AppSession({
	challenges: {
		SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET },
		// If a person has the authenticator: SOFTWARE_TOKEN_MFA: ({ attempt }) => askForCode(attempt)
	},
	onEvent: ({ type, username }) => type === "signIn" && console.log(`${username} signed in with a TOTP code`),
});
await session.ready();

session.destroy();
