import type { Clock } from "../platform/clock.ts";
import { serviceAndHostOf, signingKeyOf } from "./signed-request.ts";

/** Pause after an endpoint rejected two sets of credentials in a row. Doubled with each further set. */
const PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 5 * 60_000;
/** Endpoints that are remembered at most, because a program may send calls to any number of them. */
const MAX_ENDPOINTS = 1_000;

interface Endpoint {
	/** The access key id that was replaced for this endpoint, until the next rejection. */
	replaced?: string | undefined;
	pauseMs: number;
	retryAt: number;
}

/**
 * The endpoints that reject the credentials of a session. Services that share a host have an endpoint each.
 *
 * A revoked access key is rejected once, and its replacement is accepted. An endpoint that rejects the replacement too,
 * such as one of another region or an emulator, would reject any other. Then no client causes a fetch for it during a pause.
 */
export class RejectingEndpoints {
	readonly #clock: Pick<Clock, "monotonic">;
	readonly #endpoints = new Map<string, Endpoint>();

	constructor(clock: Pick<Clock, "monotonic">) {
		this.#clock = clock;
	}

	/**
	 * Records that the credentials of a call were rejected. Returns their access key id, if others may be fetched for the
	 * endpoint.
	 */
	rejected(call: object): string | undefined {
		const now = this.#clock.monotonic();
		this.#forget(now);
		const accessKeyId = signingKeyOf(call);
		const endpoint = this.#endpoints.get(serviceAndHostOf(call));
		if (endpoint === undefined) return accessKeyId;
		if (now < endpoint.retryAt) return undefined;
		if (endpoint.replaced === undefined || endpoint.replaced === accessKeyId) return accessKeyId;
		endpoint.replaced = undefined;
		endpoint.retryAt = now + endpoint.pauseMs;
		endpoint.pauseMs = Math.min(MAX_PAUSE_MS, endpoint.pauseMs * 2);
		return undefined;
	}

	/** Records that credentials were replaced, because the endpoint of a call rejected them. */
	replaced(call: object, accessKeyId: string): void {
		const now = this.#clock.monotonic();
		const name = serviceAndHostOf(call);
		const { pauseMs, retryAt } = this.#endpoints.get(name) ?? { pauseMs: PAUSE_MS, retryAt: now };
		// A call that was sent at the same time may have started the pause by now.
		if (now >= retryAt) this.#endpoints.set(name, { replaced: accessKeyId, pauseMs, retryAt });
		if (this.#endpoints.size <= MAX_ENDPOINTS) return;
		const [oldest = ""] = this.#endpoints.keys();
		this.#endpoints.delete(oldest);
	}

	/** Records that the credentials of a call were accepted. */
	accepted(call: object): void {
		if (this.#endpoints.size > 0) this.#endpoints.delete(serviceAndHostOf(call));
	}

	/** Removes what is too long ago to say anything about the next rejection. */
	#forget(now: number): void {
		for (const [name, { retryAt }] of this.#endpoints) {
			if (now > retryAt + MAX_PAUSE_MS) this.#endpoints.delete(name);
		}
	}
}
