/**
 * The local tenant of a test file that jest runs with `preset: "echostream-local/jest"`.
 *
 * @module echostream-local/jest
 */

import type { LocalTenant } from "../local-tenant.ts";
import { TENANT_KEY } from "./jest-tenant-key.ts";

/** The tenant of this test file. `process.env` has the variables of its app `external-app`. */
export const tenant: LocalTenant = runningTenant();

function runningTenant(): LocalTenant {
	const { [TENANT_KEY]: running } = globalThis as { readonly [TENANT_KEY]?: LocalTenant };
	if (running !== undefined) return running;
	throw new Error(
		'No local tenant was started for this test file. Set preset: "echostream-local/jest" in the configuration of jest.',
	);
}
