import { password, select, text } from "@clack/prompts";
import type { ChallengeAnswers, ChallengeQuestion } from "echostream-botocore";
import { EXIT } from "./exit-code.ts";
import { stopSpinner } from "./terminal.ts";

/** Prompts appear on standard error, so that results can be piped. */
const output = process.stderr;

/** A prompt was cancelled by its user. */
export class Cancelled extends Error {
	readonly exitCode = EXIT.cancelled;

	constructor() {
		super("Cancelled.");
	}
}

/** Asks for a secret, without echo. */
export async function askSecret(message: string, signal?: AbortSignal): Promise<string> {
	stopSpinner();
	return answered(await password({ message, output, ...(signal === undefined ? {} : { signal }) }));
}

/** Asks for a value. An empty one is asked for again, unless `initialValue` is. */
export async function askText(
	message: string,
	{ initialValue = "", isOptional = false, signal }: TextQuestion = {},
): Promise<string> {
	stopSpinner();
	const validate = (value: string | undefined) => (value?.trim() || isOptional ? undefined : "A value is required.");
	return answered(await text({ message, initialValue, validate, output, ...(signal === undefined ? {} : { signal }) }));
}

interface TextQuestion {
	readonly initialValue?: string;
	readonly isOptional?: boolean;
	readonly signal?: AbortSignal;
}

/** Asks for one of several values. */
export async function askChoice(message: string, choices: readonly string[], signal?: AbortSignal): Promise<string> {
	stopSpinner();
	const options = choices.map((value) => ({ value, label: value }));
	return answered(await select({ message, options, output, ...(signal === undefined ? {} : { signal }) }));
}

/** Answers to Cognito's challenges, by asking the person at the terminal. */
export const askedAnswers: ChallengeAnswers = {
	NEW_PASSWORD_REQUIRED: async ({ requiredAttributes, signal }) => {
		const newPassword = await askSecret("The password must be changed. New password", signal);
		const attributes: Record<string, string> = {};
		for (const name of requiredAttributes) attributes[name] = await askText(name, { signal });
		return { password: newPassword, attributes };
	},
	SMS_MFA: askCode,
	SMS_OTP: askCode,
	EMAIL_OTP: askCode,
	SOFTWARE_TOKEN_MFA: askCode,
	CUSTOM_CHALLENGE: ({ challengeName, signal }) => askSecret(`Answer to ${challengeName}`, signal),
	SELECT_MFA_TYPE: ({ choices, signal }) => askChoice("Second factor", choices, signal),
	MFA_SETUP: async ({ secretCode, signal }) =>
		askText(`Add the secret ${secretCode} to an authenticator app. Code of the app`, { signal }),
};

function askCode({ attempt, challengeName, destination, signal }: ChallengeQuestion): Promise<string> {
	const where = destination === undefined ? "of the authenticator app" : `sent to ${destination}`;
	return askText(`${attempt > 1 ? "Wrong code. " : ""}${challengeName}: code ${where}`, { signal });
}

function answered(answer: string | symbol): string {
	if (typeof answer === "symbol") throw new Cancelled();
	return answer;
}
