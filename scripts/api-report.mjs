// Keeps docs/api/*.api.md, which show every change of the public surface: fails when one differs from the built package, or
// renews them when called with --write.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const isWriting = process.argv.includes("--write");
const { exports, name } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.entries(exports).filter(([, target]) => target.import !== undefined);
const fresh = mkdtempSync(join(tmpdir(), "api-report-"));
const quiet = { logLevel: ExtractorLogLevel.None };

const differing = entries.filter(([entry, target]) => {
	const reportFileName = entry === "." ? name : entry.slice("./".length);
	const configObject = {
		projectFolder: resolve("."),
		mainEntryPointFilePath: resolve(target.import.types),
		apiReport: { enabled: true, reportFileName, reportFolder: resolve("docs/api"), reportTempFolder: fresh },
		newlineKind: "lf",
		docModel: { enabled: false },
		dtsRollup: { enabled: false },
		tsdocMetadata: { enabled: false },
		compiler: {
			overrideTsconfig: { extends: resolve("tsconfig.json"), files: [target.import.types], include: [] },
		},
		messages: {
			extractorMessageReporting: {
				default: quiet,
				"ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
			},
			tsdocMessageReporting: { default: quiet },
		},
	};
	const config = ExtractorConfig.prepare({
		configObject,
		configObjectFullPath: undefined,
		packageJsonFullPath: resolve("package.json"),
	});
	const { apiReportChanged } = Extractor.invoke(config, {
		localBuild: isWriting,
		messageCallback: (message) => {
			message.handled = message.logLevel !== ExtractorLogLevel.Error;
		},
	});
	return apiReportChanged;
});
rmSync(fresh, { recursive: true });

for (const [entry] of differing) console.error(`${isWriting ? "Renewed" : "Out of date"}: the API report of ${entry}`);
if (differing.length > 0 && !isWriting) {
	console.error("Run `npm run api`, look at the difference, and commit it with a line in CHANGELOG.md.");
	process.exitCode = 1;
}
