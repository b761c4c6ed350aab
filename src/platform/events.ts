import type { AnyEchoStreamError } from "../errors.ts";

/** Why new AWS credentials were fetched. */
export type RefreshReason =
	/** There were none. */
	| "first"
	/** They were valid and close to expiry: refreshed in the background. */
	| "advisory"
	/** They were about to expire, or had expired: the caller waited. */
	| "mandatory"
	/** The caller required it, or a longer remaining lifetime than they had. */
	| "forced"
	/** An AWS service rejected them. */
	| "rejected";

/** An event of a session or its user. It contains no secret. Times are in milliseconds. */
export type SessionEvent =
	| {
			readonly type: "signIn";
			readonly reason: "first" | "refreshTokenRejected" | "requested";
			readonly username: string;
	  }
	| { readonly type: "tokensRenewed"; readonly expiresInMs: number }
	| { readonly type: "credentialsRefreshed"; readonly reason: RefreshReason; readonly expiresInMs: number }
	| {
			readonly type: "refreshFailed";
			readonly reason: RefreshReason;
			readonly error: AnyEchoStreamError | Error;
			/** Remaining lifetime of the credentials that are served meanwhile. 0 if there are none. */
			readonly expiresInMs: number;
			/** Delay before the next attempt. 0 if the next call makes one immediately. */
			readonly retryInMs: number;
	  };

/** Receives every event as it happens. Its errors are ignored, including the rejections of an async function. */
export type SessionEventListener = (event: SessionEvent) => void;

/** Receives log messages. `console` and the loggers of the AWS SDK work. */
export interface Logger {
	debug(...content: unknown[]): void;
	info(...content: unknown[]): void;
	warn(...content: unknown[]): void;
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
