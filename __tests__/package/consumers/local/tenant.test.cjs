// Run by jest without any configuration, in CommonJS.
const { LocalTenant } = require("echostream-local");

test("a tenant of its own", async () => {
	const tenant = await LocalTenant.start();
	expect(tenant.environment({ app: "external-app" }).APP).toBe("external-app");
	await tenant.stop();
});
