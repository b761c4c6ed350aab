import { currentCredentials } from "../access/credentials.ts";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { credentialVariables, regionVariables } from "./aws-variables.ts";
import { type Format, formatted } from "./env-formats.ts";

/** `echostream env`: the AWS credentials and the region as variables. */
export function printEnvironment(flags: SessionFlags & { readonly format: Format }, terminal: Terminal): Promise<void> {
	return withSession(flags, terminal, async (session) => {
		const variables = await withSpinner(terminal, "Signing in", async () => ({
			...credentialVariables(await currentCredentials(session)),
			...regionVariables(await session.regionName()),
		}));
		terminal.print(formatted(variables, flags.format));
	});
}
