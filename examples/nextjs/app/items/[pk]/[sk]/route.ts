import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { echostream, tableName } from "@/lib/echostream";
import { responding } from "@/lib/responding";

interface Context {
	readonly params: Promise<{ readonly pk: string; readonly sk: string }>;
}

/** Node: the edge runtime has no sockets that stay open, and ends between requests. */
export const runtime = "nodejs";

export const GET = responding(async (_: Request, { params }: Context) => {
	const { dynamodb } = echostream();
	const { Item } = await dynamodb.send(new GetCommand({ TableName: await tableName(), Key: await params }));
	return Item === undefined ? Response.json({ message: "Not Found" }, { status: 404 }) : Response.json(Item);
});

export const PUT = responding(async (request: Request, { params }: Context) => {
	const body = await request.json().catch(() => undefined);
	if (typeof body?.note !== "string") return Response.json({ message: "note must be a string" }, { status: 400 });
	const Item = { ...(await params), note: body.note };
	await echostream().dynamodb.send(new PutCommand({ TableName: await tableName(), Item }));
	return new Response(undefined, { status: 204 });
});
