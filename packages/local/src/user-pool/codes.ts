import type { Records } from "../data/records.ts";
import { CognitoException } from "./cognito-exception.ts";
import type { RandomValues } from "./random-values.ts";
import type { PoolAccount } from "./user-directory.ts";

/** A code that was "sent". */
export interface SentCode {
	/** The user that it was sent to. */
	readonly username: string;
	/** What it is for, such as `SMS_MFA`, `ForgotPassword` or `SignUp`. */
	readonly kind: string;
	/** The phone number or e-mail address, in full. */
	readonly destination: string;
	/** The code. */
	readonly code: string;
}

/** Where a code was sent, as Cognito reports it: with the destination masked. */
export interface CodeDelivery {
	readonly DeliveryMedium: "SMS" | "EMAIL";
	readonly Destination: string;
	readonly AttributeName: "phone_number" | "email";
}

/** Masks an e-mail address or a phone number as Cognito does. */
function mask(destination: string): string {
	const [name = "", domain] = destination.split("@");
	return domain === undefined ? `+*******${name.slice(-4)}` : `${name.charAt(0)}***@${domain.charAt(0)}***`;
}

const MAX_SENT = 1000;

/** "Sends" codes by SMS and e-mail: keeps the last 1000 for tests to read. */
export class Outbox {
	/** By a number that grows. */
	readonly #sent: Map<string, SentCode>;
	readonly #random: RandomValues;
	#last: number;

	constructor(random: RandomValues, records: Records) {
		this.#random = random;
		this.#sent = records.map("pool.sentCodes");
		this.#last = Number([...this.#sent.keys()].pop() ?? 0);
	}

	/** The codes that were sent, the oldest first. */
	get sent(): readonly SentCode[] {
		return [...this.#sent.values()];
	}

	/** Sends a code, or a temporary password, to `destination`. Default: the address or number in the account's attributes. */
	send(
		account: PoolAccount,
		kind: string,
		medium: "SMS" | "EMAIL",
		destination?: string,
		code = this.#random.code(),
	): { code: string; delivery: CodeDelivery } {
		const attribute = medium === "SMS" ? "phone_number" : "email";
		const fallback = medium === "SMS" ? "+15550100000" : `${account.username}@example.com`;
		const to = destination ?? account.attributes.get(attribute) ?? fallback;
		this.#sent.set(String(++this.#last), { username: account.username, kind, destination: to, code });
		this.#sent.delete(String(this.#last - MAX_SENT));
		return { code, delivery: { DeliveryMedium: medium, Destination: mask(to), AttributeName: attribute } };
	}
}

const MAX_WRONG_GUESSES = 5;
const LIFE_MS = { ForgotPassword: 3_600_000, SignUp: 86_400_000, email: 86_400_000, phone_number: 86_400_000 };

/** What a code confirms: a new user, a forgotten password, or that an e-mail address or phone number is the user's. */
export type CodePurpose = keyof typeof LIFE_MS;

/** The codes that are not part of a sign-in. A new one for the same purpose replaces the old. */
export class ConfirmationCodes {
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
		account.codes.set(purpose, { code, expiresMs: this.#now() + LIFE_MS[purpose], wrongGuesses: 0 });
		return delivery;
	}

	/** Accepts a code, once. Throws for a wrong or expired code, and for any code after five wrong ones. */
	take(account: PoolAccount, purpose: CodePurpose, code: string): void {
		const pending = account.codes.get(purpose);
		if (pending === undefined || this.#now() >= pending.expiresMs) {
			throw new CognitoException("ExpiredCodeException", "Invalid code provided, please request a code again.");
		}
		if (pending.wrongGuesses >= MAX_WRONG_GUESSES) {
			throw new CognitoException("LimitExceededException", "Attempt limit exceeded, please try after some time.");
		}
		if (code !== pending.code) {
			pending.wrongGuesses += 1;
			throw new CognitoException("CodeMismatchException", "Invalid verification code provided, please try again.");
		}
		account.codes.delete(purpose);
	}
}
