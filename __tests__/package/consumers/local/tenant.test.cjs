// Run by jest without any configuration, in CommonJS.
const { LocalTenant } = require("echostream-local");
const { callAws, options } = require("./aws.cjs");

test("a tenant of its own", async () => {
	const tenant = await LocalTenant.start(options);
	expect(tenant.environment({ app: "external-app" }).APP).toBe("external-app");
	expect(await callAws(tenant)).toEqual([200, 200, 200, 200]);
	await tenant.stop();
});
