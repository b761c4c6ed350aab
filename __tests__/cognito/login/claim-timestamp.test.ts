import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";
import { srpTimestamp } from "../../../packages/local/src/user-pool/srp-timestamp.ts";

const START = Date.UTC(2028, 0, 1, 0, 7, 9);
const moments = (start: number) => Array.from({ length: 366 * 48 }, (_, i) => start + i * 1_800_000);

/** A program that writes the digest of all moments, and a date as the process's own place writes it. */
const program = build({
	stdin: {
		contents: `
			import { createHash } from "node:crypto";
			import { claimTimestamp } from "./src/cognito/login/srp.ts";
			const written = (${moments})(${START}).map(claimTimestamp);
			console.log(createHash("sha256").update(written.join("\\n")).digest("hex"));
			console.log(new Date(${START}).toLocaleString());`,
		resolveDir: fileURLToPath(new URL("../../../", import.meta.url)),
	},
	bundle: true,
	format: "esm",
	platform: "node",
	write: false,
}).then(({ outputFiles }) => outputFiles[0]?.text ?? "");

async function printedWith(variables: Record<string, string>): Promise<string[]> {
	const { PATH = "", SystemRoot = "" } = process.env;
	const env = { PATH, SystemRoot, ...variables };
	const args = ["--input-type=module", "--eval", await program];
	return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim().split("\n");
}

const printedInUtc = printedWith({ TZ: "UTC", LANG: "C", LC_ALL: "C" });
const expected = createHash("sha256").update(moments(START).map(srpTimestamp).join("\n")).digest("hex");

/** Offsets of more than half a day, of quarters of hours, with daylight saving; calendars and digits of their own. */
const PLACES: [string, string][] = [
	["UTC", "C"],
	["Pacific/Kiritimati", "en_US.UTF-8"],
	["Pacific/Pago_Pago", "de_DE.UTF-8"],
	["Asia/Kathmandu", "ar_EG.UTF-8"],
	["America/St_Johns", "fa_IR.UTF-8"],
	["Europe/Lisbon", "th_TH.UTF-8"],
	["Asia/Tokyo", "ja_JP.UTF-8"],
	["Australia/Lord_Howe", "tr_TR.UTF-8"],
];

test.concurrent.each(PLACES)(
	"a process in %s with %s signs the same time on every half hour of a leap year",
	async (TZ, LANG) => {
		const [written, shown] = await (TZ === "UTC" ? printedInUtc : printedWith({ TZ, LANG, LC_ALL: LANG }));
		expect(written).toBe(expected);
		if (TZ !== "UTC") expect(shown).not.toBe((await printedInUtc)[1]);
	},
);
