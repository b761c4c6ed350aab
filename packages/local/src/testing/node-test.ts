/**
 * Gives a test file of Node's test runner a local tenant: import it, or run `node --test --import echostream-local/node-test`.
 *
 * @module echostream-local/node-test
 */

import { after } from "node:test";
import type { LocalTenant } from "../local-tenant.ts";
import { startTestTenant } from "./test-tenant.ts";

/** The tenant of this test file. `process.env` has the variables of its app `external-app`. */
export const tenant: LocalTenant = await startTestTenant();

after(() => tenant.stop());
