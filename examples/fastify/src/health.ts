import type { FastifyInstance } from "fastify";

/** Whether the server can serve requests, for a load balancer. */
export default async function health(fastify: FastifyInstance): Promise<void> {
	const session = fastify.echostream;

	fastify.get("/", async (_, reply) => {
		// Fetches credentials only if they are missing or expired. If that fails, the status has the error.
		await session.ready().catch(() => undefined);
		const status = session.status();
		return reply.code(status.isReady ? 200 : 503).send(status);
	});
}
