import { createHash } from "node:crypto";
import type { Network } from "./network.ts";

/** A name for the queue of an edge. An edge that is moved keeps its queue, so that the first name may be in use. */
export function edgeQueue(network: Network, source: string, target: string): string {
	const ends = network.isMain ? [source, target] : [network.name, source, target];
	return unused(network, (attempt) => {
		const digest = createHash("sha256").update(JSON.stringify(attempt === 0 ? ends : [...ends, attempt]));
		return `edge-${digest.digest("hex").slice(0, 32)}.fifo`;
	});
}

/** A name for the queue of an app. That of another tenant ends with a digest: "a-b" and "c" would else be the same as "a" and "b-c". */
export function appQueue(network: Network, app: string): string {
	const digest = createHash("sha256")
		.update(JSON.stringify([network.name, app]))
		.digest("hex")
		.slice(0, 16);
	const readable = (text: string) => `app-${text.replace(/[^\w-]/g, "-")}`;
	const name = network.isMain ? readable(app) : `${readable(`${network.name}-${app}`).slice(0, 60)}-${digest}`;
	return unused(network, (attempt) => (attempt === 0 ? name.slice(0, 80) : `${name.slice(0, 76)}-${attempt}`));
}

function unused(network: Network, nameOf: (attempt: number) => string): string {
	const used = new Set([...network.edges.all(), ...network.apps.all()].map(({ queue }) => queue));
	for (let attempt = 0; ; attempt++) if (!used.has(nameOf(attempt))) return nameOf(attempt);
}
