import { type ApiSession, AppSession } from "echostream-botocore";
import { type SessionFlags, withSession } from "../access/with-session.ts";
import { printableJson } from "../printable-json.ts";
import { type Terminal, withSpinner } from "../terminal.ts";
import { ifAllowed } from "./allowed.ts";
import { inColumns } from "./columns.ts";

/** `echostream tables`: the table of the tenant, and the others that the user may list. */
export async function tables(flags: SessionFlags & { readonly json?: boolean }, terminal: Terminal): Promise<void> {
	await withSession(flags, terminal, async (session) => {
		const { table, isAccessible, others } = await withSpinner(terminal, "Listing tables", async () => ({
			table: (await session.describeTenant()).table,
			isAccessible: session instanceof AppSession ? (await session.describeApp()).tableAccess : undefined,
			others: await ifAllowed(namesOfTables(session)),
		}));
		const found = [
			// An API user has no such field: a policy of AWS decides.
			{ name: table, isTenantTable: true, ...(isAccessible === undefined ? {} : { access: isAccessible }) },
			...(others ?? []).filter((name) => name !== table).map((name) => ({ name, isTenantTable: false })),
		];
		if (flags.json) {
			terminal.print(printableJson(found, 2));
			return;
		}
		const rows = found.map((one) => [
			one.name,
			one.isTenantTable ? "the tenant's table" : "",
			"access" in one ? (one.access ? "yes" : "no") : "",
		]);
		terminal.print(inColumns(["TABLE", "USE", "ACCESS"], rows, terminal));
		if (others === undefined)
			terminal.printError("Other tables are not listed: the user is not authorized to list them.");
	});
}

async function namesOfTables(session: ApiSession | AppSession): Promise<string[]> {
	const { DynamoDBClient, paginateListTables } = await import("@aws-sdk/client-dynamodb");
	const names: string[] = [];
	for await (const { TableNames } of paginateListTables({ client: session.client(DynamoDBClient) }, {})) {
		names.push(...(TableNames ?? []));
	}
	return names;
}
