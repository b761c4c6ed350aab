import { CognitoException } from "../cognito-exception.ts";
import type { PoolAccount } from "../user-directory.ts";

/** The attributes by which `ListUsers` filters. */
const ATTRIBUTES = new Map<string, (account: PoolAccount) => string | undefined>([
	["username", ({ username }) => username],
	["sub", ({ sub }) => sub],
	["cognito:user_status", ({ status }) => status],
	["status", ({ disabled }) => (disabled ? "Disabled" : "Enabled")],
	...["email", "phone_number", "name", "given_name", "family_name", "preferred_username"].map(
		(name): [string, (account: PoolAccount) => string | undefined] => [name, ({ attributes }) => attributes.get(name)],
	),
]);

/** Attributes whose values differ where only their case does. */
const CASE_SENSITIVE = new Set(["username", "sub", "status"]);

/**
 * Reads a filter of `ListUsers`: `email = "a@b.c"` or `email ^= "a"`, with quotes in the value escaped by a backslash.
 *
 * @throws CognitoException `InvalidParameterException` for any other one.
 */
export function filterOf(filter: string): (account: PoolAccount) => boolean {
	if (filter === "") return () => true;
	const [, name = "", operator, quoted = ""] = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter) ?? [];
	const read = ATTRIBUTES.get(name);
	if (operator === undefined || read === undefined) {
		throw new CognitoException("InvalidParameterException", `Error while parsing filter: ${filter}`);
	}
	const inCase = (value: string) => (CASE_SENSITIVE.has(name) ? value : value.toLowerCase());
	const wanted = inCase(quoted.replaceAll(/\\(.)/g, "$1"));
	return (account) => {
		const value = read(account);
		if (value === undefined) return false;
		return operator === "=" ? inCase(value) === wanted : inCase(value).startsWith(wanted);
	};
}
