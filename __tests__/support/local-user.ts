import { afterEach } from "@jest/globals";
import { LocalTenant, ManualClock } from "echostream-local";
import type { PoolUser, UserPoolOptions } from "../../packages/local/src/user-pool/user-pool-options.ts";
import { Cognito } from "../../src/cognito/cognito.ts";
import type { CognitoOptions } from "../../src/cognito/options.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

export const JO: PoolUser = { username: "Jo.Doe", password: "P@ssw0rd: ünïcode", aliases: ["jo@example.com"] };

/** A user pool over HTTP, with the user {@link JO} unless there are others, and a clock that both sides go by. */
export async function startPool({ jo = {}, ...pool }: UserPoolOptions & { jo?: Partial<PoolUser> } = {}) {
	const clock = new ManualClock();
	const tenant = await LocalTenant.start({ clock, userPool: { users: [{ ...JO, ...jo }], ...pool } });
	const users: Cognito[] = [];
	return {
		clock,
		tenant,
		pool: tenant.userPool,
		requestLog: tenant.requestLog,
		faults: tenant.faults,
		/** A user of the pool: {@link JO}, with the password, unless `options` differ. The SDK retries nothing. */
		user(options: Partial<CognitoOptions> = {}): Cognito {
			const user = new Cognito({
				userPoolId: tenant.userPool.id,
				clientId: tenant.userPool.clientId,
				clientSecret: tenant.userPool.clientSecret,
				username: JO.username,
				password: JO.password,
				endpoint: tenant.url,
				maxAttempts: 1,
				clock,
				...options,
			});
			users.push(user);
			return user;
		},
		async stop(): Promise<void> {
			for (const user of users) user.destroy();
			await tenant.stop();
		},
	};
}

export type LocalPool = Awaited<ReturnType<typeof startPool>>;

/** Returns {@link startPool} with pools that stop after the test that started them. Call it once in a file, outside the tests. */
export function poolPerTest(): typeof startPool {
	const pools: LocalPool[] = [];
	afterEach(async () => {
		await Promise.all(pools.splice(0).map((pool) => pool.stop()));
		// Jest fails a test with a rejection that nobody handles, if it comes before the test's end.
		await new Promise((resolve) => setImmediate(resolve));
	});
	return async (options) => {
		const pool = await startPool(options);
		pools.push(pool);
		return pool;
	};
}

/** How a promise ended: its error's code, or `none`. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
	return promise.then(
		() => "none",
		(error: { code?: string; name: string }) => error.code ?? error.name,
	);
}

/** Lets everything that can happen without time passing happen, until `until` returns true. */
export async function settle(until: () => boolean): Promise<void> {
	for (let i = 0; i < 20_000 && !until(); i++) await new Promise((resolve) => setImmediate(resolve));
	if (!until()) throw new Error("It never happened");
}
