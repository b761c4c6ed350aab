import type { RenewalCaller, SharedEntry, Turn } from "./shared-entry.ts";
import { type StoreCaller, UNAVAILABLE, UNHURRIED } from "./store-access.ts";

/** The tokens of a user, as the entry of a store contains them. */
export interface SharedTokens {
	readonly [field: string]: unknown;
	readonly idToken?: string | undefined;
	readonly accessToken?: string | undefined;
	readonly refreshToken?: string | undefined;
	/** The device that the refresh token was issued for. */
	readonly deviceKey?: string | undefined;
	/** Whether a renewal replaces the refresh token. `undefined` before the first one. */
	readonly isRotated?: boolean | undefined;
	/** Whether a process has sent the refresh token, and has not written what it received. */
	readonly isSpent?: boolean | undefined;
	/** Whether the user has signed out, so that no earlier token is valid. */
	readonly isSignedOut?: boolean | undefined;
}

/** The tokens of this process. */
export interface OwnTokens {
	/** The current tokens. */
	current(): SharedTokens;
	/** Whether other tokens can be used instead of the current ones, for a while. */
	isNew(tokens: SharedTokens): boolean;
	/** Whether other tokens were issued after the current ones. */
	isLater(tokens: SharedTokens): boolean;
	/** Takes over the tokens of another process. Removes the current ones if `tokens` is `undefined`. */
	adopt(tokens: SharedTokens | undefined): void;
}

/** Decides whether a refresh token may be sent: with rotation, each one can be used once. */
export type MaySpend = () => Promise<boolean>;

/**
 * The tokens of a user that several processes share. One process at a time renews them for all.
 *
 * A pool with rotation invalidates a refresh token that is sent, and treats its second use as theft. So a process first writes
 * that it will send the token. If that process dies, or the entry is lost, nobody sends the token again, and the next one signs in with the
 * password.
 */
export class TokenSharing {
	readonly #entry: SharedEntry<SharedTokens>;
	/** The last refresh token that other processes may have. */
	#sharedToken: string | undefined;

	constructor(entry: SharedEntry<SharedTokens>) {
		this.#entry = entry;
	}

	/**
	 * Replaces the tokens by those of another process, if they are new, else by `renew`.
	 *
	 * @param renew - Renews the tokens of this process, or signs in.
	 */
	async renew(own: OwnTokens, renew: (maySpend: MaySpend) => Promise<void>, caller: RenewalCaller): Promise<void> {
		const isUsable = (tokens: SharedTokens) => isTokens(tokens) && own.isNew(tokens);
		const work = async (turn: Turn<SharedTokens>) => {
			const { latest } = turn;
			if (latest?.isSignedOut && this.#sharedToken === own.current().refreshToken) own.adopt(undefined);
			else if (latest !== undefined && isTokens(latest) && own.isLater(latest)) this.#adopt(own, latest);
			await renew(() => this.#maySpend(own.current(), turn));
			return own.current();
		};
		const tokens = await this.#entry.renew(isUsable, work, caller);
		this.#adopt(own, tokens);
	}

	/** Shares the tokens of a sign-in that the program required. */
	async publish(own: OwnTokens, caller: StoreCaller): Promise<void> {
		const tokens = own.current();
		this.#sharedToken = tokens.refreshToken;
		await this.#entry.publish(tokens, caller);
	}

	/** Notifies the other processes that no earlier token is valid. */
	signOut(): Promise<boolean> {
		this.#sharedToken = undefined;
		return this.#entry.publish({ isSignedOut: true }, UNHURRIED);
	}

	#adopt(own: OwnTokens, tokens: SharedTokens): void {
		this.#sharedToken = tokens.refreshToken;
		if (tokens.accessToken !== own.current().accessToken) own.adopt(tokens);
	}

	async #maySpend(tokens: SharedTokens, { latest, note }: Turn<SharedTokens>): Promise<boolean> {
		const { isRotated, refreshToken } = tokens;
		if (isRotated === false) return true;
		const isLatest = refreshToken === latest?.refreshToken;
		const isShared = isLatest || refreshToken === this.#sharedToken;
		// An entry that was lost may have recorded that the token was sent.
		if (isLatest ? latest?.isSpent : isShared) return false;
		const noted = await note({ ...tokens, isSpent: true });
		return noted === UNAVAILABLE ? !isShared : noted;
	}
}

function isTokens({ accessToken }: SharedTokens): boolean {
	return typeof accessToken === "string";
}
