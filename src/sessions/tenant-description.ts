import { AppSyncError } from "../errors.ts";
import { isRecord } from "../platform/http-exchange.ts";
import { isRegion } from "../platform/settings.ts";

/** What the session knows of its tenant. */
export interface TenantDescription {
	readonly name: string;
	/** AWS region of the tenant's resources. */
	readonly region: string;
	/** Name of the tenant's DynamoDB table. */
	readonly table: string;
	/** Whether the tenant takes requests. */
	readonly active: boolean;
}

/** The description in an answer of EchoStream's, checked. `asked` is the name that was asked for. */
export function tenantDescription(answer: unknown, asked: string): TenantDescription {
	const { name, region, table, active } = isRecord(answer) ? answer : {};
	if (
		typeof name === "string" &&
		typeof region === "string" &&
		isRegion(region) === undefined &&
		typeof table === "string" &&
		typeof active === "boolean"
	) {
		return { name, region, table, active };
	}
	throw new AppSyncError("InvalidAppSyncResponse", `AppSync sent an incomplete description of tenant ${asked}`);
}
