/**
 * A jest environment for Node with a local tenant: `testEnvironment: "echostream-local/jest/environment"`. Use it in place of the
 * preset when your configuration has a preset already.
 *
 * @module echostream-local/jest/environment
 */

import { TestEnvironment } from "jest-environment-node";
import { LocalTenant } from "../local-tenant.ts";
import { TENANT_KEY } from "./jest-tenant-key.ts";
import { TEST_USER } from "./test-tenant.ts";

/** The environment of one test file, which has a tenant of its own. The modules of the tenant are loaded once per worker. */
export default class LocalTenantEnvironment extends TestEnvironment {
	#tenant: LocalTenant | undefined;

	/** Starts the tenant, and sets its variables in the `process.env` of the test file. */
	override async setup(): Promise<void> {
		await super.setup();
		const tenant = await LocalTenant.start();
		this.#tenant = tenant;
		Object.assign(this.global.process.env, tenant.environment(TEST_USER));
		Object.assign(this.global, { [TENANT_KEY]: tenant });
	}

	/** Stops the tenant. */
	override async teardown(): Promise<void> {
		await this.#tenant?.stop();
		await super.teardown();
	}
}
