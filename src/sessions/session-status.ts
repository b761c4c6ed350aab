import type { LastRefresh, SessionCredentials } from "../credentials/credentials.ts";
import type { Clock } from "../platform/clock.ts";

/** The state of a session, as a health endpoint returns it. It has no secret. Dates are by the local clock, and in JSON as ISO 8601. */
export interface SessionStatus {
	/** Name of the tenant. */
	readonly tenant: string;
	/** Name of the app. Only for an {@link AppSession}. */
	readonly app?: string;
	/** Name of the user. `undefined` before the first sign-in of a user without a configured name. */
	readonly username: string | undefined;
	/** Source of the credentials: `EchoStreamAwsCredentials`, or `explicit` for static ones. */
	readonly method: string;
	/** Whether there are credentials that have not expired. `false` before the first use. */
	readonly isReady: boolean;
	/** Expiry of the credentials. `undefined` for static ones, and while there are none. */
	readonly expiration: Date | undefined;
	/** Expiry of the access token. `undefined` before the sign-in, and for a caller-provided user that is no {@link Cognito}. */
	readonly accessTokenExpiration: Date | undefined;
	/** The last refresh of the credentials that has ended. `undefined` for static ones, and before the first one. */
	readonly lastRefresh:
		| {
				/** When it ended. */
				readonly at: Date;
				/** Why it failed. `undefined` if it succeeded. */
				readonly error:
					| {
							/** Class of the error. */
							readonly name: string;
							/** `code` of an {@link EchoStreamError}. */
							readonly code: string | undefined;
							/** What failed, why, and what to do. */
							readonly message: string;
					  }
					| undefined;
		  }
		| undefined;
	/**
	 * When the next call begins a refresh: at the start of the advisory window, after a failure at the end of the pause. In the
	 * past if the next call begins one immediately. `undefined` for static credentials, and before the first use.
	 */
	readonly nextRefresh: Date | undefined;
}

/** The parts of a session that its status reports. */
export interface StatusSource {
	readonly credentials: SessionCredentials & {
		readonly lastRefresh?: LastRefresh | undefined;
		readonly pauseMs?: number;
	};
	/** `undefined` for a caller-provided user that reports none. */
	readonly token: { readonly expiration: Date | undefined; readonly pauseMs: number } | undefined;
	readonly clock: Clock;
}

/** Returns the part of a status that is about credentials and the token. */
export function credentialStatus({
	credentials,
	token,
	clock,
}: StatusSource): Omit<SessionStatus, "tenant" | "app" | "username"> {
	const { method, expiration, refreshAt, lastRefresh, pauseMs = 0 } = credentials;
	const now = clock.now();
	const isStatic = method === "explicit";
	const isFailing = lastRefresh?.error !== undefined;
	return {
		method,
		isReady: isStatic || (expiration !== undefined && expiration.getTime() > now),
		expiration,
		accessTokenExpiration: token?.expiration,
		lastRefresh: lastRefresh && { at: lastRefresh.at, error: errorStatus(lastRefresh.error) },
		nextRefresh: isFailing ? new Date(now + Math.max(pauseMs, token?.pauseMs ?? 0)) : refreshAt,
	};
}

function errorStatus(error: (Error & { readonly code?: unknown }) | undefined) {
	if (error === undefined) return undefined;
	const { name, code, message } = error;
	return { name, code: typeof code === "string" ? code : undefined, message };
}
