import { currentCredentials } from "../access/credentials.ts";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import type { Terminal } from "../terminal.ts";
import { withSpinner } from "../terminal.ts";
import { credentialVariables, environmentWith, regionVariables } from "./aws-variables.ts";
import { ContainerEndpoint } from "./container-endpoint.ts";
import { runChild } from "./run-child.ts";

/** The flags of `echostream exec`. */
export interface ExecFlags extends SessionFlags {
	/** Whether the program gets the credentials themselves, which then expire. */
	readonly env?: boolean;
}

/** `echostream exec`: runs a program with AWS credentials that stay fresh, and returns its exit code. */
export function exec(command: string, args: readonly string[], flags: ExecFlags, terminal: Terminal): Promise<number> {
	return withSession(flags, terminal, async (session) => {
		// A failure ends this before the program starts.
		const [credentials, region] = await withSpinner(terminal, "Signing in", async () => [
			await currentCredentials(session),
			await session.regionName(),
		]);
		if (flags.env) {
			const environment = environmentWith({ ...credentialVariables(credentials), ...regionVariables(region) });
			return await runChild(command, args, environment);
		}
		const endpoint = await ContainerEndpoint.start(() => currentCredentials(session));
		try {
			const environment = environmentWith({ ...endpoint.variables, ...regionVariables(region) });
			return await runChild(command, args, environment);
		} finally {
			endpoint.close();
		}
	});
}
