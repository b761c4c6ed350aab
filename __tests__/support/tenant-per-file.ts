import { afterAll, beforeAll } from "@jest/globals";
import { type LocalTenant, type LocalTenantOptions, ManualClock } from "echostream-local";
import { startTenant } from "./signed-in.ts";
import { sharedConnections } from "./watched-session.ts";

/** A tenant for all tests of a file, its clock, and connections to it. Call it once, outside the tests. */
export function tenantPerFile(options: LocalTenantOptions = {}): {
	readonly tenant: LocalTenant;
	readonly clock: ManualClock;
	readonly connections: ReturnType<typeof sharedConnections>;
} {
	const clock = new ManualClock();
	const connections = sharedConnections();
	let tenant: LocalTenant;
	beforeAll(async () => {
		tenant = await startTenant({ clock, ...options });
	});
	afterAll(async () => {
		connections.close();
		await tenant.stop();
	});
	return {
		clock,
		connections,
		get tenant() {
			return tenant;
		},
	};
}
