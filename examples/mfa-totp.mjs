// A user with a second factor: the program is the authenticator app. `npm run examples -- mfa-totp`
import { AppSession } from "echostream-botocore";

const { TOTP_SECRET } = process.env; // base32, as it was shown when the authenticator was set up

const session = new AppSession({
	challenges: {
		SOFTWARE_TOKEN_MFA: { secret: TOTP_SECRET },
		// Where a person has the authenticator: SOFTWARE_TOKEN_MFA: ({ attempt }) => askForCode(attempt)
	},
	onEvent: ({ type, username }) => type === "login" && console.log(`${username} logged in, with a code`),
});
await session.ready();

session.destroy();
