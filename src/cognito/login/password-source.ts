import { AuthenticationError } from "../../errors.ts";
import { typeName } from "../../platform/settings.ts";
import type { Interaction } from "./interaction.ts";

/**
 * A password, or a function that returns it when a login needs one that is not known yet. It may wait for a person. Its
 * `signal` is aborted when the password is no longer needed. What the function throws is the `cause` of an
 * AuthenticationError `PasswordUnavailable`, which repeats none of it.
 */
export type CognitoPassword = string | ((request: { readonly signal: AbortSignal }) => string | Promise<string>);

/** Deadline of the password function where the program has set none, milliseconds. */
const TIMEOUT_MS = 60_000;

/** A function that returns a password. */
export type PasswordFunction = Exclude<CognitoPassword, string>;

/**
 * The source of a user's password, and the password in use. Nothing else holds them, except for what derives the key of a store from
 * the password.
 */
export class PasswordSource {
	readonly #ask: PasswordFunction | undefined;
	#known: string | undefined;

	constructor(password?: CognitoPassword) {
		if (typeof password === "function") this.#ask = password;
		else if (password !== "") this.#known = password;
	}

	/** Whether a password, or a function that returns one, is configured. */
	get isSet(): boolean {
		return this.#known !== undefined || this.#ask !== undefined;
	}

	/** The password in use. `undefined` before the function has returned one. */
	get known(): string | undefined {
		return this.#known;
	}

	/** The password in use, else the one that the function returns. */
	async current(interaction: Interaction): Promise<{ readonly password: string; readonly isRemembered: boolean }> {
		if (this.#known !== undefined) return { password: this.#known, isRemembered: true };
		return { password: await this.#request(interaction), isRemembered: false };
	}

	/** The password that the function returns now, unless it is `rejected`, which is not used again. */
	async newer(rejected: string, interaction: Interaction): Promise<string | undefined> {
		if (this.#ask === undefined) return undefined;
		// Nobody is asked in the background, and every proof of an old password brings a lockout nearer.
		this.#known = undefined;
		const password = await this.#request(interaction);
		return password === rejected ? undefined : password;
	}

	/** Remembers a password that Cognito has accepted. */
	remember(password: string): void {
		this.#known = password;
	}

	async #request(interaction: Interaction): Promise<string> {
		const failed = (cause: unknown) =>
			unavailable("threw an error, which is the `cause`. Correct it, or try again.", cause);
		const ask = (signal: AbortSignal): unknown => this.#ask?.({ signal });
		const password = await interaction.call("PASSWORD_VERIFIER", ask, failed, TIMEOUT_MS);
		if (typeof password === "string" && password !== "") return password;
		const what = password === "" ? "an empty string" : `a value of type ${typeName(password)}`;
		throw unavailable(`returned ${what}. It must return a string that is not empty.`);
	}
}

/** The message does not quote the cause, which may contain the password. */
function unavailable(problem: string, cause?: unknown): AuthenticationError {
	const message = `The password of the Cognito user is unavailable: the password function ${problem}`;
	return new AuthenticationError("PasswordUnavailable", message, { cause, transient: true });
}
