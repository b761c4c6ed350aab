import { createHmac } from "node:crypto";
import { fromBase32 } from "../base32.ts";
import { isSameSecret } from "../constant-time.ts";

// Sign-ins are tested against this, so it shares no formula with the client that computes a code.

const STEP_MS = 30_000;

/** The code of RFC 6238 for one 30 s step: SHA-1, six digits. `secret` is base32. */
export function totpCode(secret: string, step: number): string {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac("sha1", fromBase32(secret)).update(counter).digest();
	const offset = mac.readUInt8(mac.length - 1) & 0x0f;
	return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The step that `code` is valid for, one before and after `nowMs` included; `undefined` for a wrong code. */
export function findTotpStep(secret: string, code: string, nowMs: number): number | undefined {
	const now = Math.floor(nowMs / STEP_MS);
	return [now, now - 1, now + 1].find((step) => isSameSecret(code, totpCode(secret, step)));
}
