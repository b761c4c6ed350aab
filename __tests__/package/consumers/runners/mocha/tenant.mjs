import { LocalTenant } from "echostream-local";

export let tenant;

export const mochaHooks = {
	async beforeAll() {
		this.timeout(30_000); // the default of 2 seconds can be short on a busy machine
		tenant = await LocalTenant.start();
		Object.assign(process.env, tenant.environment({ app: "external-app" }));
	},
	afterAll: () => tenant.stop(),
};
