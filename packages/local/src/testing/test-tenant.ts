import { LocalTenant } from "../local-tenant.ts";

/** The user whose variables the tests get. */
export const TEST_USER = { app: "external-app" } as const;

/** Starts the tenant of a test file, and sets its variables in this process. */
export async function startTestTenant(): Promise<LocalTenant> {
	const tenant = await LocalTenant.start();
	Object.assign(process.env, tenant.environment(TEST_USER));
	return tenant;
}
