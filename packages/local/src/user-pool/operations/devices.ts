import { CognitoException, noSuchDevice } from "../cognito-exception.ts";
import type { PoolState } from "../pool-state.ts";
import { inputMap, inputString, type OperationInput, type PoolOperation, signedInUser } from "../request.ts";
import type { Device, PoolAccount } from "../user-directory.ts";

async function findDevice(
	pool: PoolState,
	input: OperationInput,
	deviceKey: string,
): Promise<{ account: PoolAccount; device: Device }> {
	const { account } = await signedInUser(pool, input);
	const device = account.devices.get(deviceKey);
	if (device === undefined) throw noSuchDevice();
	return { account, device };
}

const MAX_NUMBER_BYTES = 1024;

/** A number that was sent as the base64 of its bytes. */
function inputNumber(config: OperationInput, name: string): bigint {
	const hex = Buffer.from(inputString(config, name), "base64").toString("hex");
	if (hex === "" || hex.length > 2 * MAX_NUMBER_BYTES)
		throw new CognitoException("InvalidParameterException", `Invalid ${name}`);
	return BigInt(`0x${hex}`);
}

function describe(device: Device): Record<string, unknown> {
	return {
		DeviceKey: device.key,
		DeviceAttributes: [
			{ Name: "device_status", Value: "valid" },
			{ Name: "device_name", Value: device.name ?? device.key },
			{ Name: "dev:device_remembered_status", Value: device.remembered ? "remembered" : "not_remembered" },
		],
		DeviceCreateDate: device.createdMs / 1000,
		DeviceLastModifiedDate: device.createdMs / 1000,
		DeviceLastAuthenticatedDate: device.lastUsedMs / 1000,
	};
}

/** The operations of a user on its devices. */
export const DEVICE_OPERATIONS: Readonly<Record<string, PoolOperation>> = {
	async ConfirmDevice(pool, input) {
		const { device } = await findDevice(pool, input, inputString(input, "DeviceKey"));
		const config = inputMap(input, "DeviceSecretVerifierConfig");
		device.verifier = { salt: inputNumber(config, "Salt"), v: inputNumber(config, "PasswordVerifier") };
		if (typeof input.DeviceName === "string") device.name = input.DeviceName;
		device.remembered = pool.settings.devices === "always";
		return { UserConfirmationNecessary: pool.settings.devices === "optIn" };
	},

	async UpdateDeviceStatus(pool, input) {
		const { device } = await findDevice(pool, input, inputString(input, "DeviceKey"));
		device.remembered = input.DeviceRememberedStatus === "remembered";
		return {};
	},

	async ForgetDevice(pool, input) {
		const { account, device } = await findDevice(pool, input, inputString(input, "DeviceKey"));
		account.devices.delete(device.key);
		return {};
	},

	async GetDevice(pool, input) {
		const { device } = await findDevice(pool, input, inputString(input, "DeviceKey"));
		return { Device: describe(device) };
	},

	async ListDevices(pool, input) {
		const { account } = await signedInUser(pool, input);
		const limit = typeof input.Limit === "number" ? input.Limit : 60;
		return { Devices: [...account.devices.values()].slice(0, limit).map(describe) };
	},
};
