import { isEchoStreamError } from "echostream-botocore";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import echostream from "./echostream.js";
import health from "./health.js";
import items from "./items.js";

/** Creates the server. With invalid settings of the session, `ready()` and `listen()` fail. */
export function build(options: FastifyServerOptions = {}): FastifyInstance {
	const app = Fastify(options);
	app.setErrorHandler((error, request, reply) => {
		if (!isEchoStreamError(error)) throw error;
		// The message is for operators: it names the tenant, its servers and settings.
		request.log.error(error);
		if (error.transient) return reply.code(503).header("retry-after", 5).send({ message: "Try again later" });
		return reply.code(500).send({ message: "Internal Server Error" });
	});
	app.register(echostream);
	app.register(health, { prefix: "/health" });
	app.register(items, { prefix: "/items" });
	return app;
}
