import { CognitoException } from "../cognito-exception.ts";

const MAX_PAGE = 60;

/** A page of a list, and the token of the next one. */
export interface Page<T> {
	readonly items: readonly T[];
	/** `undefined` on the last page. */
	readonly next: string | undefined;
}

/**
 * Returns the page of a list that begins after the item a token names.
 *
 * @throws CognitoException for a limit that is too large, and for a token of another list.
 */
export function pageOf<T>(all: readonly T[], keyOf: (item: T) => string, limit: unknown, token: unknown): Page<T> {
	const most = typeof limit === "number" ? limit : MAX_PAGE;
	if (most < 0 || most > MAX_PAGE) {
		throw new CognitoException(
			"InvalidParameterException",
			`1 validation error detected: Value '${most}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${MAX_PAGE}`,
		);
	}
	const last = typeof token === "string" ? Buffer.from(token, "base64url").toString() : undefined;
	const start = last === undefined ? 0 : all.findIndex((item) => keyOf(item) === last) + 1;
	if (last !== undefined && start === 0)
		throw new CognitoException("InvalidParameterException", "Invalid pagination token");
	const items = all.slice(start, start + (most || MAX_PAGE));
	const end = items.at(-1);
	const isLast = end === undefined || start + items.length >= all.length;
	return { items, next: isLast ? undefined : Buffer.from(keyOf(end)).toString("base64url") };
}
