import { AppSession } from "echostream-botocore";
import { currentCredentials } from "../access/credentials.ts";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { printableJson, printableText } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";

/** `echostream whoami`: the user, the tenant, the app, and how long the access lasts. */
export function whoami(flags: SessionFlags & { readonly json?: boolean }, terminal: Terminal): Promise<void> {
	return withSession(flags, terminal, async (session, { source }) => {
		const found = await withSpinner(terminal, "Signing in", async () => {
			// The query for the credentials brings the tenant.
			const tenant = await session.describeTenant();
			const app = session instanceof AppSession ? await session.describeApp() : undefined;
			// A tenant that is not active still has a description.
			const credentials = await currentCredentials(session).then(
				({ expiresAtMs, refreshAtMs }) => ({
					expire: new Date(expiresAtMs).toISOString(),
					refresh: new Date(refreshAtMs).toISOString(),
				}),
				(error: Error) => ({ unavailable: error.message }),
			);
			return {
				settings: source,
				user: session.cognito.username,
				kind: app === undefined ? "API user" : "app user",
				tenant,
				...(app === undefined ? {} : { app }),
				region: await session.regionName(),
				credentials,
				accessTokenExpires: expiryOf(await session.cognito.getAccessToken()),
			};
		});
		if (flags.json) {
			terminal.print(printableJson(found, 2));
			return;
		}
		const { app, tenant, ...others } = found;
		const rows: [string, unknown][] = [
			["settings", others.settings],
			["user", `${others.user} (${others.kind})`],
			["tenant", `${tenant.name}${tenant.active ? "" : " (not active)"}`],
			...(app === undefined ? [] : ([["app", `${app.name} (${app.type})`]] as [string, unknown][])),
			[
				"region",
				others.region === tenant.region ? tenant.region : `${others.region} (the tenant's is ${tenant.region})`,
			],
			["table", app?.tableAccess === false ? `${tenant.table} (no access)` : tenant.table],
			[
				"credentials",
				"expire" in others.credentials
					? `expire in ${timeUntil(others.credentials.expire)}`
					: `unavailable: ${others.credentials.unavailable}`,
			],
			[
				"access token",
				others.accessTokenExpires === undefined ? "" : `expires in ${timeUntil(others.accessTokenExpires)}`,
			],
		];
		terminal.print(rows.map(([name, value]) => `${name.padEnd(14)}${printableText(String(value))}`).join("\n"));
	});
}

/** When a token expires. `undefined` if it does not say so. */
function expiryOf(token: string): string | undefined {
	try {
		const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { exp?: unknown };
		return typeof exp === "number" ? new Date(exp * 1000).toISOString() : undefined;
	} catch {
		return undefined;
	}
}

function timeUntil(date: string): string {
	const minutes = Math.max(0, Math.round((Date.parse(date) - Date.now()) / 60_000));
	return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
