import { challengeError } from "./challenges.ts";

/** A password, or a function that gets it whenever a login needs one that is not known yet. It may ask a person. */
export type Password = string | (() => string | Promise<string>);

/** Where a user's password comes from, and the one that was last in use. It stays in here. */
export class PasswordSource {
	readonly #ask: (() => string | Promise<string>) | undefined;
	#known: string | undefined;

	constructor(password?: Password) {
		if (typeof password === "function") this.#ask = password;
		else if (password !== "") this.#known = password;
	}

	/** Whether there is, or may be, a password. */
	get isSet(): boolean {
		return this.#known !== undefined || this.#ask !== undefined;
	}

	/** The password in use, else the one that the function gives. */
	async current(interactive: boolean): Promise<{ readonly password: string; readonly isRemembered: boolean }> {
		if (this.#known !== undefined) return { password: this.#known, isRemembered: true };
		return { password: await this.#asked(interactive), isRemembered: false };
	}

	/** The password that the function gives now, if it is another one than `refused`, which is not used again. */
	async newer(refused: string, interactive: boolean): Promise<string | undefined> {
		if (this.#ask === undefined) return undefined;
		// In the background nobody is asked, and every proof of an old password brings a lock-out nearer.
		this.#known = undefined;
		const password = await this.#asked(interactive);
		return password === refused ? undefined : password;
	}

	/** Takes the password that Cognito has just accepted. */
	remember(password: string): void {
		this.#known = password;
	}

	async #asked(interactive: boolean): Promise<string> {
		if (!interactive) throw challengeError("InteractionNeeded", "PASSWORD_VERIFIER");
		const password: unknown = await this.#ask?.();
		if (typeof password === "string" && password !== "") return password;
		throw new TypeError(
			`The password function of the Cognito user gave ${password === "" ? "an empty string" : `something of type ${typeof password}`}`,
		);
	}
}
