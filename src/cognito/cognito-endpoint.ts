import { environmentVariable } from "../settings.ts";
import { hasSharedConfigFile } from "../shared-config.ts";

/** Regions of the partition `aws`, whose hosts are all named alike. */
const ORDINARY_REGION = /^(af|ap|ca|eu|il|me|mx|sa|us)-(?!gov|iso)[a-z]+-\d+$/;

/** Variables that make the SDK choose another host. */
const SWITCHES = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];

/**
 * URL of Cognito's API in a region, without a slash at its end.
 *
 * The SDK knows best, and is asked wherever there is something to know: another partition, FIPS, dual stack, a shared
 * config file. Loading it for an ordinary region would take longer than the whole login.
 */
export async function cognitoEndpoint(region: string): Promise<string> {
	const isOrdinary =
		ORDINARY_REGION.test(region) &&
		SWITCHES.every((name) => environmentVariable(name) === undefined) &&
		!hasSharedConfigFile();
	if (!isOrdinary) {
		// A module of its own, for bundlers: of a package that is imported whole they can drop nothing.
		const { endpointBySdk } = await import("./endpoint-by-sdk.ts");
		return endpointBySdk(region);
	}
	const url =
		environmentVariable("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER") ?? environmentVariable("AWS_ENDPOINT_URL");
	return (url ?? `https://cognito-idp.${region}.amazonaws.com`).replace(/\/+$/, "");
}
