import { randomUUID } from "node:crypto";
import type { TenantResponse } from "../http/exchange.ts";
import { escapeXml } from "../http/service-error.ts";
import type { TenantUser } from "../network/networks.ts";

/** The operations of STS that the tenant has. */
export const STS_OPERATIONS: readonly string[] = ["GetCallerIdentity"];

/** Runs GetCallerIdentity. */
export function callerIdentity({ username }: TenantUser): TenantResponse {
	const arn = escapeXml(`arn:aws:sts::000000000000:assumed-role/echostream/${username}`);
	return {
		status: 200,
		headers: { "content-type": "text/xml" },
		body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROALOCALTENANT:${escapeXml(username)}</UserId><Account>000000000000</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
	};
}
