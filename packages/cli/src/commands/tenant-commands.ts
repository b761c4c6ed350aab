import type { Command } from "commander";
import { type CommandContext, examples } from "./command-context.ts";
import { withSessionFlags } from "./settings-flags.ts";

/** Adds the commands that look into a tenant. */
export function addTenantCommands(program: Command, { run, terminal }: CommandContext): void {
	withSessionFlags(program.command("whoami"))
		.summary("print the user, the tenant and the app")
		.description("Prints the user, the tenant, the app, their region and table, and how long the credentials last.")
		.option("--json", "print JSON, with the config of the app")
		.addHelpText("after", examples("echostream whoami", "echostream whoami --json"))
		.action(run(async (flags) => (await import("../tenant/whoami.ts")).whoami(flags, terminal)));
	withSessionFlags(program.command("query"))
		.summary("send a GraphQL query to EchoStream")
		.description(
			"Sends a GraphQL document to EchoStream, and prints the data of the response as JSON. $tenant and $app are those of the settings, unless they are given.",
		)
		.argument("[document]", "the document, or - for standard input")
		.option("--file <path>", "file that contains the document")
		.option(
			"-v, --variable <name=value>",
			"variable of the document. Its declared type decides whether the value is text or JSON. Can be repeated",
			(value: string, all: readonly string[]) => [...all, value],
			[],
		)
		.option("--variables <json>", "variables as a JSON object, or @ and the name of a file with one")
		.addHelpText(
			"after",
			examples(
				"echostream query '{ GetVersion }'",
				"echostream query 'query ($tenant: String!, $name: String!) { GetNode(tenant: $tenant, name: $name) { name } }' -v name=my-node",
				"echostream query --file nodes.graphql --variables @variables.json",
			),
		)
		.action(
			run(async (flags, document: string | undefined) =>
				(await import("../tenant/query.ts")).query(document, flags, terminal),
			),
		);
	withSessionFlags(program.command("tables"))
		.summary("list the tables of the tenant")
		.description(
			"Lists the table of the tenant, whether the app has access to it, and the other tables that the user may list.",
		)
		.option("--json", "print JSON")
		.addHelpText("after", examples("echostream tables", "echostream tables --json"))
		.action(run(async (flags) => (await import("../tenant/tables.ts")).tables(flags, terminal)));
	withSessionFlags(program.command("queues"))
		.summary("list the queues of the app or the tenant")
		.description(
			"Lists the queues of the edges of the app's nodes, or of all apps, and the other queues that the user may list.",
		)
		.option("--counts", "count the messages in them, approximately")
		.option("--json", "print JSON")
		.addHelpText("after", examples("echostream queues --counts", "echostream queues --json"))
		.action(run(async (flags) => (await import("../tenant/queues.ts")).queues(flags, terminal)));
}
