import type { HttpHandler } from "echostream-botocore";
import { openSession } from "../access/open-session.ts";
import { readSettings, type Settings, type SettingsFlags } from "../settings/settings.ts";
import type { Terminal } from "../terminal.ts";
import type { Target } from "./check-server.ts";
import type { Finding } from "./checkup.ts";
import { Problem } from "./problem.ts";

/** The settings, and the servers that they lead to. */
export interface Found {
	readonly settings: Settings;
	readonly cognito: Target;
	readonly appsync: Target;
}

/** Checks the settings as a session does, and finds where it would send its requests. Sends nothing. */
export async function checkSettings(flags: SettingsFlags, terminal: Terminal): Promise<Finding<Found>> {
	const settings = readSettings(flags);
	const { source, values } = settings;
	let cognitoUrl: string | undefined;
	const requestHandler: HttpHandler = {
		handle: async ({ hostname, path, port, protocol }) => {
			cognitoUrl = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
			throw new Error("Nothing is sent");
		},
	};
	const session = await openSession(settings, terminal, {
		options: { requestHandler, password: "none", maxAttempts: 1 },
	});
	try {
		await session.cognito.getAccessToken().catch((error: unknown) => {
			if (cognitoUrl === undefined) throw error;
		});
		if (cognitoUrl === undefined) throw new Problem("The address of Cognito is unknown.");
		const userAgent = session.userAgent();
		const { APP, APPSYNC_ENDPOINT = "", TENANT, USER_NAME, USER_POOL_ID = "" } = values;
		const keySet = `${USER_POOL_ID}/.well-known/jwks.json`;
		return {
			value: {
				settings,
				cognito: {
					service: "Cognito",
					url: new URL(keySet, cognitoUrl),
					setting: sourceOf(cognitoUrl),
					userAgent,
				},
				appsync: { service: "AppSync", url: new URL(APPSYNC_ENDPOINT), setting: "APPSYNC_ENDPOINT", userAgent },
			},
			detail: `${source}: user ${USER_NAME}, tenant ${TENANT}${APP === undefined ? "" : `, app ${APP}`}`,
		};
	} finally {
		session.destroy();
	}
}

/** What the address of Cognito comes from. */
function sourceOf(cognitoUrl: string): string {
	const variables = ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"];
	const variable = variables.find((name) => process.env[name]?.trim());
	if (/^https:\/\/cognito-idp/.test(cognitoUrl)) return "the region in USER_POOL_ID";
	return variable ?? "endpoint_url of the AWS config file";
}
