import { type Command, InvalidArgumentError, Option } from "commander";
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
			(value: string, all: readonly string[] = []) => [...all, value],
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
	withSessionFlags(program.command("send"))
		.summary("send messages to an edge")
		.description(
			"Sends a message to the queue of an edge, as the node at its start does, and prints the id of the message. An app with a single edge to send to needs neither --from nor --to.",
		)
		.argument("[message]", "the message, or - for standard input")
		.option("--to <node>", "name of the node that receives")
		.option("--from <node>", "name of the node that sends")
		.option("--queue-url <url>", "URL of the queue, instead of the nodes")
		.option("--file <path>", "file that contains the message, or the lines")
		.option(
			"--lines",
			"send each line that is not empty as a message, in this order. Sending stops at the first that fails",
		)
		.option("--group-id <id>", "group of the message. Default: the name of the node that sends")
		.addOption(new Option("--tracking-id <id>", "tracking ID of the message. Default: a random one").conflicts("lines"))
		.option("--json", "print a line of JSON for each message, with its tracking ID")
		.addHelpText(
			"after",
			examples(
				"echostream send 'hello'",
				"echostream send --from my-node --to archive --file message.hl7",
				"tail -f events.log | echostream send --to archive --lines",
			),
		)
		.action(
			run(async (flags, message: string | undefined) =>
				(await import("../tenant/send.ts")).send(message, flags, terminal),
			),
		);
	withSessionFlags(program.command("tail"))
		.summary("print the messages of an app as they arrive")
		.description(
			"Prints the messages in the queues of the edges to the app's nodes as they arrive, each once, until Ctrl+C. Messages are given back to the queue: they stay there for the app, but each receive counts towards the limit of the dead-letter queue, and a message group of a FIFO queue is blocked for the moment. Only the first messages of a group can be read, as long as the app leaves them there.",
		)
		.option("--node <name>", "only the queues of this node")
		.option("--queue-url <url>", "only the queue with this URL")
		.option("-n, --count <number>", "end after this number of messages", countOf)
		.option("--delete", "consume the messages: delete them, so that the app does not receive them")
		.option("--json", "print a line of JSON for each message")
		.addHelpText("after", examples("echostream tail", "echostream tail --node my-node -n 1 --json"))
		.action(run(async (flags) => (await import("../tenant/tail.ts")).tail(flags, terminal)));
}

function countOf(text: string): number {
	if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
	throw new InvalidArgumentError("It must be a number of messages greater than 0.");
}
