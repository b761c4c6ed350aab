import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { FastifyInstance } from "fastify";

interface Item {
	readonly Params: { readonly pk: string; readonly sk: string };
	readonly Body: { readonly note: string };
}

const body = {
	type: "object",
	required: ["note"],
	additionalProperties: false,
	properties: { note: { type: "string" } },
};

/** Reads and writes items in the table of the tenant. */
export default async function items(fastify: FastifyInstance): Promise<void> {
	const session = fastify.echostream;
	const dynamodb = DynamoDBDocumentClient.from(session.client(DynamoDBClient));
	let table: string | undefined;
	const tableName = async () => (table ??= (await session.describeTenant()).table);

	fastify.get<Item>("/:pk/:sk", async ({ params }, reply) => {
		const { Item } = await dynamodb.send(new GetCommand({ TableName: await tableName(), Key: params }));
		return Item ?? reply.callNotFound();
	});

	fastify.put<Item>("/:pk/:sk", { schema: { body } }, async ({ body, params }, reply) => {
		await dynamodb.send(new PutCommand({ TableName: await tableName(), Item: { ...params, ...body } }));
		return reply.code(204).send();
	});
}
