import type { SessionEvent } from "echostream-botocore";
import { create, element } from "./element.ts";

const MINUTE_MS = 60_000;

/** The default windows of a session, in milliseconds before the credentials expire. */
function windowsOf(lifeMs: number): { readonly advisoryMs: number; readonly mandatoryMs: number } {
	const minutes = lifeMs <= 20 * MINUTE_MS ? 5 : lifeMs <= 90 * MINUTE_MS ? 15 : 60;
	return {
		advisoryMs: Math.min(minutes * MINUTE_MS, lifeMs / 3),
		mandatoryMs: Math.min(MINUTE_MS, lifeMs / 10),
	};
}

const REFRESHED = {
	first: "Credentials fetched",
	advisory: "Credentials refreshed in the background",
	mandatory: "Credentials refreshed while a caller waited",
	forced: "Credentials refreshed on request",
	rejected: "Credentials refreshed after AWS rejected them",
};

function sentenceOf(event: SessionEvent): string {
	switch (event.type) {
		case "signIn":
			return event.reason === "first" ? `${event.username} signed in` : `${event.username} signed in again`;
		case "tokensRenewed":
			return "Access token renewed";
		case "credentialsRefreshed":
			return REFRESHED[event.reason];
		case "refreshFailed":
			return `Refresh failed: ${event.error.message}`;
	}
}

/** Shows the remaining lifetime of the session's credentials, and the events of the session. */
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

	/** Shows an event of the session or of its user. */
	readonly show = (event: SessionEvent): void => {
		if (event.type === "credentialsRefreshed") {
			this.#lifeMs = event.expiresInMs;
			this.#endsAt = performance.now() + event.expiresInMs;
		}
		const line = create("li", create("time", new Date().toLocaleTimeString()), sentenceOf(event));
		line.className = event.type;
		element("events").prepend(line);
	};

	/** Shows the ID of the current access key. It is not a secret. */
	showKey(accessKeyId: string): void {
		element("key").textContent = `left for access key ${accessKeyId}`;
	}

	/** Clears the card. */
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
