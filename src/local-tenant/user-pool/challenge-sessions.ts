import { CognitoException } from "./cognito-exception.ts";
import type { PoolState } from "./pool-state.ts";
import type { PendingChallenge, SignInAttempt } from "./sign-in-attempt.ts";

/** What opens a challenge: its name, what only the pool knows, and what the client is told. */
export interface ChallengeOpening {
	readonly name: string;
	readonly expect?: string;
	readonly parameters: Readonly<Record<string, string>>;
}

/** Puts a challenge to the client, with a new `Session`. */
export function openChallenge(
	pool: PoolState,
	attempt: SignInAttempt,
	{ name, expect, parameters }: ChallengeOpening,
): Record<string, unknown> {
	const session = pool.random.opaque(96);
	pool.challenges.put(session, { name, attempt, wrongAnswers: 0, ...(expect === undefined ? {} : { expect }) });
	return { ChallengeName: name, ChallengeParameters: parameters, Session: session };
}

/** The challenge that a `Session` belongs to; throws what Cognito says to a bad one. */
export function findChallenge(pool: PoolState, session: string, name: string): PendingChallenge {
	const found = pool.challenges.find(session);
	switch (found.state) {
		case "expired":
			throw sessionExpired();
		case "used":
			throw new CognitoException(
				"NotAuthorizedException",
				"Invalid session for the user, session can only be used once.",
			);
		case "live":
			if (found.value.name === name || isSelection(found.value, name)) return found.value;
	}
	throw invalidSession();
}

/** Cognito's answer to a `Session` or `SECRET_BLOCK` that waited too long. */
export function sessionExpired(): CognitoException {
	return new CognitoException("NotAuthorizedException", "Invalid session for the user, session is expired.");
}

/** Cognito's answer to a `Session` that it did not give, or gave for something else. */
export function invalidSession(): CognitoException {
	return new CognitoException("NotAuthorizedException", "Invalid session for the user.");
}

/** `SELECT_CHALLENGE` may be answered in the name of what is chosen. */
function isSelection(challenge: PendingChallenge, name: string): boolean {
	return challenge.name === "SELECT_CHALLENGE" && (name === "PASSWORD_SRP" || name === "PASSWORD");
}
