import { environmentVariable } from "../platform/settings.ts";
import { profileSection } from "../platform/shared-config.ts";
import { configuredRegion } from "./region.ts";

/**
 * Configuration variables of a session, under botocore's names, with the types of their values.
 *
 * They apply to the clients. `profile`, `use_dualstack_endpoint` and `use_fips_endpoint` also determine where the session's
 * own user signs in, from its next request on. A variable without a value is `undefined`, and clients use the SDK's default.
 */
export interface ConfigVariableValues {
	/** How clients adapt their defaults: `standard`, `in-region`, `cross-region`, `mobile`, `auto` or `legacy`. */
	readonly defaults_mode: string;
	/** Maximum attempts per request of a client. `maxAttempts` of the session sets it. */
	readonly max_attempts: number;
	/**
	 * Profile in the shared config files. The sign-in uses its `endpoint_url`, `services`, `ignore_configured_endpoint_urls`,
	 * `use_dualstack_endpoint` and `use_fips_endpoint`.
	 */
	readonly profile: string;
	/** Region of the clients: the one that is set, else the configured one, else the tenant's. */
	readonly region: string;
	/** `standard` or `adaptive`. */
	readonly retry_mode: string;
	/** Whether to use the endpoints with IPv6. */
	readonly use_dualstack_endpoint: boolean;
	/** Whether to use the endpoints that are validated by FIPS 140. */
	readonly use_fips_endpoint: boolean;
	/** Name of the application, which clients send with every request. */
	readonly user_agent_appid: string;
}

type ConfigVariable = keyof ConfigVariableValues;

type SetValues = { readonly [Name in ConfigVariable]?: ConfigVariableValues[Name] | undefined };

/** Parses a value of an environment variable or of the shared config file. */
type Parse = (text: string) => string | number | boolean | undefined;

interface Source {
	readonly environment: readonly string[];
	/** Its name in the shared config file. */
	readonly key?: string;
	/** Its name in the configuration of an SDK client. */
	readonly option: string;
	readonly parse: Parse;
}

const asText: Parse = (text) => text;
const asNumber: Parse = (text) => (Number.isInteger(Number(text)) ? Number(text) : undefined);
const asBoolean: Parse = (text) => text.toLowerCase() === "true";

function source(option: string, environment: readonly string[], key?: string, parse: Parse = asText): Source {
	return { option, environment, parse, ...(key === undefined ? {} : { key }) };
}

/** `region` is not read here: {@link configuredRegion} knows how. */
const SOURCES: Readonly<Record<ConfigVariable, Source>> = {
	defaults_mode: source("defaultsMode", ["AWS_DEFAULTS_MODE"], "defaults_mode"),
	max_attempts: source("maxAttempts", ["AWS_MAX_ATTEMPTS"], "max_attempts", asNumber),
	profile: source("profile", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]),
	region: source("region", []),
	retry_mode: source("retryMode", ["AWS_RETRY_MODE"], "retry_mode"),
	use_dualstack_endpoint: source(
		"useDualstackEndpoint",
		["AWS_USE_DUALSTACK_ENDPOINT"],
		"use_dualstack_endpoint",
		asBoolean,
	),
	use_fips_endpoint: source("useFipsEndpoint", ["AWS_USE_FIPS_ENDPOINT"], "use_fips_endpoint", asBoolean),
	user_agent_appid: source("userAgentAppId", ["AWS_SDK_UA_APP_ID"], "sdk_ua_app_id"),
};

/**
 * The configuration variables of one session. A value that was set on it has precedence over the environment, and the
 * environment over the profile in the shared config file. SDK clients read the latter two themselves. Set values reach them
 * through {@link clientConfig}.
 */
export class ConfigVariables {
	#values: SetValues;

	constructor(values: SetValues) {
		this.#values = values;
	}

	/** The profile, if one is configured. */
	get profile(): string | undefined {
		return this.#values.profile ?? fromEnvironment("profile");
	}

	/** The value of a variable. `undefined` if neither the session, the environment nor the profile has one. */
	async get<Name extends ConfigVariable>(name: Name): Promise<ConfigVariableValues[Name] | undefined> {
		check(name);
		const set = this.#values[name];
		if (set !== undefined) return set;
		if (name === "region") return (await configuredRegion(this.profile)) as ConfigVariableValues[Name] | undefined;
		return fromEnvironment(name) ?? (await this.#fromProfile(name));
	}

	/** Sets a variable for this session. `undefined` unsets it. */
	set<Name extends ConfigVariable>(name: Name, value: ConfigVariableValues[Name] | undefined): void {
		check(name);
		this.#values = { ...this.#values, [name]: value };
	}

	/** The values that were set, as the configuration of a client. */
	clientConfig(): object {
		const profile = this.profile;
		const set = Object.entries({ ...this.#values, ...(profile === undefined ? {} : { profile }) });
		return Object.fromEntries(
			set
				.filter(([, value]) => value !== undefined)
				.map(([name, value]) => [SOURCES[name as ConfigVariable].option, value]),
		);
	}

	async #fromProfile<Name extends ConfigVariable>(name: Name): Promise<ConfigVariableValues[Name] | undefined> {
		const { key, parse } = SOURCES[name];
		const text = key === undefined ? undefined : (await profileSection(this.profile))[key];
		return text === undefined ? undefined : (parse(text) as ConfigVariableValues[Name] | undefined);
	}
}

function fromEnvironment<Name extends ConfigVariable>(name: Name): ConfigVariableValues[Name] | undefined {
	const { environment, parse } = SOURCES[name];
	const text = environment.map(environmentVariable).find((value) => value !== undefined);
	return text === undefined ? undefined : (parse(text) as ConfigVariableValues[Name] | undefined);
}

function check(name: string): void {
	if (Object.hasOwn(SOURCES, name)) return;
	throw new TypeError(`Unknown configuration variable ${name}. Use one of ${Object.keys(SOURCES).join(", ")}.`);
}
