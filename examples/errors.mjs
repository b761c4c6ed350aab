// What can go wrong, and what to do then. `npm run examples -- errors`
import { AppSession, isEchoStreamError } from "echostream-botocore";

/** Says what a program would do. */
function adviceFor(error) {
	if (!isEchoStreamError(error)) throw error;
	switch (error.code) {
		case "InvalidSettings":
			return `set ${error.problems.map(({ variable, option }) => variable ?? option).join(", ")}`;
		case "LoginRefused":
			return "look at the password: it is not tried again by itself, because Cognito locks users out";
		case "ChallengeUnanswered":
			return `answer ${error.challengeName}`;
		case "AppNotFound":
		case "TenantNotFound":
		case "PermissionDenied":
			return "look at the names, or at who asks";
		default:
			return error.transient ? "try again later" : "tell somebody";
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
