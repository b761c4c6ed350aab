import { type ApiSession, AppSession, isEchoStreamError } from "echostream-botocore";
import { currentCredentials } from "../access/credentials.ts";
import { openSession } from "../access/open-session.ts";
import { findPassword } from "../settings/password.ts";
import type { Settings } from "../settings/settings.ts";
import type { Terminal } from "../terminal.ts";
import type { Checked, Checkup, Finding } from "./checkup.ts";
import { Problem } from "./problem.ts";
import type { Received } from "./server.ts";

/** Time for a person, such as for a code of an authenticator app, milliseconds. */
const PERSON_MS = 300_000;
/** Time after the deadlines of a session, which describe best what timed out, milliseconds. */
const AFTER_MS = 1_000;

/** What the checks of a sign-in need. */
export interface SignInChecks {
	readonly settings: Checked<Settings>;
	readonly cognito: Checked<Received>;
	readonly appsync: Checked<Received>;
	readonly terminal: Terminal;
	/** Maximum duration of a check, milliseconds, without the time for a person. */
	readonly limitMs: number;
}

/** Checks the password, one sign-in, a query and the AWS credentials. Nothing is taken from the cache or stored there. */
export async function checkSignIn(
	checkup: Checkup,
	{ settings, cognito, appsync, terminal, limitMs }: SignInChecks,
): Promise<void> {
	const personMs = terminal.isInteractive ? PERSON_MS : 0;
	// Nobody is asked for the password of a server that cannot be reached.
	const isPointless = terminal.isInteractive && cognito.value === undefined;
	const password = await checkup.check(
		"password",
		[isPointless ? { name: cognito.name } : settings],
		([known], signal) => find(known, terminal, signal),
		{
			limitMs: limitMs + personMs,
			onTimeout: (seconds) =>
				new Problem(
					`The password was not found within ${seconds} s: PASSWORD_COMMAND has not ended.`,
					"Run that command by itself. It may wait for something, such as the unlocking of a keyring.",
				),
		},
	);
	const options = { limitMs: limitMs + personMs + AFTER_MS };
	let session: ApiSession | AppSession | undefined;
	try {
		const signedIn = await checkup.check(
			"sign-in",
			[settings, cognito, password],
			async ([known, _, secret]) => {
				session = await openSession(known, terminal, {
					options: {
						...secret,
						// One attempt: what fails now and then is shown, too.
						...{ maxAttempts: 1, requestTimeoutMs: limitMs, loginTimeoutMs: limitMs, totalTimeoutMs: limitMs },
					},
				});
				return signIn(session, known);
			},
			options,
		);
		const queried = await checkup.check(
			"query",
			[signedIn, appsync, settings],
			([one, _, known]) => withRemedy(known, () => query(one)),
			options,
		);
		await checkup.check(
			"credentials",
			[signedIn, queried, settings],
			([one, _, known]) => withRemedy(known, () => credentials(one)),
			options,
		);
	} finally {
		session?.destroy();
	}
}

async function find(
	settings: Settings,
	terminal: Terminal,
	signal: AbortSignal,
): Promise<Finding<{ readonly password: string }>> {
	const prompt = async (message: string) => (await import("../prompts.ts")).askSecret(message, signal);
	const password = await findPassword(settings, terminal.isInteractive ? prompt : undefined, signal);
	const isPadded = /^[\s"']|[\s"']$/.test(password);
	const warning = isPadded
		? new Problem(
				"The password begins or ends with white space or a quote.",
				"If the password has none there, remove it where the password is set.",
			)
		: undefined;
	return { value: { password }, detail: "found", warning };
}

async function signIn<S extends ApiSession | AppSession>(session: S, settings: Settings): Promise<Finding<S>> {
	await withRemedy(settings, () => session.cognito.getAccessToken());
	return { value: session, detail: `signed in as ${session.cognito.username}` };
}

async function query(session: ApiSession | AppSession): Promise<Finding<object>> {
	if (session instanceof AppSession) {
		const { name, type } = await session.describeApp();
		return { value: {}, detail: `app ${name} (${type})` };
	}
	const { name, region } = await session.describeTenant();
	return { value: {}, detail: `tenant ${name} in ${region}` };
}

async function credentials(session: ApiSession | AppSession): Promise<Finding<object>> {
	const { expiresAtMs } = await currentCredentials(session);
	const minutes = Math.round((expiresAtMs - Date.now()) / 60_000);
	return { value: {}, detail: `valid for ${minutes} minutes, in ${await session.regionName()}` };
}

/** Runs a step of a session, whose errors describe what is wrong. Adds what to do in the words of this program. */
async function withRemedy<T>(settings: Settings, step: () => Promise<T>): Promise<T> {
	try {
		return await step();
	} catch (error) {
		if (!isEchoStreamError(error)) throw error;
		throw new Problem(error.message, remedyFor(error, settings));
	}
}

function remedyFor(
	{ code, transient }: { readonly code: string; readonly transient: boolean },
	{ source, values: { APP, APPSYNC_ENDPOINT, CLIENT_ID, TENANT, USER_NAME, USER_POOL_ID } }: Settings,
): string | undefined {
	switch (code) {
		case "SignInRejected":
		case "UserNotFound":
			return `USER_NAME is ${USER_NAME}. Check it, and the password, in ${source}. If the password is lost, ask an administrator of the tenant for a new one.`;
		case "UserPoolNotFound":
			return `USER_POOL_ID is ${USER_POOL_ID}, and CLIENT_ID is ${CLIENT_ID}. Check both in ${source}.`;
		case "UserDisabled":
			return "Ask an administrator of the tenant.";
		case "ChallengeUnanswered":
		case "InteractionRequired":
			return "Run the command in a terminal, which asks for the answer. For programs without a terminal, use a user without a second factor.";
		case "TokenRejected":
			return `USER_POOL_ID is ${USER_POOL_ID}, and APPSYNC_ENDPOINT is ${APPSYNC_ENDPOINT}. Check in ${source} that they belong together.`;
		case "PermissionDenied":
			return APP === undefined
				? `USER_NAME is ${USER_NAME}. A user of an app has no access to the whole tenant: set APP in ${source} to its app.`
				: `APP is ${APP}, and USER_NAME is ${USER_NAME}. The user of an app has access to that app alone. Check in ${source} that they belong together.`;
		case "AppNotFound":
			return `APP is ${APP}, TENANT is ${TENANT}, and USER_NAME is ${USER_NAME}. Check in ${source} that they belong together.`;
		case "TenantNotFound":
			return `TENANT is ${TENANT}, and USER_NAME is ${USER_NAME}. Check in ${source} that they belong together.`;
	}
	return transient ? "Run this again. If a server is slow, pass --timeout with more seconds." : undefined;
}
