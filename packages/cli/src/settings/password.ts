import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { keyringSecret } from "./keyring.ts";
import { PASSWORD_VARIABLES, type Settings, type Values } from "./settings.ts";

/** Maximum output of a command that prints a password. */
const MAX_BYTES = 65_536;

/** Asks a person for a password. `undefined` where there is no terminal. */
export type PasswordPrompt = (message: string, signal: AbortSignal) => Promise<string>;

/**
 * Finds the password of a user when a sign-in needs one: of the settings, else in the keyring, else in the environment, else by asking.
 *
 * @throws Error that describes every way to provide one.
 */
export async function findPassword(
	{ source, values }: Settings,
	prompt: PasswordPrompt | undefined,
	signal: AbortSignal,
): Promise<string> {
	const { USER_NAME: username = "", USER_POOL_ID: userPoolId = "" } = values;
	return (
		(await passwordOf(values, signal)) ??
		(await keyringSecret(passwordAccount(userPoolId, username))) ??
		(await passwordOf(process.env as Values, signal)) ??
		(await prompt?.(`Password of ${username}`, signal)) ??
		missing(source)
	);
}

/** The account under which the keyring has the password of a user. */
export function passwordAccount(userPoolId: string, username: string): string {
	return `password of ${username} in ${userPoolId}`;
}

async function passwordOf(values: Values, signal: AbortSignal): Promise<string | undefined> {
	const name = PASSWORD_VARIABLES.find((one) => values[one]?.trim());
	const value = name === undefined ? undefined : values[name];
	if (name === undefined || value === undefined) return undefined;
	switch (name) {
		case "PASSWORD":
			return value;
		case "PASSWORD_COMMAND":
			return notEmpty(await outputOf(value, signal), name);
		case "PASSWORD_FILE":
			return notEmpty(fileContent(value), name);
	}
}

/** What a command of a shell prints. It may ask for something on the terminal. */
async function outputOf(command: string, signal: AbortSignal): Promise<string> {
	const child = spawn(command, { shell: true, stdio: ["inherit", "pipe", "inherit"], signal, killSignal: "SIGTERM" });
	const release = () => {
		// What the command has started may live on, and keep its output open. It may itself ignore the signal.
		child.stdout.destroy();
		child.unref();
	};
	signal.addEventListener("abort", release, { once: true });
	const ended = new Promise<string>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signalName) => resolve(String(code ?? signalName)));
	});
	const [output, end] = await Promise.all([limitedText(child.stdout), ended]);
	if (end !== "0") throw new Error(`PASSWORD_COMMAND failed: it ended with ${end}.`);
	return output;
}

/** The text of a stream. One that is too long for a password is read no further, which ends its program. */
async function limitedText(stream: Readable): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stream) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes > MAX_BYTES) throw new Error("PASSWORD_COMMAND failed: it printed more than a password.");
	}
	return Buffer.concat(chunks).toString();
}

function fileContent(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		throw new Error(`PASSWORD_FILE could not be read: ${(error as Error).message}.`);
	}
}

/** A secret without the line break at its end. */
function notEmpty(output: string, name: string): string {
	const password = output.replace(/\r?\n$/, "");
	if (password === "") throw new Error(`${name} returned an empty password.`);
	return password;
}

function missing(source: string): never {
	throw new Error(
		`No password was found. Set PASSWORD, PASSWORD_COMMAND or PASSWORD_FILE in ${source}, pass --password-command or --password-file, or run the command in a terminal, which asks for it.`,
	);
}
