import { styleText } from "node:util";
import type { SessionFlags } from "../access/with-session.ts";
import { EXIT } from "../exit-code.ts";
import { printableJson, printableText } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { checkAwsProfiles } from "./check-aws-profiles.ts";
import { checkCache } from "./check-cache.ts";
import { checkServer } from "./check-server.ts";
import { checkSettings } from "./check-settings.ts";
import { checkSignIn } from "./check-sign-in.ts";
import { type Checked, type CheckResult, Checkup } from "./checkup.ts";
import { checkClock } from "./clock.ts";
import { checkProxy } from "./proxy.ts";

/** The flags of `echostream doctor`. */
export interface DoctorFlags extends SessionFlags {
	/** Maximum duration of each check, seconds. */
	readonly timeout: number;
	readonly json?: boolean;
}

/** `echostream doctor`: checks all that a session needs, one by one, and prints what is wrong and how to mend it. */
export async function doctor(flags: DoctorFlags, terminal: Terminal): Promise<number> {
	const checkup = new Checkup(
		flags.timeout * 1000,
		(result) => {
			if (!flags.json) terminal.print(linesOf(result));
		},
		// A command that prints the password may ask for something on the terminal.
		(name, work) => (name === "password" ? work() : withSpinner(terminal, name, work)),
	);
	await examine(checkup, flags, terminal);
	const isOk = named(checkup, "failed").length === 0;
	terminal.print(flags.json ? printableJson({ ok: isOk, checks: checkup.results }, 2) : summaryOf(checkup));
	return isOk ? 0 : EXIT.failed;
}

async function examine(checkup: Checkup, flags: DoctorFlags, terminal: Terminal): Promise<void> {
	const found = await checkup.check("settings", [], () => checkSettings(flags, terminal));
	const settings = part(found, ({ settings }) => settings);
	if (flags.cache) await checkup.check("cache", [settings], ([known]) => checkCache(known));
	else checkup.skip("cache", "--no-cache");
	await checkProfiles(checkup);
	await checkup.check("proxy", [], checkProxy);
	const cognito = await checkServer(
		checkup,
		"Cognito",
		part(found, (servers) => servers.cognito),
	);
	const appsync = await checkServer(
		checkup,
		"AppSync",
		part(found, (servers) => servers.appsync),
	);
	const reached = [cognito, appsync].filter(({ value }) => value !== undefined);
	await checkup.check("clock", reached.length > 0 ? reached : [cognito], checkClock);
	await checkSignIn(checkup, { settings, cognito, appsync, terminal, limitMs: flags.timeout * 1000 });
}

async function checkProfiles(checkup: Checkup): Promise<void> {
	await checkup.check("AWS profiles", [], async () => {
		const names = checkAwsProfiles();
		return { value: {}, detail: names ?? "none uses this program. echostream configure creates one" };
	});
}

/** A part of what a check has found. */
function part<T extends object, P extends object>({ name, value }: Checked<T>, pick: (value: T) => P): Checked<P> {
	return value === undefined ? { name } : { name, value: pick(value) };
}

function summaryOf(checkup: Checkup): string {
	const failed = named(checkup, "failed");
	const warnings = named(checkup, "warning");
	if (failed.length > 0) return `Failed: ${failed.join(", ")}.${failed.length > 1 ? " Begin with the first one." : ""}`;
	return warnings.length > 0 ? `No check failed. Warnings: ${warnings.join(", ")}.` : "No check failed.";
}

/** The names of the checks with a status. */
function named({ results }: Checkup, status: CheckResult["status"]): string[] {
	return results.flatMap((result) => (result.status === status ? [result.name] : []));
}

const MARKS = {
	ok: { mark: "✔", color: "green" },
	warning: { mark: "!", color: "yellow" },
	failed: { mark: "✖", color: "red" },
	skipped: { mark: "–", color: "gray" },
} as const;

function linesOf({ detail, ms, name, problem, remedy, status }: CheckResult): string {
	const { color, mark } = MARKS[status];
	const time = ms === undefined ? "" : `${ms} ms`;
	const what = status === "skipped" ? `skipped ${detail}` : (detail ?? "failed");
	const first = `${styled(color, `${mark} ${name.padEnd(18)}`)} ${time.padStart(8)}  ${printableText(what)}`;
	const below = [...(problem ?? "").split("\n"), ...(remedy === undefined ? [] : [`→ ${remedy}`])];
	const shown = below.filter((line) => line !== "").map((line) => `    ${printableText(line)}`);
	return [first, ...shown].join("\n");
}

/** A text in color, on terminals that have colors only. `NO_COLOR` is among the reasons for which they have none. */
function styled(color: Parameters<typeof styleText>[0], text: string): string {
	return process.stdout.hasColors?.() ? styleText(color, text) : text;
}
