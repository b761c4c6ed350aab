import { AppSession, type AppSessionOptions } from "echostream-botocore";
import fp from "fastify-plugin";

declare module "fastify" {
	interface FastifyInstance {
		/** The session of this server in its EchoStream app. */
		readonly echostream: AppSession;
	}
}

/** Gives the server a session, and closes it with the server. */
export default fp<AppSessionOptions>(
	async (fastify, options) => {
		const session = new AppSession({ logger: fastify.log, ...options });
		fastify.decorate("echostream", session);
		// Fastify calls this hook after the last response.
		fastify.addHook("onClose", async () => session.destroy());
	},
	{ name: "echostream", fastify: "5.x" },
);
