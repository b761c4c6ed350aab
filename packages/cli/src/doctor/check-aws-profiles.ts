import { existsSync, readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { profilePath } from "../settings/profiles.ts";
import { awsConfigPath } from "../tools/aws-config.ts";
import { Problem } from "./problem.ts";

/** A profile of AWS tools that gets its credentials from this program. */
interface AwsProfile {
	readonly name: string;
	readonly command: readonly string[];
}

/** Checks the profiles of AWS tools that run this program. `undefined` if there are none. */
export function checkAwsProfiles(): string | undefined {
	const profiles = awsProfiles();
	if (profiles.length === 0) return undefined;
	for (const { command, name } of profiles) {
		const missing = command.find((part) => isAbsolute(part) && !existsSync(part));
		if (missing !== undefined) {
			throw new Problem(
				`The profile ${name} in ${awsConfigPath()} runs ${missing}, which was not found.`,
				`Write it again: echostream configure --aws-profile ${name} --force`,
			);
		}
		const own = command[command.indexOf("--profile") + 1];
		if (command.includes("--profile") && (own === undefined || profilePath(own) === undefined)) {
			throw new Problem(
				`The profile ${name} in ${awsConfigPath()} uses the profile ${own} of echostream, which was not found.`,
				`Create it: echostream configure --profile ${own}`,
			);
		}
	}
	return profiles.map(({ name }) => name).join(", ");
}

function awsProfiles(): AwsProfile[] {
	const path = awsConfigPath();
	const lines = existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/) : [];
	let name = "";
	return lines.flatMap((line) => {
		name = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+)["']?\s*\]/.exec(line)?.[1]?.trim() ?? name;
		const text = /^\s*credential_process\s*=\s*(.*echostream.*\bcredentials\b.*)$/.exec(line)?.[1];
		if (text === undefined) return [];
		const command = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
		return [{ name, command }];
	});
}
