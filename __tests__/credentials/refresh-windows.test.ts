import { describe, expect, test } from "@jest/globals";
import { refreshWindows } from "../../src/credentials/refresh-windows.ts";

const minutes = (count: number) => count * 60_000;

describe("the refresh windows of a set of credentials", () => {
	test.each([
		["1 minute", minutes(1), 20_000, 6_000],
		["15 minutes", minutes(15), minutes(5), minutes(1)],
		["20 minutes", minutes(20), minutes(5), minutes(1)],
		["1 hour", minutes(60), minutes(15), minutes(1)],
		["90 minutes", minutes(90), minutes(15), minutes(1)],
		["12 hours", minutes(720), minutes(60), minutes(1)],
	])("refresh windows scale with the lifetime: %s", (_, life, advisoryMs, mandatoryMs) => {
		expect(refreshWindows(life, {}, 0)).toEqual({ advisoryMs, mandatoryMs });
	});

	test("advisory windows begin up to a tenth later, at random, and never inside the mandatory one", () => {
		expect(refreshWindows(minutes(60), {}, 0.5).advisoryMs).toBe(minutes(15) * 0.95);
		expect(refreshWindows(minutes(60), { advisoryRefreshSeconds: 60 }, 1)).toEqual({
			advisoryMs: minutes(1),
			mandatoryMs: minutes(1),
		});
	});

	test("refresh windows are the configured ones, as far as the lifetime allows", () => {
		const configured = { advisoryRefreshSeconds: 600, mandatoryRefreshSeconds: 120 };
		expect(refreshWindows(minutes(60), configured, 0)).toEqual({ advisoryMs: 600_000, mandatoryMs: 120_000 });
		expect(refreshWindows(minutes(3), configured, 0)).toEqual({ advisoryMs: 60_000, mandatoryMs: 18_000 });
	});
});
