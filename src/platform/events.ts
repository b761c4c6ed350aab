import type { AnyEchoStreamError } from "../errors.ts";

/**
 * An event of a session or its user. It contains no secret. Times are in milliseconds.
 *
 * | reason of a refresh | meaning |
 * |---|---|
 * | `first` | There were no credentials. |
 * | `advisory` | They were valid and close to expiry: refreshed in the background. |
 * | `mandatory` | They were about to expire, or had expired: the caller waited. |
 * | `forced` | The caller required it, or a longer remaining lifetime than they had. |
 * | `rejected` | An AWS service rejected them. |
 */
export type SessionEvent =
	| {
			readonly type: "signIn";
			readonly reason: "first" | "refreshTokenRejected" | "requested";
			readonly username: string;
	  }
	| { readonly type: "tokensRenewed"; readonly expiresInMs: number }
	| {
			readonly type: "credentialsRefreshed";
			readonly reason: "first" | "advisory" | "mandatory" | "forced" | "rejected";
			readonly expiresInMs: number;
	  }
	| {
			readonly type: "refreshFailed";
			readonly reason: "first" | "advisory" | "mandatory" | "forced" | "rejected";
			readonly error: AnyEchoStreamError | Error;
			/** Remaining lifetime of the credentials that are served meanwhile. 0 if there are none. */
			readonly expiresInMs: number;
			/** Delay before the next attempt. 0 if the next call makes one immediately. */
			readonly retryInMs: number;
	  };

/** Why new AWS credentials were fetched. */
export type RefreshReason = Extract<SessionEvent, { type: "refreshFailed" }>["reason"];

/** Receives every event as it happens. */
export type SessionEventListener = (event: SessionEvent) => void;

/** Notifies a listener, and ignores its errors, because they must not disturb the session. */
export function notify(listener: SessionEventListener | undefined, event: SessionEvent): void {
	callObserver(() => listener?.(event));
}

/**
 * Calls a function of the program that observes the session, and waits for nothing. Whatever it throws, or rejects with
 * later, goes to `onError`.
 */
export function callObserver(call: () => unknown, onError: (error: unknown) => void = () => {}): void {
	try {
		Promise.resolve(call()).catch(onError);
	} catch (error) {
		onError(error);
	}
}
