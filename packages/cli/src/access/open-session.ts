import type { ApiSession, AppSession, ChallengeAnswers, EchoStreamSessionOptions } from "echostream-botocore";
import { findPassword } from "../settings/password.ts";
import { requireSettings, type Settings } from "../settings/settings.ts";
import type { Terminal } from "../terminal.ts";
import type { Cache } from "./cache.ts";

/** How a session is opened. */
export interface OpenSessionOptions {
	readonly cache?: Cache | undefined;
	/** Options of the session that replace its usual ones. */
	readonly options?: EchoStreamSessionOptions;
}

/** Opens a session with settings, in an app if they name one. It shares its sign-in with other processes through the cache, if there is one. */
export async function openSession(
	settings: Settings,
	terminal: Terminal,
	{ cache, options: others = {} }: OpenSessionOptions = {},
): Promise<ApiSession | AppSession> {
	// A session would look for what is missing in the environment.
	requireSettings(settings);
	const { ApiSession, AppSession } = await import("echostream-botocore");
	const { APPSYNC_ENDPOINT, APP, CLIENT_ID, TENANT, USER_NAME, USER_POOL_ID } = settings.values;
	const options = {
		appsyncEndpoint: APPSYNC_ENDPOINT,
		clientId: CLIENT_ID,
		tenant: TENANT,
		userPoolId: USER_POOL_ID,
		username: USER_NAME,
		...(await userOptions(settings, terminal)),
		...(cache === undefined ? {} : { store: await storeIn(cache), storeKey: cache.key }),
		...others,
	};
	return APP === undefined ? new ApiSession(options) : new AppSession({ ...options, app: APP });
}

async function userOptions(settings: Settings, terminal: Terminal) {
	if (!terminal.isInteractive) {
		return { password: ({ signal }: { signal: AbortSignal }) => findPassword(settings, undefined, signal) };
	}
	// Loaded when something is asked.
	const prompts = () => import("../prompts.ts");
	const prompt = async (message: string, signal: AbortSignal) => (await prompts()).askSecret(message, signal);
	return {
		password: ({ signal }: { signal: AbortSignal }) => findPassword(settings, prompt, signal),
		challenges: lateAnswers(prompts),
		// For the command of PASSWORD_COMMAND and the person together.
		answerTimeoutMs: 300_000,
	};
}

async function storeIn({ folder }: Cache) {
	const { FileStore } = await import("echostream-botocore/stores");
	return new FileStore(folder);
}

/** Answers that are loaded when Cognito requires one. */
function lateAnswers(prompts: () => Promise<typeof import("../prompts.ts")>): ChallengeAnswers {
	const names = [
		"NEW_PASSWORD_REQUIRED",
		"SMS_MFA",
		"SMS_OTP",
		"EMAIL_OTP",
		"SOFTWARE_TOKEN_MFA",
		"CUSTOM_CHALLENGE",
		"SELECT_MFA_TYPE",
		"MFA_SETUP",
	] as const;
	return Object.fromEntries(
		names.map((name) => [
			name,
			async (question: never) => ((await prompts()).askedAnswers[name] as (one: never) => unknown)(question),
		]),
	);
}
