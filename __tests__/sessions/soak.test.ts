import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ManualClock } from "echostream-local";
import { systemClock } from "../../src/platform/clock.ts";
import { SimulatedTime } from "../support/simulated-time.ts";
import { REAL_PACE, SIMULATED_PACE, Soak, type SoakReport } from "../support/soak.ts";
import { RealTime } from "../support/test-time.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Set by `npm run soak`. */
const { SOAK_MINUTES, SOAK_SEED = "13", REPORT_FOLDER } = process.env;

async function runSoak(): Promise<SoakReport> {
	const seed = Number(SOAK_SEED);
	const clock = new ManualClock();
	const { soak, stop } =
		SOAK_MINUTES === undefined
			? await Soak.start(clock, seed, SIMULATED_PACE, (network) => new SimulatedTime(clock, network))
			: await Soak.start(systemClock, seed, REAL_PACE, () => new RealTime(systemClock));
	try {
		return await soak.run(SOAK_MINUTES === undefined ? 400 * DAY : Number(SOAK_MINUTES) * MINUTE);
	} finally {
		await stop();
	}
}

const name = SOAK_MINUTES === undefined ? "400 simulated days" : "real minutes";
test(
	`${name} of random outages: no call fails while credentials are valid, and every outage ends with the next call`,
	async () => {
		const report = await runSoak();
		if (REPORT_FOLDER !== undefined) {
			mkdirSync(REPORT_FOLDER, { recursive: true });
			writeFileSync(`${REPORT_FOLDER}/soak.json`, JSON.stringify(report));
		}
		const { outages, recoveries, seed, sessions, violations } = report;
		expect({ seed, violations }).toEqual({ seed, violations: [] });
		if (SOAK_MINUTES === undefined) expect(Math.min(outages, recoveries, sessions)).toBeGreaterThan(5);
	},
	SOAK_MINUTES === undefined ? 600_000 : (Number(SOAK_MINUTES) + 5) * MINUTE,
);
