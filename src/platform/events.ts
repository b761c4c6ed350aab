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

/** Receives log messages. `console` and the loggers of the AWS SDK work. */
export interface Logger {
	/** Receives details, such as each refresh. */
	debug(...content: unknown[]): void;
	/** Receives each sign-in and renewal. */
	info(...content: unknown[]): void;
	/** Receives failures that do not fail a call, such as that of a refresh in the background. */
	warn(...content: unknown[]): void;
	/** Receives nothing from this package. */
	error(...content: unknown[]): void;
}

/** Notifies a listener, and ignores its errors, because they must not disturb the session. */
export function notify(listener: SessionEventListener | undefined, event: SessionEvent): void {
	try {
		const handled: unknown = listener?.(event);
		if (handled instanceof Promise) handled.catch(() => {});
	} catch {
		// The listener failed, not the session.
	}
}
