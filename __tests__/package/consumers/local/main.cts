import { LocalTenant, type LocalTenantOptions, ManualClock } from "echostream-local";

const options: LocalTenantOptions = { clock: new ManualClock(), credentials: { maxSeconds: 900 } };

void LocalTenant.start(options).then(async (tenant) => {
	console.log(tenant.environment({ apiUser: "admin" }).USER_NAME);
	await tenant.stop();
});
