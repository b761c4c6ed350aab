import { type DeviceSecretVerifier, deviceSecretVerifier } from "./srp.ts";

/** A device that Cognito remembers. Keep it like a password: it stands in for the second factor. */
export interface RememberedDevice {
	readonly deviceKey: string;
	readonly deviceGroupKey: string;
	readonly devicePassword: string;
}

/** Makes a password for a device that Cognito has just named, and what Cognito gets to know of it. */
export async function newDevice(
	deviceKey: string,
	deviceGroupKey: string,
	randomBytes: (length: number) => Uint8Array,
): Promise<{ readonly device: RememberedDevice; readonly verifier: DeviceSecretVerifier }> {
	const devicePassword = btoa(String.fromCharCode(...randomBytes(40)));
	const identity = { group: deviceGroupKey, name: deviceKey, password: devicePassword };
	const verifier = await deviceSecretVerifier(identity, randomBytes(16));
	return { device: { deviceKey, deviceGroupKey, devicePassword }, verifier };
}
