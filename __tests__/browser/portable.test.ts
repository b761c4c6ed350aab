import { expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { record } from "../../scripts/record.mjs";
import { APP, optionsOf } from "../support/signed-in.ts";
import { WebPage } from "./web-page.ts";

declare const portable: {
	runCases(surroundings: object): Promise<readonly { readonly title: string; readonly error?: string }[]>;
};

/** A tenant in the form that the suite expects. */
function surroundingsOf(tenant: LocalTenant): object {
	const { app, appsyncEndpoint, tenant: name, ...user } = optionsOf(tenant, { app: APP });
	return { endpoint: tenant.url, session: { app, appsyncEndpoint, tenant: name, regionName: tenant.region }, user };
}

test("In a browser, the built package passes the suite of every runtime", async () => {
	await using tenant = await LocalTenant.start({ allowedOrigins: ["*"] });
	await using shortLived = await LocalTenant.start({ allowedOrigins: ["*"], credentials: { maxSeconds: 4 } });
	const alias = { url: "./__tests__/browser/no-url.mjs" };
	await using webPage = await WebPage.open({ entry: "__tests__/portable/suite.mjs", name: "portable", alias });
	const results = await webPage.page.evaluate((surroundings) => portable.runCases(surroundings), {
		tenant: surroundingsOf(tenant),
		shortLived: surroundingsOf(shortLived),
	});
	expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
	expect(results.length).toBeGreaterThan(10);
	record("runtimes", "Chromium", webPage.page.context().browser()?.version() ?? "");
});
