import type { EndpointSettings } from "../cognito/api/endpoint-by-sdk.ts";
import type { ClientDefaults } from "./client-defaults.ts";
import { ConfigVariables, type ConfigVariableValues } from "./config-variables.ts";
import { defined } from "./service-clients.ts";
import { UserAgent } from "./user-agent.ts";

/**
 * What a session configures for its clients, as in botocore: variables, default configuration, region and user agent. Some
 * of it also determines where the session's own user signs in.
 */
export class BotocoreConfig {
	readonly userAgent = new UserAgent();
	readonly #variables: ConfigVariables;
	readonly #tenantRegion: () => Promise<string>;
	#defaults: ClientDefaults = {};
	#region: Promise<string> | undefined;

	/**
	 * @param values - The variables that the options of the session set.
	 * @param tenantRegion - Finds the region of the tenant.
	 */
	constructor(values: ConstructorParameters<typeof ConfigVariables>[0], tenantRegion: () => Promise<string>) {
		this.#variables = new ConfigVariables(values);
		this.#tenantRegion = tenantRegion;
	}

	/** The profile, if one is configured. */
	get profile(): string | undefined {
		return this.#variables.profile;
	}

	/** The default configuration of clients. */
	get defaults(): ClientDefaults {
		return this.#defaults;
	}

	set defaults(config: ClientDefaults) {
		this.#defaults = defined(config);
	}

	/** The value of a variable. That of `region` is {@link region}. */
	async get<Name extends keyof ConfigVariableValues>(name: Name): Promise<ConfigVariableValues[Name] | undefined> {
		return name === "region" ? ((await this.region()) as ConfigVariableValues[Name]) : await this.#variables.get(name);
	}

	/** Sets a variable. `undefined` unsets it. */
	set<Name extends keyof ConfigVariableValues>(name: Name, value: ConfigVariableValues[Name] | undefined): void {
		this.#variables.set(name, value);
		if (name === "region" || name === "profile") this.#region = undefined;
	}

	/**
	 * The region of the clients: the one that is set, else the configured one, else the tenant's. Every request of a client
	 * resolves it, so it is looked up once. A failure is not kept.
	 */
	region(): Promise<string> {
		if (this.#region !== undefined) return this.#region;
		const region: Promise<string> = this.#findRegion().catch((error: unknown) => {
			if (this.#region === region) this.#region = undefined;
			throw error;
		});
		this.#region = region;
		return region;
	}

	/** The configuration of every client. Contains a user agent only if one was set, which slows requests by one percent. */
	clientConfig(): object {
		const customUserAgent = this.userAgent.isDefault ? {} : { customUserAgent: String(this.userAgent) };
		return { ...customUserAgent, ...this.#variables.clientConfig(), ...this.#defaults };
	}

	/** What determines where the session's own user signs in, with the same precedence as for clients. */
	endpointSettings(): EndpointSettings {
		const set = { ...this.#variables.clientConfig(), ...this.#defaults };
		const { profile, useDualstackEndpoint, useFipsEndpoint } = set as EndpointSettings;
		return defined({ profile, useDualstackEndpoint, useFipsEndpoint });
	}

	async #findRegion(): Promise<string> {
		return (await this.#variables.get("region")) ?? (await this.#tenantRegion());
	}
}
