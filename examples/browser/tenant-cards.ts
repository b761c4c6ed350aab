import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { AppSession } from "echostream-botocore";
import { create, element } from "./element.ts";

const ENDS = "name sendEdges { queue target { name } } receiveEdges { queue source { name } }";
const QUEUES = `query queues($app: String!, $tenant: String!) {
  GetApp(name: $app, tenant: $tenant) {
    ... on CrossAccountApp { nodes { ... on ExternalNode { ${ENDS} } } }
    ... on ExternalApp { nodes { ... on ExternalNode { ${ENDS} } } }
    ... on ManagedApp { nodes { ... on ManagedNode { ${ENDS} } } }
  }
}`;

interface Node {
	readonly name: string;
	readonly sendEdges: readonly { readonly queue: string; readonly target: { readonly name: string } }[];
	readonly receiveEdges: readonly { readonly queue: string; readonly source: { readonly name: string } }[];
}

interface Queue {
	readonly url: string;
	readonly name: string;
	readonly isOurs: boolean;
}

/** Shows the tenant of a session: its description, its items and its queues. */
export class TenantCards {
	readonly #session: AppSession;
	readonly #dynamodb: DynamoDBClient;
	readonly #sqs: SQSClient;
	#table = "";
	#queues: readonly Queue[] = [];

	constructor(session: AppSession) {
		this.#session = session;
		this.#dynamodb = session.client(DynamoDBClient);
		this.#sqs = session.client(SQSClient);
	}

	/** Queries the description of the tenant and the queues of the app. */
	async describe(): Promise<void> {
		const { app, tenant: name } = this.#session;
		const [tenant, description, data] = await Promise.all([
			this.#session.describeTenant(),
			this.#session.describeApp(),
			this.#session.query<{ GetApp: { nodes?: readonly Partial<Node>[] } }>(QUEUES, { app, tenant: name }),
		]);
		this.#table = tenant.table;
		this.#queues = (data.GetApp.nodes ?? []).flatMap(({ name = "", sendEdges = [], receiveEdges = [] }) => [
			...sendEdges.map(({ queue, target }) => ({ url: queue, name: `${name} → ${target.name}`, isOurs: true })),
			...receiveEdges.map(({ queue, source }) => ({ url: queue, name: `${source.name} → ${name}`, isOurs: false })),
		]);
		const facts = { ...tenant, active: tenant.active ? "yes" : "no", app: `${app} (${description.type})` };
		element("description").replaceChildren(
			...Object.entries(facts).flatMap(([term, fact]) => [create("dt", term), create("dd", String(fact))]),
		);
	}

	/** Reads the items of the table and the number of messages in each queue. */
	async read(): Promise<void> {
		const [{ Items = [] }, ...waiting] = await Promise.all([
			this.#dynamodb.send(new ScanCommand({ TableName: this.#table, Limit: 50 })),
			...this.#queues.map(({ url }) => this.#waiting(url)),
		]);
		const cells = Items.map(({ pk, sk, note }) => [pk?.S, sk?.S, note?.S].map((text) => create("td", text ?? "")));
		element("items").replaceChildren(...cells.map((row) => create("tr", ...row)));
		const queues = this.#queues.map((queue, index) => this.#line(queue, waiting[index] ?? "?"));
		element("queues").replaceChildren(...queues);
	}

	/** Writes an item to the table. */
	async addItem(): Promise<void> {
		const now = new Date();
		const Item = {
			pk: { S: "page" },
			sk: { S: now.toISOString() },
			note: { S: `added at ${now.toLocaleTimeString()}` },
		};
		await this.#dynamodb.send(new PutItemCommand({ TableName: this.#table, Item }));
		await this.read();
	}

	async #waiting(QueueUrl: string): Promise<string> {
		const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
		return (await this.#sqs.send(command)).Attributes?.ApproximateNumberOfMessages ?? "?";
	}

	async #sendTo(QueueUrl: string): Promise<void> {
		const fifo = { MessageGroupId: this.#session.app, MessageDeduplicationId: crypto.randomUUID() };
		await this.#sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "Hello from a page", ...fifo }));
		await this.read();
	}

	#line({ url, name, isOurs }: Queue, waiting: string): HTMLElement {
		const line = create("li", create("span", name), create("b", waiting));
		if (isOurs) {
			const button = create("button", "Send");
			button.className = "quiet";
			button.addEventListener("click", () => void this.#sendTo(url).catch(console.error));
			line.append(button);
		}
		return line;
	}
}
