import type { PoolState } from "./pool-state.ts";
import type { Grant } from "./refresh-grants.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";
import type { Device, PoolAccount } from "./user-directory.ts";

/** Issues tokens of a login that exists. */
export async function issueTokens(
	pool: PoolState,
	account: PoolAccount,
	grant: Grant,
	extra: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
	const { accessToken, idToken } = await pool.tokens.issue(account, grant, pool.now());
	return {
		AuthenticationResult: {
			AccessToken: accessToken,
			IdToken: idToken,
			ExpiresIn: pool.settings.accessTokenSeconds,
			TokenType: "Bearer",
			...extra,
		},
		ChallengeParameters: {},
	};
}

/** Ends a login with tokens and, where devices are tracked, with a new device for a client that named none. */
export async function completeSignIn(pool: PoolState, attempt: SignInAttempt): Promise<Record<string, unknown>> {
	const { account } = attempt;
	const known = account.devices.get(attempt.deviceKey ?? "");
	const isNew = pool.settings.devices !== "off" && known === undefined;
	const device = isNew ? addDevice(pool, account) : known;
	if (device !== undefined) device.lastUsedMs = pool.now();
	const { grant, refreshToken } = pool.grants.open(account.username, device?.key, pool.now());
	return issueTokens(pool, account, grant, {
		RefreshToken: refreshToken,
		...(isNew ? { NewDeviceMetadata: { DeviceKey: device?.key, DeviceGroupKey: device?.groupKey } } : {}),
	});
}

function addDevice(pool: PoolState, account: PoolAccount): Device {
	const nowMs = pool.now();
	const device: Device = {
		key: `${pool.settings.region}_${pool.random.uuid()}`,
		groupKey: `-${pool.random.word(8)}`,
		createdMs: nowMs,
		remembered: false,
		lastUsedMs: nowMs,
	};
	account.devices.set(device.key, device);
	return device;
}
