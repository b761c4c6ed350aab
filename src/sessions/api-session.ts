import { CredentialsError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { EchoStreamSession, type Query } from "./session.ts";
import type { EchoStreamSessionOptions } from "./session-options.ts";

const GET_AWS_CREDENTIALS = `query getAwsCredentials($tenant: String!, $duration: Int!) {
  GetTenant(tenant: $tenant) {
    GetAwsCredentials(duration: $duration) { accessKeyId secretAccessKey sessionToken expiration }
  }
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
	/** @throws {@link SettingsError} that lists all missing and invalid settings. */
	constructor(options: EchoStreamSessionOptions = {}) {
		super(options, { subject: "an ApiSession" });
	}

	protected override async findCredentials(query: Query): Promise<unknown> {
		const tenant = this.#found(await query(GET_AWS_CREDENTIALS, { tenant: this.tenant, duration: this.duration }));
		return tenant.GetAwsCredentials;
	}

	protected override async findTenant(query: Query): Promise<unknown> {
		return this.#found(await query(DESCRIBE_TENANT, { tenant: this.tenant }));
	}

	#found({ GetTenant }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
		if (isRecord(GetTenant)) return GetTenant;
		throw new CredentialsError(
			"TenantNotFound",
			`Tenant ${this.tenant} was not found for user ${this.cognito.username}. Check the option tenant (or TENANT).`,
		);
	}
}
