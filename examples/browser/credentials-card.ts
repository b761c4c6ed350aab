import type { SessionEvent } from "echostream-botocore";
import { create, element } from "./element.ts";

const MINUTE_MS = 60_000;

/** When a set of credentials is refreshed behind, and when callers wait: the session's defaults. Milliseconds before its end. */
function windowsOf(lifeMs: number): { readonly advisoryMs: number; readonly mandatoryMs: number } {
	const minutes = lifeMs <= 20 * MINUTE_MS ? 5 : lifeMs <= 90 * MINUTE_MS ? 15 : 60;
	return {
		advisoryMs: Math.min(minutes * MINUTE_MS, lifeMs / 3),
		mandatoryMs: Math.min(MINUTE_MS, lifeMs / 10),
	};
}

const REFRESHED = {
	first: "Credentials fetched",
	advisory: "Credentials refreshed behind, nobody waited",
	mandatory: "Credentials refreshed, callers waited",
	forced: "Credentials refreshed, as asked",
	rejected: "Credentials replaced: AWS had refused them",
};

function sentenceOf(event: SessionEvent): string {
	switch (event.type) {
		case "login":
			return event.reason === "first" ? `${event.username} logged in` : `${event.username} logged in again`;
		case "tokensRenewed":
			return "Access token renewed by the refresh token";
		case "credentialsRefreshed":
			return REFRESHED[event.reason];
		case "refreshFailed":
			return `No refresh: ${event.error.message}`;
	}
}

/** Shows how the session's credentials age, and what the session tells of itself. */
export class CredentialsCard {
	#lifeMs = 0;
	#endsAt = 0;

	constructor() {
		const draw = () => {
			this.#draw();
			requestAnimationFrame(draw);
		};
		draw();
	}

	/** Takes an event of the session, or of its user. */
	readonly tell = (event: SessionEvent): void => {
		if (event.type === "credentialsRefreshed") {
			this.#lifeMs = event.expiresInMs;
			this.#endsAt = performance.now() + event.expiresInMs;
		}
		const line = create("li", create("time", new Date().toLocaleTimeString()), sentenceOf(event));
		line.className = event.type;
		element("events").prepend(line);
	};

	/** Shows which key is in use. The id of a key is no secret. */
	showKey(accessKeyId: string): void {
		element("key").textContent = `left of key ${accessKeyId}`;
	}

	/** Forgets everything. */
	clear(): void {
		this.#lifeMs = 0;
		element("events").replaceChildren();
	}

	#draw(): void {
		if (this.#lifeMs === 0) return;
		const leftMs = Math.max(0, this.#endsAt - performance.now());
		const { advisoryMs, mandatoryMs } = windowsOf(this.#lifeMs);
		const young = leftMs > advisoryMs ? "fresh" : "advisory";
		const state = leftMs > mandatoryMs ? young : leftMs > 0 ? "mandatory" : "expired";
		const share = (ms: number) => `${(100 * ms) / this.#lifeMs}%`;
		const track = element("track");
		track.style.setProperty("--mandatory-share", share(mandatoryMs));
		track.style.setProperty("--advisory-share", share(advisoryMs));
		track.style.setProperty("--left", share(leftMs));
		element("credentials").dataset.state = state;
		element("state").textContent = state;
		const seconds = Math.ceil(leftMs / 1000);
		const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
		if (element("left").textContent !== clock) element("left").textContent = clock;
	}
}
