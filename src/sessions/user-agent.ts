import { SettingsError } from "../errors.ts";
import { headerProblem } from "../platform/http-exchange.ts";
import { VERSION } from "../version.ts";

/** The user agent of a session for AWS and EchoStream, in the three parts that botocore has. */
export class UserAgent {
	readonly #parts = { userAgentName: "echostream-botocore", userAgentVersion: VERSION as string, userAgentExtra: "" };

	/** Whether the program has set none of its own. */
	get isDefault(): boolean {
		return String(this) === `echostream-botocore/${VERSION}`;
	}

	get(part: "userAgentName" | "userAgentVersion" | "userAgentExtra"): string {
		return this.#parts[part];
	}

	/**
	 * Sets a part.
	 *
	 * @throws SettingsError for a value that no header can hold.
	 */
	set(part: "userAgentName" | "userAgentVersion" | "userAgentExtra", value: string): void {
		const problem = typeof value === "string" ? headerProblem(value) : `must be a string, but has type ${typeof value}`;
		if (problem !== undefined) throw new SettingsError("a user agent", [{ option: part, problem }]);
		this.#parts[part] = value;
	}

	toString(): string {
		const { userAgentName, userAgentVersion, userAgentExtra } = this.#parts;
		return `${userAgentName}/${userAgentVersion} ${userAgentExtra}`.trim();
	}
}
