// Checks docs/api/*.api.md, which show every change of the public API. Fails if one differs from the built packages, or updates
// them with --write. Also fails if an exported name uses one that is not exported, or a public member has no doc comment.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { packages } from "./packages.mjs";

/** Whether the main entry of a package exports a name. Other entries need not export it again. */
const isInMainEntry = (folder, symbol) =>
	new RegExp(`\\b${symbol}\\b`).test(readFileSync(resolve(folder, "dist/esm/index.d.ts"), "utf8"));
const isWriting = process.argv.includes("--write");
const entries = packages.flatMap(({ folder, manifest: { exports, name } }) =>
	Object.entries(exports).flatMap(([entry, { import: target }]) =>
		target === undefined
			? []
			: [{ folder, types: target.types, report: entry === "." ? name : entry.slice(2).replaceAll("/", "-") }],
	),
);
const fresh = mkdtempSync(join(tmpdir(), "api-report-"));
const quiet = { logLevel: ExtractorLogLevel.None };

const forgotten = [];
const undocumented = [];
const differing = entries.filter(({ folder, types, report }) => {
	const configObject = {
		projectFolder: resolve(folder),
		mainEntryPointFilePath: resolve(folder, types),
		apiReport: { enabled: true, reportFileName: report, reportFolder: resolve("docs/api"), reportTempFolder: fresh },
		newlineKind: "lf",
		docModel: { enabled: false },
		dtsRollup: { enabled: false },
		tsdocMetadata: { enabled: false },
		compiler: {
			overrideTsconfig: { extends: resolve("tsconfig.json"), files: [resolve(folder, types)], include: [] },
		},
		messages: {
			extractorMessageReporting: {
				default: quiet,
				"ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: false },
				"ae-undocumented": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: false },
			},
			tsdocMessageReporting: { default: quiet },
		},
	};
	const config = ExtractorConfig.prepare({
		configObject,
		configObjectFullPath: undefined,
		packageJsonFullPath: resolve(folder, "package.json"),
	});
	const { apiReportChanged } = Extractor.invoke(config, {
		localBuild: isWriting,
		messageCallback: (message) => {
			message.handled = message.logLevel !== ExtractorLogLevel.Error;
			if (message.messageId === "ae-undocumented") undocumented.push(`${report}: ${message.text}`);
			const [, symbol] = /The symbol "(\w+)"/.exec(message.text ?? "") ?? [];
			const isKnown = !types.endsWith("/index.d.ts") && isInMainEntry(folder, symbol);
			if (message.messageId === "ae-forgotten-export" && !isKnown) forgotten.push(`${report}: ${message.text}`);
		},
	});
	return apiReportChanged;
});
rmSync(fresh, { recursive: true });

for (const { report } of differing)
	console.error(`${isWriting ? "Renewed" : "Out of date"}: docs/api/${report}.api.md`);
if (forgotten.length > 0) {
	console.error(`Not exported, though an exported name needs it:\n${forgotten.join("\n")}`);
	process.exitCode = 1;
}
if (undocumented.length > 0) {
	console.error(`Without a doc comment:\n${undocumented.join("\n")}`);
	process.exitCode = 1;
}
if (differing.length > 0 && !isWriting) {
	console.error("Run `npm run api`, look at the difference, and commit it with a line in CHANGELOG.md.");
	process.exitCode = 1;
}
