/** One question of a custom login, and how it went. */
export interface CustomAnswer {
	readonly answer: string;
	readonly correct: boolean;
}

/**
 * What the three Lambda triggers of a custom login do together: looks at the answers given so far and asks the next
 * question (with what the client may see of it, and the answer that is right), or ends the login.
 */
export type CustomChallenge = (
	username: string,
	answers: readonly CustomAnswer[],
) => { readonly ask: Readonly<Record<string, string>>; readonly expect: string } | "issueTokens" | "failAuthentication";
