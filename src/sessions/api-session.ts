import { CredentialsError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { EchoStreamSession } from "./session.ts";
import type { EchoStreamSessionOptions, SessionOptionsWithCognito } from "./session-options.ts";
import type { TenantQuery } from "./tenant-query.ts";

/** An error of one object makes the whole field null that holds it, so that each object has a field of its own. */
const GET_AWS_CREDENTIALS = `query getAwsCredentials($tenant: String!, $duration: Int!) {
  GetTenant(tenant: $tenant) {
    GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }
  }
  tenant: GetTenant(tenant: $tenant) { active name region table }
}`;

const DESCRIBE_TENANT = `query describeTenant($tenant: String!) {
  GetTenant(tenant: $tenant) { active name region table }
}`;

/**
 * A session in a whole tenant, as an `ApiUser` of the tenant.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { ApiSession } from "echostream-botocore";
 *
 * const session = new ApiSession({ tenant: "my-tenant" }); // the rest from the environment
 * const dynamodb = session.client(DynamoDBClient);
 * ```
 */
export class ApiSession extends EchoStreamSession {
	/**
	 * Creates a session in a whole tenant, as an `ApiUser` of the tenant: `new ApiSession()` reads everything from the environment.
	 * It validates the settings and sends nothing. The first use signs in.
	 *
	 * @param options - Either `cognito`, or the options of the session's own user.
	 * @throws {@link SettingsError} that lists all missing and invalid settings.
	 */
	constructor(options: (EchoStreamSessionOptions & { readonly cognito?: undefined }) | SessionOptionsWithCognito = {}) {
		const deniedHint = "If it is an AppUser, the app is missing: use an AppSession, with the option app (or APP).";
		super(options, { subject: "an ApiSession", deniedHint });
	}

	/** Returns the query for the tenant by its name. */
	protected override tenantQuery(wanted: "credentials" | "tenant"): TenantQuery {
		const { duration, tenant } = this;
		return {
			...(wanted === "credentials"
				? { document: GET_AWS_CREDENTIALS, variables: { tenant, duration } }
				: { document: DESCRIBE_TENANT, variables: { tenant } }),
			select: ({ GetTenant, tenant: described = GetTenant }) => {
				if (isRecord(GetTenant)) return { tenant: described, credentials: GetTenant.GetAwsCredentials };
				if (isRecord(described)) return { tenant: described };
				throw new CredentialsError(
					"TenantNotFound",
					`Tenant ${tenant} was not found for user ${this.cognito.username}. Check the option tenant (or TENANT).`,
				);
			},
		};
	}
}
