import { type Command, Option } from "commander";

/** Adds the flags by which every command that works in a tenant takes its settings. */
export function withSettingsFlags(command: Command): Command {
	return (
		command
			.option("--profile <name>", "profile of echostream configure (ECHOSTREAM_PROFILE)")
			// Not --env-file, which Node itself reads wherever it stands.
			.addOption(new Option("--dotenv <file>", "file with the variables below").conflicts("profile"))
			.option("--appsync-endpoint <url>", "URL of the EchoStream AppSync API (APPSYNC_ENDPOINT)")
			.option("--tenant <name>", "name of the tenant (TENANT)")
			.option("--app <name>", "name of the app. Without one, the whole tenant (APP)")
			.option("--user-pool-id <id>", "ID of the Cognito user pool (USER_POOL_ID)")
			.option("--client-id <id>", "ID of the Cognito app client (CLIENT_ID)")
			.option("--user-name <name>", "name of the user (USER_NAME)")
			.option("--password-command <command>", "command that prints the password (PASSWORD_COMMAND)")
			.addOption(
				new Option("--password-file <file>", "file that contains the password (PASSWORD_FILE)").conflicts(
					"passwordCommand",
				),
			)
	);
}

/** Adds those flags, and the one that leaves the cache alone. */
export function withSessionFlags(command: Command): Command {
	return withSettingsFlags(command).option("--no-cache", "sign in anew, and keep nothing");
}
