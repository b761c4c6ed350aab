/**
 * The setup file of vitest that gives each test file a local tenant: `setupFiles: ["echostream-local/vitest"]`.
 *
 * @module echostream-local/vitest
 */

import type { LocalTenant } from "../local-tenant.ts";
import { startTestTenant } from "./test-tenant.ts";

/** The tenant of this test file. `process.env` has the variables of its app `external-app`. */
export const tenant: LocalTenant = await startTestTenant();

// The package of the project that runs the tests, in any version.
const { afterAll }: { afterAll(hook: () => Promise<void>): void } = await import("vitest" as string);
afterAll(() => tenant.stop());
