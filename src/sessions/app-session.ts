import { AppSyncError, CredentialsError } from "../errors.ts";
import { isParsable, isRecord } from "../platform/http-exchange.ts";
import { EchoStreamSession } from "./session.ts";
import type { EchoStreamSessionOptions, SessionOptionsWithCognito } from "./session-options.ts";
import type { SessionStatus } from "./session-status.ts";
import type { TenantQuery } from "./tenant-query.ts";

const KEYS = "GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }";

/** An error of one object makes the whole field null that holds it, so that each object has a field of its own. */
const GET_AWS_CREDENTIALS = `query getAwsCredentials($app: String!, $tenant: String!, $duration: Int!) {
  GetApp(name: $app, tenant: $tenant) {
    __typename
    ... on CrossAccountApp { ${KEYS} }
    ... on ExternalApp { ${KEYS} }
    ... on ManagedApp { ${KEYS} }
  }
  tenant: GetApp(name: $app, tenant: $tenant) { tenant { active name region table } }
}`;

const DESCRIBE_APP = `query describeApp($app: String!, $tenant: String!) {
  GetApp(name: $app, tenant: $tenant) {
    __typename
    name
    description
    tenant { active name region table }
    ... on CrossAccountApp { config tableAccess }
    ... on ExternalApp { config tableAccess }
    ... on ManagedApp { config tableAccess }
  }
}`;

/** Options of an {@link AppSession}, without those of a user of its own, which a caller-provided `cognito` excludes. */
export interface AppSessionOptionsWithCognito extends SessionOptionsWithCognito {
	/** Name of the app. Variable: `APP`. */
	readonly app?: string | undefined;
}

/** Options of an {@link AppSession}. */
export interface AppSessionOptions extends EchoStreamSessionOptions, AppSessionOptionsWithCognito {}

/** Description of an app. */
export interface AppDescription {
	/** Name of the app. */
	readonly name: string;
	/** `CrossAccountApp`, `ExternalApp`, `ManagedApp`, or a type without credentials. */
	readonly type: string;
	/** Description that its author has given it, if any. */
	readonly description: string | undefined;
	/** Configuration of the app, parsed. A text that is not JSON is returned as it is. `undefined` if there is none. */
	readonly config: unknown;
	/** Whether the app may use the tenant's table. */
	readonly tableAccess: boolean;
}

/**
 * A session in one app of a tenant, as the `AppUser` of the app.
 *
 * @example
 * ```ts
 * import { SQSClient } from "@aws-sdk/client-sqs";
 * import { AppSession } from "echostream-botocore";
 *
 * const session = new AppSession(); // everything from the environment
 * const sqs = session.client(SQSClient);
 * ```
 */
export class AppSession extends EchoStreamSession {
	/** Name of the app. */
	readonly app: string;

	/**
	 * Creates a session in one app of a tenant, as the `AppUser` of the app: `new AppSession()` reads everything from the
	 * environment. It validates the settings and sends nothing. The first use signs in.
	 *
	 * @param options - Either `cognito`, or the options of the session's own user.
	 * @throws {@link SettingsError} that lists all missing and invalid settings.
	 */
	constructor(options: (AppSessionOptions & { readonly cognito?: undefined }) | AppSessionOptionsWithCognito = {}) {
		const deniedHint = "An AppUser may use its own app only: check the option app (or APP).";
		super(options, { subject: "an AppSession", required: { app: "APP" }, deniedHint });
		this.app = this.addedSettings.app ?? "";
	}

	/**
	 * Returns the current description of the app from EchoStream.
	 *
	 * @throws {@link CredentialsError} `AppNotFound`, or an {@link AppSyncError}.
	 */
	async describeApp(): Promise<AppDescription> {
		const data = await this.query(DESCRIBE_APP, { app: this.app, tenant: this.tenant });
		const { __typename: type, name, description, config, tableAccess } = this.#found(data);
		if (typeof type !== "string" || typeof name !== "string") {
			throw new AppSyncError(
				"InvalidAppSyncResponse",
				`AppSync returned an incomplete description of app ${this.app}. Try again later.`,
			);
		}
		return {
			name,
			type,
			description: typeof description === "string" ? description : undefined,
			config: typeof config === "string" ? parseConfig(config) : undefined,
			tableAccess: tableAccess === true,
		};
	}

	/** Returns the state of the session, for health checks. Sends nothing. */
	override status(): SessionStatus {
		return { app: this.app, ...super.status() };
	}

	/** Returns the properties of a session that may be shown, without secrets. */
	override toJSON(): object {
		return { app: this.app, ...super.toJSON() };
	}

	/** Returns the query for the app by its name, with its tenant or its credentials. */
	protected override tenantQuery(wanted: "credentials" | "tenant"): TenantQuery {
		const { app, duration, tenant } = this;
		if (wanted === "tenant") {
			return {
				document: DESCRIBE_APP,
				variables: { app, tenant },
				select: (data) => ({ tenant: this.#found(data).tenant }),
			};
		}
		return {
			document: GET_AWS_CREDENTIALS,
			variables: { app, tenant, duration },
			select: (data) => {
				const described = isRecord(data.tenant) ? data.tenant.tenant : undefined;
				if (data.GetApp === null && isRecord(described)) return { tenant: described };
				const found = this.#found(data);
				// No fragment matches a type without credentials.
				if (!("GetAwsCredentials" in found)) throw this.#withoutCredentials(found.__typename);
				return { tenant: described, credentials: found.GetAwsCredentials };
			},
		};
	}

	#found({ GetApp }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
		if (isRecord(GetApp)) return GetApp;
		throw new CredentialsError(
			"AppNotFound",
			`App ${this.app} was not found in tenant ${this.tenant} for user ${this.cognito.username}. ` +
				"Check the options app (or APP) and tenant (or TENANT).",
		);
	}

	#withoutCredentials(type: unknown): CredentialsError {
		return new CredentialsError(
			"AppWithoutCredentials",
			`App ${this.app} in tenant ${this.tenant} is ${typeof type === "string" ? `a ${type}` : "of a type"} ` +
				"that has no AWS credentials. Use a CrossAccountApp, ExternalApp or ManagedApp.",
		);
	}
}

function parseConfig(text: string): unknown {
	try {
		return isParsable(text) ? JSON.parse(text) : text;
	} catch {
		return text;
	}
}
