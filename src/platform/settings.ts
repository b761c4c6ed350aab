import { SettingsError } from "../errors.ts";

/** `<region>_<name>`, as in `us-east-1_AbCdEfGhI`. */
const USER_POOL_ID = /^[a-z]{2,}(?:-[a-z]+)+-\d+_[0-9A-Za-z]+$/;

/** Returns what is wrong with a value. `undefined` if it is valid. */
export type Check<T> = (value: T) => string | undefined;

/** Checks the id of a Cognito user pool. It contains the region. */
export const isUserPoolId: Check<string> = (value) =>
	USER_POOL_ID.test(value)
		? undefined
		: "must be a user pool id, which looks like <region>_<name>, for example us-east-1_AbCdEfGhI";

/** Checks the name of an AWS region, in any partition. */
export const isRegion: Check<string> = (value) =>
	value.length <= 32 && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)
		? undefined
		: "must be an AWS region, for example us-east-1";

/** Checks that a URL has no user name and no password: they are not sent, and messages contain URLs. */
export const hasNoUserInfo: Check<URL> = ({ username, password }) =>
	username === "" && password === "" ? undefined : "contains a user name or a password: remove it";

/** Checks the URL of an endpoint, to which tokens are sent: see {@link plainHttpProblem}. */
export const isEndpoint = (value: string, allowPlainHttp = false): string | undefined => {
	if (!URL.canParse(value))
		return "must be a URL, which looks like https://<id>.appsync-api.<region>.amazonaws.com/graphql";
	const url = new URL(value);
	const { protocol } = url;
	const problem = hasNoUserInfo(url);
	if (problem !== undefined || protocol === "https:") return problem;
	if (protocol !== "http:") return `must be an https URL, but its protocol is ${protocol}`;
	return plainHttpProblem(value, "the access token", allowPlainHttp);
};

/**
 * What is wrong with a URL that would carry `secrets` unencrypted to a remote host. `undefined` for https, for a loopback
 * host, and for callers that set `allowPlainHttp`.
 */
export function plainHttpProblem(value: string, secrets: string, allowPlainHttp: boolean): string | undefined {
	const url = new URL(value);
	if (url.protocol !== "http:" || allowPlainHttp || isLoopback(url)) return undefined;
	return (
		`uses plain http to the remote host ${url.host}, which would expose ${secrets}. ` +
		"Use https. On a network that nobody else can read, set allowPlainHttp: true."
	);
}

/**
 * Whether the host of an http URL is this machine by its very name: `localhost` and names under it (RFC 6761), 127.0.0.0/8
 * and ::1. `URL` has already lower-cased names and written every form of an IPv4 address with four numbers. Addresses that
 * merely lead here on some systems, such as 0.0.0.0 and ::ffff:127.0.0.1, do not count.
 */
function isLoopback({ hostname }: URL): boolean {
	const name = hostname.replace(/\.$/, "");
	return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(\.\d+){3}$/.test(name);
}

/** Checks a lifetime of credentials. AWS issues them for 15 minutes to 12 hours. */
export const isDuration: Check<number> = (value) =>
	Number.isInteger(value) && value >= 900 && value <= 43_200
		? undefined
		: "must be a whole number of seconds from 900 to 43,200";

/** Checks a count or a time. */
export const isPositive: Check<number> = (value) => (value > 0 ? undefined : "must be a number above 0");

/**
 * Reads the settings of one object. An option has precedence over its environment variable, and the variable over the
 * default. A blank value counts as unset. {@link finish} reports all problems as one {@link SettingsError}.
 */
export class SettingsReader {
	readonly #subject: string;
	readonly #problems: SettingsError["problems"][number][] = [];

	constructor(subject: string) {
		this.#subject = subject;
	}

	/** A required string. If it is missing, the result is `""`, and {@link finish} throws. */
	required(option: string, variable: string, value: string | undefined, check?: Check<string>): string {
		const found = this.#problems.length;
		const resolved = this.optional(option, variable, value, check);
		if (resolved === undefined && this.#problems.length === found) this.problem(option, "is missing", variable);
		return resolved ?? "";
	}

	/** An optional string. */
	optional(
		option: string,
		variable: string | undefined,
		value: string | undefined,
		check?: Check<string>,
	): string | undefined {
		if (value !== undefined && value !== null && typeof value !== "string") {
			this.problem(option, `must be a string, but has type ${typeof value}`, variable);
			return undefined;
		}
		const resolved = unlessBlank(value) ?? (variable === undefined ? undefined : environmentVariable(variable));
		if (resolved !== undefined) this.#check(option, variable, resolved, check);
		return resolved;
	}

	/** A number with a default. */
	number(option: string, value: number | undefined, fallback: number, check: Check<number>): number {
		if (value === undefined) return fallback;
		if (typeof value === "number") this.#check(option, undefined, value, check);
		else this.problem(option, `must be a number, but has type ${typeof value}`);
		return value;
	}

	/** A boolean. Default: `false`. Strings are rejected, because `"false"` would count as `true`. */
	flag(option: string, value: boolean | undefined): boolean {
		if (value !== undefined && typeof value !== "boolean") {
			this.problem(option, `must be a boolean, but has type ${typeof value}`);
		}
		return value === true;
	}

	/** Notes a problem. */
	problem(option: string, problem: string, variable?: string): void {
		this.#problems.push(variable === undefined ? { option, problem } : { option, variable, problem });
	}

	/** Throws a {@link SettingsError} with all problems, if there are any. */
	finish(): void {
		if (this.#problems.length > 0) throw new SettingsError(this.#subject, this.#problems);
	}

	#check<T>(option: string, variable: string | undefined, value: T, check: Check<T> | undefined): void {
		const problem = check?.(value);
		if (problem !== undefined) this.problem(option, problem, variable);
	}
}

/** The value of an environment variable. `undefined` if it is unset or blank, or there is no environment. */
export function environmentVariable(name: string): string | undefined {
	return unlessBlank(globalThis.process?.env?.[name]);
}

function unlessBlank(value: string | undefined | null): string | undefined {
	return value === undefined || value === null || value.trim() === "" ? undefined : value;
}
