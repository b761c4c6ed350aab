import { SettingsError } from "../errors.ts";
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
 *
 * @throws SettingsError where the environment or a shared config file names no URL, or asks for what cannot be.
 */
export async function cognitoEndpoint(region: string): Promise<string> {
	const isOrdinary =
		ORDINARY_REGION.test(region) &&
		SWITCHES.every((name) => environmentVariable(name) === undefined) &&
		!hasSharedConfigFile();
	const url = isOrdinary ? ordinaryEndpoint(region) : await unusualEndpoint(region);
	if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, "");
	throw wrongSettings(`is not an http or https URL: ${url}`);
}

function ordinaryEndpoint(region: string): string {
	return (
		environmentVariable("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER") ??
		environmentVariable("AWS_ENDPOINT_URL") ??
		`https://cognito-idp.${region}.amazonaws.com`
	);
}

async function unusualEndpoint(region: string): Promise<string> {
	// A module of its own, for bundlers: of a package that is imported whole they can drop nothing.
	const { endpointBySdk } = await import("./endpoint-by-sdk.ts");
	return endpointBySdk(region).catch((error: Error) => {
		throw wrongSettings(`cannot be chosen: ${error.message}`);
	});
}

function wrongSettings(problem: string): SettingsError {
	const variable = "AWS_ENDPOINT_URL and its like, also in a shared config file";
	return new SettingsError("A Cognito user", [{ option: "endpoint", variable, problem }]);
}
