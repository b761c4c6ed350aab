import { SettingsError } from "../../errors.ts";
import { environmentVariable, hasNoUserInfo, plainHttpProblem } from "../../platform/settings.ts";
import { hasSharedConfigFile } from "../../platform/shared-config.ts";
import { strayCharacters } from "../../platform/stray-characters.ts";
import type { EndpointSettings } from "./endpoint-by-sdk.ts";

/** Options of {@link CognitoEndpoint}. */
export interface CognitoEndpointOptions {
	readonly region: string;
	/** Caller-provided URL, which is used as it is. */
	readonly endpoint?: string | undefined;
	readonly allowPlainHttp?: boolean | undefined;
	/** Read before every request, because the session's settings may change. */
	readonly endpointSettings?: (() => EndpointSettings) | undefined;
}

/** Regions of the partition `aws`, whose host names have one pattern. */
const ORDINARY_REGION = /^(af|ap|ca|eu|il|me|mx|sa|us)-(?!gov|iso)[a-z]+-\d+$/;

/** Variables that make the SDK choose another host. */
const SWITCHES = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];

/** The endpoint of a user's requests. Resolved at the first request, and again when the session's settings change. */
export class CognitoEndpoint {
	readonly #options: CognitoEndpointOptions;
	#resolved: { readonly settings: string; readonly url: Promise<string> } | undefined;

	constructor(options: CognitoEndpointOptions) {
		this.#options = options;
	}

	/**
	 * URL of Cognito's API, without a slash at its end.
	 *
	 * @throws SettingsError, which is not cached: the next call resolves the URL again.
	 */
	url(): Promise<string> {
		const { endpoint, region, endpointSettings, allowPlainHttp = false } = this.#options;
		if (endpoint !== undefined) return Promise.resolve(withoutSlash(endpoint));
		const chosen = endpointSettings?.() ?? {};
		const settings = JSON.stringify(chosen);
		if (this.#resolved?.settings === settings) return this.#resolved.url;
		const url = cognitoEndpoint(region, chosen, allowPlainHttp);
		const resolved = { settings, url };
		this.#resolved = resolved;
		url.catch(() => {
			if (this.#resolved === resolved) this.#resolved = undefined;
		});
		return url;
	}
}

/**
 * URL of Cognito's API in a region, without a slash at its end.
 *
 * The SDK resolves it for other partitions, FIPS, dual stack and with a shared config file. Loading the SDK for an ordinary
 * region would take longer than a whole sign-in.
 *
 * @throws SettingsError if a variable or a shared config file contains an invalid URL, plain http to a remote host, or an
 * unsupported combination.
 */
export async function cognitoEndpoint(
	region: string,
	settings: EndpointSettings = {},
	allowPlainHttp = false,
): Promise<string> {
	const isOrdinary =
		ORDINARY_REGION.test(region) &&
		!settings.useFipsEndpoint &&
		!settings.useDualstackEndpoint &&
		SWITCHES.every((name) => environmentVariable(name) === undefined) &&
		!hasSharedConfigFile();
	const url = isOrdinary ? ordinaryEndpoint(region) : await unusualEndpoint(region, settings);
	const problem = endpointProblem(url, allowPlainHttp);
	if (problem !== undefined) throw wrongSettings(problem);
	return withoutSlash(url);
}

/** What is wrong with a URL for Cognito's API. `undefined` if it is valid. */
export function endpointProblem(url: string, allowPlainHttp: boolean): string | undefined {
	const stray = strayCharacters(url);
	if (stray !== undefined) return `${stray}. Remove such characters.`;
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return "must be an http or https URL";
	return hasNoUserInfo(new URL(url)) ?? plainHttpProblem(url, "the user's tokens", allowPlainHttp);
}

function withoutSlash(url: string): string {
	return url.replace(/\/+$/, "");
}

function ordinaryEndpoint(region: string): string {
	return (
		environmentVariable("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER") ??
		environmentVariable("AWS_ENDPOINT_URL") ??
		`https://cognito-idp.${region}.amazonaws.com`
	);
}

async function unusualEndpoint(region: string, settings: EndpointSettings): Promise<string> {
	// A module of its own, because bundlers cannot drop any part of a package that is imported as a whole.
	const { endpointBySdk } = await import("./endpoint-by-sdk.ts");
	return endpointBySdk(region, settings).catch((error: Error) => {
		throw wrongSettings(`could not be resolved: ${error.message}`);
	});
}

function wrongSettings(problem: string): SettingsError {
	const variable =
		"AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, endpoint_url of the shared config file";
	return new SettingsError("a Cognito user", [{ option: "endpoint", variable, problem }]);
}
