import { SettingsError } from "../errors.ts";
import { strayCharacters, suspiciousEnds } from "./stray-characters.ts";

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

/** Checks a time. It may be infinite. */
export const isPositive: Check<number> = (value) => (value > 0 ? undefined : "must be a number above 0");

/** Checks a time that must be finite. */
export const isFiniteTime: Check<number> = (value) =>
	value > 0 && Number.isFinite(value) ? undefined : "must be a finite number above 0";

/** Checks a number of attempts. */
export const isCount: Check<number> = (value) =>
	Number.isInteger(value) && value >= 1 ? undefined : "must be a whole number from 1";

/**
 * Reads the options of one object. An option has precedence over its environment variable. A blank string counts as unset,
 * and so does `null`, except for numbers and booleans. {@link finish} reports all problems as one {@link SettingsError}.
 */
export class SettingsReader {
	readonly #subject: string;
	readonly #options: Readonly<Record<string, unknown>>;
	readonly #names = new Set<string>();
	readonly #problems: SettingsError["problems"][number][] = [];

	/** @param options - The argument of a constructor, which may be anything. */
	constructor(subject: string, options: unknown) {
		this.#subject = subject;
		this.#options = isObject(options) ? options : {};
		if (!isObject(options) && options !== undefined) this.mustBe("options", "an object", options);
	}

	/** An option that the caller checks. */
	value(option: string): unknown {
		return this.#given(option) ?? undefined;
	}

	/** A required identifier. If it is missing, the result is `""`, and {@link finish} throws. */
	required(option: string, variable?: string, check?: Check<string>): string {
		const resolved = this.optional(option, variable, check);
		if (resolved === undefined) this.missing(option, variable);
		return resolved ?? "";
	}

	/** An optional identifier: a string that nobody quotes or pads on purpose, see {@link strayCharacters}. */
	optional(option: string, variable?: string, check?: Check<string>): string | undefined {
		const resolved = this.verbatim(option, variable);
		if (resolved === undefined) return undefined;
		const stray = strayCharacters(resolved);
		const problem = stray === undefined ? check?.(resolved) : `${stray}. Remove such characters.`;
		if (problem !== undefined) this.problem(option, problem, variable);
		return resolved;
	}

	/** An optional secret that the program has from a service: it may contain anything but {@link suspiciousEnds}. */
	secret(option: string): string | undefined {
		const value = this.verbatim(option);
		const problem = suspiciousEnds(value ?? "");
		if (problem !== undefined) this.problem(option, `${problem}. Remove such characters.`);
		return value;
	}

	/** Checks an environment variable that the AWS SDK reads, like {@link optional}. */
	variable(option: string, variable: string): void {
		const stray = strayCharacters(environmentVariable(variable) ?? "");
		if (stray !== undefined) this.problem(option, `${stray}. Remove such characters.`, variable);
	}

	/** An optional string that may contain anything, such as a password. */
	verbatim(option: string, variable?: string, kind = "a string"): string | undefined {
		const value = this.value(option);
		if (value !== undefined && typeof value !== "string") {
			this.mustBe(option, kind, value, variable);
			return undefined;
		}
		return unlessBlank(value) ?? (variable === undefined ? undefined : environmentVariable(variable));
	}

	/** An optional number. */
	number(option: string, check: Check<number>): number | undefined {
		const value = this.#given(option);
		if (value === undefined) return undefined;
		if (typeof value !== "number") {
			this.mustBe(option, "a number", value);
			return undefined;
		}
		const problem = check(value);
		if (problem !== undefined) this.problem(option, problem);
		return value;
	}

	/** A boolean. Default: `false`. Strings are rejected, because `"false"` would count as `true`. */
	flag(option: string, byDefault = false): boolean {
		const value = this.#given(option);
		if (value === undefined) return byDefault;
		if (typeof value !== "boolean") this.mustBe(option, "a boolean", value);
		return value === true;
	}

	/** An optional function. */
	function<F extends (...args: never[]) => unknown>(option: string): F | undefined {
		const value = this.value(option);
		if (value === undefined || typeof value === "function") return value as F | undefined;
		this.mustBe(option, "a function", value);
		return undefined;
	}

	/** An optional object that has methods. */
	object<T extends object>(option: string, methods: readonly (keyof T & string)[]): T | undefined {
		const value = this.value(option);
		if (value === undefined) return undefined;
		const missing = methods.filter((method) => !hasMethod(value, method));
		if (missing.length === 0) return value as T;
		const all = listed(methods);
		if (typeof value !== "object") this.mustBe(option, `an object with ${all}`, value);
		else this.problem(option, `must be an object with ${all}, but lacks ${listed(missing)}`);
		return undefined;
	}

	/** Notes that an option has the wrong type. */
	mustBe(option: string, kind: string, value: unknown, variable?: string): void {
		this.problem(option, `must be ${kind}, but has type ${typeName(value)}`, variable);
	}

	/** Notes that a required option is missing, unless it has another problem. */
	missing(option: string, variable?: string): void {
		if (!this.#problems.some((known) => known.option === option)) this.problem(option, "is missing", variable);
	}

	/** Notes a problem. */
	problem(option: string, problem: string, variable?: string): void {
		this.#problems.push(variable === undefined ? { option, problem } : { option, variable, problem });
	}

	/** Throws a {@link SettingsError} with all problems, if there are any. */
	finish(): void {
		this.#findMisspelledNames();
		if (this.#problems.length > 0) throw new SettingsError(this.#subject, this.#problems);
	}

	#given(option: string): unknown {
		this.#names.add(option);
		return this.#options[option];
	}

	/** `user_pool_id` and `userPoolID` are problems where `userPoolId` is an option. Any other unknown name is ignored. */
	#findMisspelledNames(): void {
		const names = new Map([...this.#names].map((name) => [folded(name), name]));
		for (const [given, value] of Object.entries(this.#options)) {
			const name = names.get(folded(given));
			if (name === undefined || this.#names.has(given) || value === undefined) continue;
			if (this.#options[name] === undefined) this.problem(given, `is not an option: write ${name}`);
		}
	}
}

/** The value of an environment variable. `undefined` if it is unset or blank, or there is no environment. */
export function environmentVariable(name: string): string | undefined {
	return unlessBlank(globalThis.process?.env?.[name]);
}

function unlessBlank(value: string | undefined): string | undefined {
	return value === undefined || value.trim() === "" ? undefined : value;
}

/** Whether a value is an object with named values, or a module: no array, no function, no `Map`, `Promise` or the like. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return /^\[object (Object|Module)\]$/.test(Object.prototype.toString.call(value));
}

/** `null` and `array` beside the types of `typeof`. */
export function typeName(value: unknown): string {
	if (value === null) return "null";
	return Array.isArray(value) ? "array" : typeof value;
}

function hasMethod(value: unknown, name: string): boolean {
	try {
		return typeof (value as Readonly<Record<string, unknown>>)[name] === "function";
	} catch {
		return false;
	}
}

/** `now(), monotonic() and after()`. */
function listed(methods: readonly string[]): string {
	return methods
		.map((name) => `${name}()`)
		.join(", ")
		.replace(/, ([^,]*)$/, " and $1");
}

/** A name without the differences between `userPoolId`, `userPoolID`, `user_pool_id` and `USER_POOL_ID`. */
function folded(name: string): string {
	return name.replace(/[_-]/g, "").toLowerCase();
}
