import type { RandomValues } from "./random-values.ts";
import type { PoolAccount } from "./user-directory.ts";

/** A code that was "sent". */
export interface SentCode {
	readonly username: string;
	/** What it is for, such as `SMS_MFA`, `ForgotPassword` or `SignUp`. */
	readonly kind: string;
	/** The phone number or e-mail address, in full. */
	readonly destination: string;
	readonly code: string;
}

/** Where a code goes, as Cognito tells the client: the destination masked. */
export interface CodeDelivery {
	readonly DeliveryMedium: "SMS" | "EMAIL";
	readonly Destination: string;
	readonly AttributeName: "phone_number" | "email";
}

/** Shows of an address or number what Cognito shows. */
function mask(destination: string): string {
	const [name = "", domain] = destination.split("@");
	return domain === undefined ? `+*******${name.slice(-4)}` : `${name.charAt(0)}***@${domain.charAt(0)}***`;
}

/** "Sends" codes by SMS and e-mail: keeps them for tests to read. */
export class Outbox {
	readonly sent: SentCode[] = [];
	readonly #random: RandomValues;

	constructor(random: RandomValues) {
		this.#random = random;
	}

	/** Sends a code to `destination`, or else where the account's attributes say. */
	send(
		account: PoolAccount,
		kind: string,
		medium: "SMS" | "EMAIL",
		destination?: string,
	): { code: string; delivery: CodeDelivery } {
		const attribute = medium === "SMS" ? "phone_number" : "email";
		const fallback = medium === "SMS" ? "+15550100000" : `${account.username}@example.com`;
		const to = destination ?? account.attributes.get(attribute) ?? fallback;
		const code = this.#random.code();
		this.sent.push({ username: account.username, kind, destination: to, code });
		return { code, delivery: { DeliveryMedium: medium, Destination: mask(to), AttributeName: attribute } };
	}
}
