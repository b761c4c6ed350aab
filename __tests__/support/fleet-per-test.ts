import { afterEach } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { LocalTenant, ManualClock } from "echostream-local";
import type { AppSessionOptions, HttpHandler } from "../../src/index.ts";
import { type Dying, FleetProcess, passing } from "./fleet.ts";
import { MemoryStore } from "./memory-store.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** Returns a function that starts a tenant with a store, and stops it after the test. Call it once in a file, outside the tests. */
export function fleetPerTest() {
	const ends: (() => unknown)[] = [];
	afterEach(async () => {
		for (const end of ends.splice(0).reverse()) await end();
	});
	/** Each refresh token is invalid once it was used, as strictly as a pool can have it. */
	return async () => {
		const clock = new ManualClock();
		const tenant = await LocalTenant.start({ clock, userPool: { refreshTokenRotation: { graceSeconds: 0 } } });
		process.env.AWS_ENDPOINT_URL = tenant.url;
		const handler = new NodeHttpHandler() as HttpHandler & NodeHttpHandler;
		const store = new MemoryStore(() => clock.monotonic());
		ends.push(
			() => tenant.stop(),
			() => handler.destroy(),
		);
		return {
			clock,
			tenant,
			store,
			start(options?: Partial<AppSessionOptions>, dying?: Dying): FleetProcess {
				const one = new FleetProcess({ tenant, clock, handler }, store, options, dying);
				ends.push(() => {
					one.kill();
					one.session.destroy();
				});
				return one;
			},
		};
	};
}

export type Fleet = Awaited<ReturnType<ReturnType<typeof fleetPerTest>>>;

/** The access key id that a process has now. Time passes until then. */
export async function keyOf({ session }: FleetProcess, { clock }: Fleet): Promise<string> {
	return (await passing(clock, session.credentials())).accessKeyId;
}

/** The requests that were rejected, such as for a refresh token that was used before. */
export function rejections({ tenant }: Fleet) {
	return tenant.requestLog.since().filter(({ status = 200 }) => status >= 400);
}
