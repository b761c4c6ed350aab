// Errors of a session, and how to handle them. `npm run examples -- errors`
import { AppSession, isEchoStreamError } from "echostream-botocore";

/** Returns what the program should do about an error. */
function adviceFor(error) {
	if (!isEchoStreamError(error)) throw error;
	switch (error.code) {
		case "InvalidSettings":
			return `set ${error.problems.map(({ variable, option }) => variable ?? option).join(", ")}`;
		case "SignInRejected":
			return "check the user name and the password; too many attempts lock the user out";
		case "ChallengeUnanswered":
			return `configure an answer to ${error.challengeName}`;
		case "AppNotFound":
		case "TenantNotFound":
		case "PermissionDenied":
			return "check the names of the tenant and the app, and the permissions of the user";
		default:
			return error.transient ? "try again later" : "report the error";
	}
}

for (const options of [{ userPoolId: "nonsense" }, { app: "no-such-app" }, { password: "wrong" }]) {
	try {
		const session = new AppSession(options);
		await session.ready().finally(() => session.destroy());
	} catch (error) {
		console.log(`${error.code}: ${adviceFor(error)}`);
	}
}
