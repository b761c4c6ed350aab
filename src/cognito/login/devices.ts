import type { NewDeviceMetadataType } from "@aws-sdk/client-cognito-identity-provider";
import { base64Of } from "../../platform/base64.ts";
import { callObserver } from "../../platform/events.ts";
import type { Log } from "../../platform/log.ts";
import type { SendOperation } from "../api/operations.ts";
import { deviceSecretVerifier } from "./srp.ts";
import { srpCrypto } from "./srp-crypto.ts";

/** A device that Cognito remembers. Store it like a password, because it may replace the second factor. */
export interface RememberedDevice {
	/** Cognito's id of the device. */
	readonly deviceKey: string;
	/** Cognito's id of the group of devices. */
	readonly deviceGroupKey: string;
	/** The secret of the device. */
	readonly devicePassword: string;
}

/** Changes of the device by a login. */
export interface DeviceOutcome {
	/** Whether Cognito no longer knows the device that the login began with. */
	readonly isForgotten: boolean;
	/** The device that Cognito knows since this login. */
	readonly registered?: RememberedDevice;
	/** Why a new device could not be registered, or not be remembered. */
	readonly error?: unknown;
}

/** The device that a user signs in from, and the program's function that keeps it. */
export class UserDevice {
	readonly #onDevice: ((device: RememberedDevice | undefined) => void) | undefined;
	readonly #log: Log;
	readonly #username: string | undefined;
	#current: RememberedDevice | undefined;

	constructor(
		device: RememberedDevice | undefined,
		onDevice: ((device: RememberedDevice | undefined) => void) | undefined,
		log: Log,
		username: string | undefined,
	) {
		this.#current = device;
		this.#onDevice = onDevice;
		this.#log = log;
		this.#username = username;
	}

	get current(): RememberedDevice | undefined {
		return this.#current;
	}

	/** Whether the program keeps the device for its next run. */
	get isKept(): boolean {
		return this.#onDevice !== undefined;
	}

	/** Applies the changes of the device by a login. */
	apply({ isForgotten, registered, error }: DeviceOutcome): void {
		if (isForgotten) this.forget();
		if (error !== undefined) {
			this.#warn(
				"deviceNotRegistered",
				"Registering this device with Cognito failed. Cognito may not remember it",
				error,
			);
		}
		if (registered === undefined) return;
		this.#current = registered;
		this.#notify();
	}

	/** Drops a device that Cognito no longer knows. */
	forget(): void {
		if (this.#current === undefined) return;
		this.#current = undefined;
		this.#notify();
	}

	/** Removes the device from memory. Cognito still knows it, and the program may have kept it. */
	clear(): void {
		this.#current = undefined;
	}

	#notify(): void {
		callObserver(
			() => this.#onDevice?.(this.#current),
			(error) => this.#warn("onDeviceFailed", "onDevice threw", error),
		);
	}

	#warn(event: "deviceNotRegistered" | "onDeviceFailed", message: string, error: unknown): void {
		this.#log.warn(event, message, { username: this.#username, error });
	}
}

/**
 * Registers the device that Cognito has named: it accepts the refresh tokens of such a login only after that. A failure
 * is part of the outcome, because it must not end the login.
 */
export async function registerDevice(
	{ DeviceKey, DeviceGroupKey }: NewDeviceMetadataType,
	AccessToken: string,
	isKept: boolean,
	send: SendOperation,
): Promise<Pick<DeviceOutcome, "registered" | "error">> {
	if (DeviceKey === undefined || DeviceGroupKey === undefined) return {};
	const { randomBytes } = srpCrypto();
	const devicePassword = base64Of(randomBytes(40));
	const device = { deviceKey: DeviceKey, deviceGroupKey: DeviceGroupKey, devicePassword };
	let registered: RememberedDevice | undefined;
	try {
		const identity = { group: DeviceGroupKey, name: DeviceKey, password: devicePassword };
		const DeviceSecretVerifierConfig = { ...(await deviceSecretVerifier(identity, randomBytes(16))) };
		const input = { AccessToken, DeviceKey, DeviceSecretVerifierConfig };
		const { UserConfirmationNecessary } = await send("ConfirmDevice", input, "account");
		registered = device;
		if (UserConfirmationNecessary && isKept) {
			await send("UpdateDeviceStatus", { AccessToken, DeviceKey, DeviceRememberedStatus: "remembered" }, "account");
		}
		return { registered };
	} catch (error) {
		return { error, ...(registered === undefined ? {} : { registered }) };
	}
}
