import { CognitoException } from "./cognito-exception.ts";
import type { CodeDelivery, Outbox } from "./outbox.ts";
import type { PoolAccount } from "./user-directory.ts";

const LIFE_MS = { ForgotPassword: 3_600_000, SignUp: 86_400_000, email: 86_400_000, phone_number: 86_400_000 };

/** What a code confirms: a new user, a forgotten password, or that an address or number is the user's. */
export type CodePurpose = keyof typeof LIFE_MS;

/** The codes outside a login. A new one for the same purpose replaces the old. */
export class ConfirmationCodes {
	readonly #pending = new WeakMap<
		PoolAccount,
		Map<CodePurpose, { readonly code: string; readonly expiresMs: number }>
	>();
	readonly #outbox: Outbox;
	readonly #now: () => number;

	constructor(outbox: Outbox, now: () => number) {
		this.#outbox = outbox;
		this.#now = now;
	}

	/** Sends a code: to the phone for `phone_number` and for users without an e-mail address, else by e-mail. */
	send(account: PoolAccount, purpose: CodePurpose): CodeDelivery {
		const isPhoneOnly = account.attributes.has("phone_number") && !account.attributes.has("email");
		const medium = purpose === "phone_number" || (purpose !== "email" && isPhoneOnly) ? "SMS" : "EMAIL";
		const { code, delivery } = this.#outbox.send(account, purpose, medium);
		const pending = this.#pending.get(account) ?? new Map();
		this.#pending.set(account, pending.set(purpose, { code, expiresMs: this.#now() + LIFE_MS[purpose] }));
		return delivery;
	}

	/** Takes a code, once; throws where it is wrong or too old. */
	take(account: PoolAccount, purpose: CodePurpose, code: string): void {
		const pending = this.#pending.get(account)?.get(purpose);
		if (pending === undefined || this.#now() >= pending.expiresMs) {
			throw new CognitoException("ExpiredCodeException", "Invalid code provided, please request a code again.");
		}
		if (code !== pending.code) {
			throw new CognitoException("CodeMismatchException", "Invalid verification code provided, please try again.");
		}
		this.#pending.get(account)?.delete(purpose);
	}
}
