import { AppSyncError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { isRegion } from "../platform/settings.ts";

/** Description of a tenant. */
export interface TenantDescription {
	/** Name of the tenant. */
	readonly name: string;
	/** AWS region of the tenant's resources. */
	readonly region: string;
	/** Name of the tenant's DynamoDB table. */
	readonly table: string;
	/** Whether the tenant accepts requests. */
	readonly active: boolean;
}

/**
 * Validates the description of a tenant in a response.
 *
 * @param tenant - Name of the tenant, for messages.
 * @throws AppSyncError `InvalidAppSyncResponse`.
 */
export function tenantDescription(response: unknown, tenant: string): TenantDescription {
	const { name, region, table, active } = isRecord(response) ? response : {};
	if (
		typeof name === "string" &&
		typeof region === "string" &&
		isRegion(region) === undefined &&
		typeof table === "string" &&
		typeof active === "boolean"
	) {
		return { name, region, table, active };
	}
	throw new AppSyncError(
		"InvalidAppSyncResponse",
		`AppSync returned an incomplete description of tenant ${tenant}. Try again later.`,
	);
}
