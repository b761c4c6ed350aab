import { SettingsError, type SettingsProblem } from "../errors.ts";

/** `<region>_<name>`, as in `us-east-1_AbCdEfGhI`. */
const USER_POOL_ID = /^[a-z]{2,}(?:-[a-z]+)+-\d+_[0-9A-Za-z]+$/;

/** Says what is wrong with a value, or nothing. */
export type Check<T> = (value: T) => string | undefined;

/** A Cognito user pool id holds its region. */
export const isUserPoolId: Check<string> = (value) =>
	USER_POOL_ID.test(value)
		? undefined
		: "is not a user pool id: it looks like <region>_<name>, for instance us-east-1_AbCdEfGhI";

/** An AWS region, of whichever partition. */
export const isRegion: Check<string> = (value) =>
	value.length <= 32 && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)
		? undefined
		: "is not an AWS region: it looks like us-east-1";

/** An endpoint has no user name and no password: they are not sent, and URLs are part of messages. */
export const hasNoUserInfo: Check<URL> = ({ username, password }) =>
	username === "" && password === "" ? undefined : "contains a user name or a password: remove it";

/** An endpoint is an absolute http or https URL. Tokens travel to it: see {@link plainHttpProblem}. */
export const isEndpoint = (value: string, allowPlainHttp = false): string | undefined => {
	if (!URL.canParse(value))
		return "is not a URL: it looks like https://<id>.appsync-api.<region>.amazonaws.com/graphql";
	const url = new URL(value);
	const { protocol } = url;
	const problem = hasNoUserInfo(url);
	if (problem !== undefined || protocol === "https:") return problem;
	if (protocol !== "http:") return `is no https URL but ${protocol}`;
	return plainHttpProblem(value, "the access token", allowPlainHttp);
};

/**
 * What is wrong with a URL that would carry `secrets` unencrypted to another machine: nothing for https, for a loopback
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

/** AWS issues credentials for 15 minutes to 12 hours. */
export const isDuration: Check<number> = (value) =>
	Number.isInteger(value) && value >= 900 && value <= 43_200
		? undefined
		: "is not a whole number of seconds from 900 to 43,200";

/** A count or a time that has to be more than nothing. */
export const isPositive: Check<number> = (value) => (value > 0 ? undefined : "is not a number above 0");

/**
 * Collects the settings of one object: an option wins over its environment variable, which wins over the default; blank
 * means unset. What is wrong is kept until {@link finish}, which throws all of it as one {@link SettingsError}.
 */
export class SettingsReader {
	readonly #subject: string;
	readonly #problems: SettingsProblem[] = [];

	constructor(subject: string) {
		this.#subject = subject;
	}

	/** A text that must be there. Where it is not, the result is `""`, and {@link finish} throws. */
	required(option: string, variable: string, value: string | undefined, check?: Check<string>): string {
		const found = this.#problems.length;
		const settled = this.optional(option, variable, value, check);
		if (settled === undefined && this.#problems.length === found) this.problem(option, "is missing", variable);
		return settled ?? "";
	}

	/** A text that may be left out. */
	optional(
		option: string,
		variable: string | undefined,
		value: string | undefined,
		check?: Check<string>,
	): string | undefined {
		if (value !== undefined && value !== null && typeof value !== "string") {
			this.problem(option, `is not a string but of type ${typeof value}`, variable);
			return undefined;
		}
		const settled = unlessBlank(value) ?? (variable === undefined ? undefined : environmentVariable(variable));
		if (settled !== undefined) this.#check(option, variable, settled, check);
		return settled;
	}

	/** A number with a default. */
	number(option: string, value: number | undefined, fallback: number, check: Check<number>): number {
		if (value === undefined) return fallback;
		if (typeof value === "number") this.#check(option, undefined, value, check);
		else this.problem(option, `is not a number but of type ${typeof value}`);
		return value;
	}

	/** A yes or no that is no by default. Texts are rejected: `"false"` would count as yes. */
	flag(option: string, value: boolean | undefined): boolean {
		if (value !== undefined && typeof value !== "boolean") {
			this.problem(option, `is not a boolean but of type ${typeof value}`);
		}
		return value === true;
	}

	/** Notes something wrong. */
	problem(option: string, problem: string, variable?: string): void {
		this.#problems.push(variable === undefined ? { option, problem } : { option, variable, problem });
	}

	/** Throws a {@link SettingsError} with everything that is wrong, if anything is. */
	finish(): void {
		if (this.#problems.length > 0) throw new SettingsError(this.#subject, this.#problems);
	}

	#check<T>(option: string, variable: string | undefined, value: T, check: Check<T> | undefined): void {
		const problem = check?.(value);
		if (problem !== undefined) this.problem(option, problem, variable);
	}
}

/** The value of an environment variable, or nothing where it is unset, blank, or there is no environment. */
export function environmentVariable(name: string): string | undefined {
	return unlessBlank(globalThis.process?.env?.[name]);
}

function unlessBlank(value: string | undefined | null): string | undefined {
	return value === undefined || value === null || value.trim() === "" ? undefined : value;
}
