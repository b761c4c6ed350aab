import { once } from "node:events";
import { currentCredentials } from "../access/credentials.ts";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { untilStopped } from "../until-stopped.ts";
import { regionVariables } from "./aws-variables.ts";
import { ContainerEndpoint } from "./container-endpoint.ts";
import { type Format, formatted } from "./env-formats.ts";

/** The flags of `echostream serve`. */
export interface ServeFlags extends SessionFlags {
	readonly port: number;
	readonly format: Format;
}

/** `echostream serve`: an endpoint of AWS credentials, until the command is interrupted. */
export function serve(flags: ServeFlags, terminal: Terminal): Promise<void> {
	return withSession(flags, terminal, async (session) => {
		const region = await withSpinner(terminal, "Signing in", async () => {
			await session.ready();
			return session.regionName();
		});
		const endpoint = await ContainerEndpoint.start(() => currentCredentials(session), flags.port);
		try {
			terminal.print(formatted({ ...endpoint.variables, ...regionVariables(region) }, flags.format));
			terminal.printError("Set these variables where a program runs that needs the credentials. Press Ctrl+C to stop.");
			await untilStopped((signal) => once(signal, "abort"));
		} finally {
			endpoint.close();
		}
	});
}
