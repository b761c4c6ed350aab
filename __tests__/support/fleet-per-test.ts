import { afterEach } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { LocalTenant, ManualClock } from "echostream-local";
import { type AppSessionOptions, Cognito, type HttpHandler } from "../../src/index.ts";
import { counted, type Dying, FleetProcess, passing, STORE_KEY } from "./fleet.ts";
import { MemoryStore } from "./memory-store.ts";
import { optionsOf } from "./signed-in.ts";

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
		const authFlows = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"] as const;
		const tenant = await LocalTenant.start({
			clock,
			userPool: { authFlows, refreshTokenRotation: { graceSeconds: 0 } },
		});
		process.env.AWS_ENDPOINT_URL = tenant.url;
		const connections = new NodeHttpHandler();
		/** For what sends requests beside the processes. */
		const handler = counted(connections as HttpHandler);
		const store = new MemoryStore(() => clock.monotonic());
		ends.push(
			() => tenant.stop(),
			() => connections.destroy(),
		);
		return {
			clock,
			tenant,
			handler,
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

/** Options of a user of its own. */
export function loginOf({ clock, handler, tenant }: Fleet) {
	const { clientId, password, userPoolId, username } = optionsOf(tenant, { app: "external-app" });
	const login = { clientId: String(clientId), userPoolId: String(userPoolId), username, password };
	return { ...login, clock, requestHandler: handler };
}

/** Signs in, so that a process with the same options finds its login in the store. */
export async function signInBefore(here: Fleet, options: Partial<AppSessionOptions> = {}): Promise<void> {
	// To send the password takes less arithmetic than to prove it.
	const authFlow = "USER_PASSWORD_AUTH";
	const user = new Cognito({ ...loginOf(here), authFlow, store: here.store, storeKey: STORE_KEY });
	await keyOf(here.start({ ...options, cognito: user, store: undefined }), here);
	user.destroy();
}

/** The requests that were rejected, such as for a refresh token that was used before. */
export function rejections({ tenant }: Fleet) {
	return tenant.requestLog.since().filter(({ status = 200 }) => status >= 400);
}
