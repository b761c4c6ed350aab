import { App } from "aws-cdk-lib/core";
import { VisitsStack } from "../lib/visits-stack.js";

/** The settings of the session, except for the password. Take them from where your deployments have theirs. */
const SETTINGS = ["APPSYNC_ENDPOINT", "CLIENT_ID", "USER_POOL_ID", "USER_NAME", "TENANT", "APP"];

new VisitsStack(new App(), "Visits", {
	passwordSecret: process.env.PASSWORD_SECRET ?? "echostream/password",
	settings: Object.fromEntries(SETTINGS.map((name) => [name, required(name)])),
});

function required(name: string): string {
	const value = process.env[name];
	if (!value) throw new Error(`Set ${name}`);
	return value;
}
