import { LocalTenant } from "echostream-local";

export let tenant;

export const mochaHooks = {
	async beforeAll() {
		tenant = await LocalTenant.start();
		Object.assign(process.env, tenant.environment({ app: "external-app" }));
	},
	afterAll: () => tenant.stop(),
};
