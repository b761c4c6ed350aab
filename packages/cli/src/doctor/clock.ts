import type { Finding } from "./checkup.ts";
import { Problem } from "./problem.ts";
import type { Received } from "./server.ts";

/** Maximum difference that AWS accepts in the time of a signature, milliseconds. */
const LIMIT_MS = 5 * 60_000;

/** Checks the local clock by the dates of responses. */
export async function checkClock(responses: readonly Received[]): Promise<Finding<object>> {
	const ahead = responses.map(aheadOf).filter((ms) => !Number.isNaN(ms));
	const [first, second = first] = ahead;
	if (first === undefined || second === undefined) return { value: {}, detail: "no server has reported the time" };
	if (Math.abs(first - second) > LIMIT_MS) {
		throw new Problem(
			`The dates of Cognito and AppSync differ by ${durationOf(first - second)}. The local clock is ${beside(first)} Cognito's, and ${beside(second)} AppSync's.`,
			"A proxy may respond with an old date. Compare the local clock with another one.",
		);
	}
	if (Math.abs(first) > LIMIT_MS) {
		throw new Problem(
			`The local clock is ${durationOf(first)} ${first > 0 ? "fast" : "slow"}: its time is ${new Date().toISOString()}. AWS rejects signatures whose time is wrong by more than 5 minutes.`,
			"Set it, and turn on its synchronization, on Linux for instance by timedatectl set-ntp true. Restart a virtual machine or a container that was asleep.",
		);
	}
	const seconds = Math.round(Math.abs(first) / 1000);
	return { value: {}, detail: seconds < 2 ? "right" : `right, within ${seconds} seconds` };
}

/** By how much the local clock is ahead of a server's, milliseconds. A cached response has an old date. */
function aheadOf({ atMs, headers }: Received): number {
	return headers.age === undefined ? atMs - Date.parse(headers.date ?? "") : Number.NaN;
}

function beside(ms: number): string {
	if (Math.abs(ms) < 60_000) return "equal to";
	return `${durationOf(ms)} ${ms > 0 ? "ahead of" : "behind"}`;
}

function durationOf(ms: number): string {
	const minutes = Math.round(Math.abs(ms) / 60_000);
	if (minutes < 120) return `${minutes} minutes`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
