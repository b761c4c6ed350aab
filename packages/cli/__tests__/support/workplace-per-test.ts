import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { Workplace } from "./workplace.ts";

/** A tenant for all tests of a file, with its request log cleared, and a workplace in its app for each test. Call it once, outside the tests. */
export function workplacePerTest(): { readonly tenant: LocalTenant; readonly workplace: Workplace } {
	let tenant: LocalTenant;
	let workplace: Workplace;
	beforeAll(async () => {
		tenant = await LocalTenant.start();
	});
	afterAll(() => tenant.stop());
	beforeEach(() => {
		tenant.requestLog.clear();
		workplace = new Workplace(tenant.environment({ app: "external-app" }));
	});
	afterEach(() => workplace[Symbol.dispose]());
	return {
		get tenant() {
			return tenant;
		},
		get workplace() {
			return workplace;
		},
	};
}
