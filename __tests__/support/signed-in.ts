import { LocalTenant, type LocalTenantOptions } from "echostream-local";
import type { AppSessionOptions } from "../../src/index.ts";

/** The app that the tests work as. */
export const APP = "external-app";

/** Starts a tenant, and points this test file's environment at it, as an app's. */
export async function startTenant(options: LocalTenantOptions = {}): Promise<LocalTenant> {
	const tenant = await LocalTenant.start(options);
	Object.assign(process.env, tenant.environment({ app: APP }), {
		AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
	});
	return tenant;
}

/** The settings of another app or API user, as options. */
export function optionsOf(tenant: LocalTenant, of: Parameters<LocalTenant["environment"]>[0]): AppSessionOptions {
	const { APPSYNC_ENDPOINT, CLIENT_ID, USER_POOL_ID, USER_NAME, PASSWORD, TENANT, APP } = tenant.environment(of);
	return {
		...(APP === undefined ? {} : { app: APP }),
		appsyncEndpoint: String(APPSYNC_ENDPOINT),
		clientId: String(CLIENT_ID),
		userPoolId: String(USER_POOL_ID),
		username: String(USER_NAME),
		password: String(PASSWORD),
		tenant: String(TENANT),
	};
}

/** How a promise ended: the code of its error, or `none`. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
	return promise.then(
		() => "none",
		(error: { code?: string; name: string }) => error.code ?? error.name,
	);
}
