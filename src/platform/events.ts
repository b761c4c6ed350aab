import type { AnyEchoStreamError } from "../errors.ts";

/** Why new AWS credentials were fetched. */
export type RefreshReason =
	/** There were none. */
	| "first"
	/** They were still good, and near their end: fetched in the background. */
	| "advisory"
	/** They were at their very end, or past it: the caller waited. */
	| "mandatory"
	/** The caller asked for it, or for more remaining life than they had. */
	| "forced"
	/** An AWS service refused them. */
	| "rejected";

/** Something that happened in a session or its user. Holds no secret. Times are milliseconds. */
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
			/** What is left of the set that is served meanwhile; 0 where there is none. */
			readonly expiresInMs: number;
			/** How long the next try waits; 0 where the next call tries at once. */
			readonly retryInMs: number;
	  };

/** Gets every event as it happens. What it throws is ignored, also what an async function throws later. */
export type SessionEventListener = (event: SessionEvent) => void;

/** The loggers that fit: `console`, and those of the AWS SDK. */
export interface Logger {
	debug(...content: unknown[]): void;
	info(...content: unknown[]): void;
	warn(...content: unknown[]): void;
	error(...content: unknown[]): void;
}

/** Tells a listener, and ignores what it throws: observing must not disturb. */
export function tell(listener: SessionEventListener | undefined, event: SessionEvent): void {
	try {
		const handled: unknown = listener?.(event);
		if (handled instanceof Promise) handled.catch(() => {});
	} catch {
		// The listener's own affair.
	}
}
