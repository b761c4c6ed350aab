// A process for local tenants, so that their work does not count for the measured program. tenant.mjs controls it.
import { createServer } from "node:http";
import { LocalTenant } from "echostream-local";
import { acceleratedClock } from "./accelerated-clock.mjs";

const APP = "external-app";
const tenants = [];

const commands = {
	async start({ acceleration, ...options }) {
		const clock = acceleration === undefined ? {} : { clock: acceleratedClock(acceleration) };
		const tenant = await LocalTenant.start({ ...options, ...clock });
		const id = tenants.push(tenant) - 1;
		return { id, environment: tenant.environment({ app: APP }) };
	},
	operations(id, mark) {
		return tenants[id].requestLog.operations(mark);
	},
	async stop(id) {
		await tenants[id].stop();
	},
	/** An AWS service that takes everything at once and checks nothing. */
	service() {
		return new Promise((resolve) => {
			const server = createServer((request, response) => {
				request.resume().on("end", () => {
					response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": 2 }).end("{}");
				});
			});
			server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
		});
	},
};

process.on("message", async ({ command, call, parameters }) => {
	try {
		process.send({ call, result: await commands[command](...parameters) });
	} catch (error) {
		process.send({ call, error: String(error?.stack) });
	}
});
process.on("disconnect", () => process.exit());
