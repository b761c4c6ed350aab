import type { Clock } from "../../platform/clock.ts";
import { pause } from "../../platform/deadlines.ts";
import type { ServerClock } from "../../platform/server-clock.ts";

const STEP_MS = 30_000;
/** Steps by which a code that was returned may be ahead of the servers' time. More means that this time was corrected. */
const MAX_STEPS_AHEAD = 2;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Decodes the secret of an authenticator app. `undefined` if it is not base32. */
export function parseTotpSecret(secret: string): Uint8Array | undefined {
	const letters = secret.replace(/[\s=-]/g, "").toUpperCase();
	if (!/^[A-Z2-7]{2,}$/.test(letters)) return undefined;
	let bits = "";
	for (const letter of letters) bits += BASE32.indexOf(letter).toString(2).padStart(5, "0");
	return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** The code of six digits that an authenticator shows in a step: https://www.rfc-editor.org/rfc/rfc6238 */
export async function totp(secret: Uint8Array, step: number): Promise<string> {
	const { subtle } = globalThis.crypto;
	const counter = new DataView(new ArrayBuffer(8));
	counter.setBigUint64(0, BigInt(step));
	const key = await subtle.importKey("raw", Uint8Array.from(secret), { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
	const mac = new DataView(await subtle.sign("HMAC", key, counter.buffer));
	const truncated = mac.getUint32(mac.getUint8(19) & 0xf) & 0x7fffffff;
	return String(truncated % 1_000_000).padStart(6, "0");
}

/** A user's authenticator app. It returns each code once, because Cognito accepts each code once. */
export class Authenticator {
	readonly #clock: Clock;
	readonly #serverClock: ServerClock;
	#lastStep = Number.NEGATIVE_INFINITY;

	constructor(clock: Clock, serverClock: ServerClock) {
		this.#clock = clock;
		this.#serverClock = serverClock;
	}

	/**
	 * The current code. If it was used already, waits for the next step of 30 seconds, unless `signal` is aborted. It never
	 * waits for a time that a server has named once and taken back.
	 */
	async code(secret: Uint8Array, signal: AbortSignal): Promise<string> {
		for (;;) {
			const now = this.#serverClock.now();
			const step = Math.floor(now / STEP_MS);
			if (step > this.#lastStep || step < this.#lastStep - MAX_STEPS_AHEAD) {
				this.#lastStep = step;
				return totp(secret, step);
			}
			await pause((this.#lastStep + 1) * STEP_MS - now, this.#clock, signal);
		}
	}
}
