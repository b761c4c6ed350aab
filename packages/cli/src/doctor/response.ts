import { Problem } from "./problem.ts";
import type { Received, Server } from "./server.ts";

/** What is wrong with a response: it is not the server's own. `undefined` if it is. */
export function responseProblem(response: Received, server: Server, userAgent: string): Problem | undefined {
	const { body, headers, status } = response;
	const { service, setting, url } = server;
	if (status >= 300 && status < 400) {
		return new Problem(
			`${url.host} redirects to ${originOf(headers.location)} (HTTP ${status}), which ${service} never does.`,
			inItsPlace(setting),
		);
	}
	if (status === 407) {
		return new Problem(
			`A proxy responds in the place of ${service} and requires a sign-in (HTTP 407).`,
			`Allow connections to ${url.host} without a sign-in there.`,
		);
	}
	const content = objectOf(body);
	if (service === "AppSync" && !isAppSyncs(content) && status < 500 && !url.pathname.endsWith("/graphql")) {
		return new Problem(
			`${url.origin} has no API at the path ${url.pathname} (HTTP ${status}).`,
			`The URL of an AppSync API ends with /graphql: check ${setting}.`,
		);
	}
	if (content === undefined && isPage(response)) {
		return new Problem(
			`${url.host} returns a web page in the place of ${service} (HTTP ${status}${titleOf(body)}).`,
			inItsPlace(setting),
		);
	}
	if (status === 403 || headers["x-amzn-waf-action"] !== undefined) {
		return new Problem(
			`A firewall (AWS WAF) or a proxy blocks requests to ${url.host} (HTTP ${status}). This is not about the permissions of the user.`,
			`Allow the user agent "${userAgent}" and the IP address of this machine in the rules of the firewall.`,
		);
	}
	if (status >= 500 || status === 429) {
		return new Problem(
			`${service} is unavailable (HTTP ${status}).`,
			"Try again later. If it stays so, see the AWS Health Dashboard.",
		);
	}
	if (content !== undefined && (service === "Cognito" || isAppSyncs(content))) return undefined;
	return new Problem(
		`The response of ${url.host} is not one of ${service} (HTTP ${status}).`,
		`Check ${setting}, and whether a proxy responds in its place.`,
	);
}

function inItsPlace(setting: string): string {
	return `A captive portal of this network or a proxy responds in its place: sign in to the network in a browser, and run this again. Otherwise check ${setting}.`;
}

/** Whether a body is one of AppSync, which has errors for a request without a token. */
function isAppSyncs(content: Readonly<Record<string, unknown>> | undefined): boolean {
	return Array.isArray(content?.errors) || content?.data !== undefined;
}

function objectOf(body: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const content: unknown = JSON.parse(body);
		return typeof content === "object" && content !== null ? { ...content } : undefined;
	} catch {
		return undefined;
	}
}

function isPage({ body, headers }: Received): boolean {
	return /html/i.test(headers["content-type"] ?? "") || /^\s*<(!doctype|html)/i.test(body);
}

function titleOf(body: string): string {
	const title = /<title[^>]*>([^<]{1,100})/i.exec(body)?.[1]?.trim();
	return title ? `, "${title}"` : "";
}

/** Only the origin, because the rest may contain a token. */
function originOf(location = ""): string {
	return URL.canParse(location) ? new URL(location).origin : "another address";
}
