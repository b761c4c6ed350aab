// A minimal Lambda runtime: takes events from the Lambda Runtime API, and passes them to the handler that _HANDLER names. With each
// response it reports what the process would still wait for, which Lambda's own runtime does not. An event can bring the time for which
// the process was frozen: the clocks of the process are that much ahead.
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER = "" } = process.env;
const runtime = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [file, name] = _HANDLER.split(".");
const post = (path, body, headers) =>
	fetch(`${runtime}/${path}`, { method: "POST", body: JSON.stringify(body ?? null), headers });
/** The timers, sockets and so on that would keep this process alive, but for the pipes of its output. */
const waitingFor = () => process.getActiveResourcesInfo().filter((resource) => !/^(Pipe|TTY)Wrap$/.test(resource));
const describe = (error) => ({ errorType: error.name, errorMessage: error.message, trace: [error.stack] });

let frozenMs = 0;
const LocalDate = Date;
globalThis.Date = class extends LocalDate {
	constructor(...parts) {
		super(...(parts.length > 0 ? parts : [LocalDate.now() + frozenMs]));
	}

	static now() {
		return LocalDate.now() + frozenMs;
	}
};
const nanoseconds = process.hrtime.bigint;
process.hrtime.bigint = () => nanoseconds() + BigInt(frozenMs) * 1_000_000n;

const module = await import(pathToFileURL(`${LAMBDA_TASK_ROOT}/${file}.mjs`)).catch(async (error) => {
	await post("init/error", describe(error));
	process.exit(1);
});

for (;;) {
	const next = await fetch(`${runtime}/invocation/next`);
	const id = next.headers.get("lambda-runtime-aws-request-id");
	frozenMs = Number(next.headers.get("x-frozen-ms"));
	try {
		const result = await module[name](await next.json(), { awsRequestId: id });
		await setImmediate();
		await post(`invocation/${id}/response`, result, { "x-waiting-for": waitingFor().join() });
	} catch (error) {
		await post(`invocation/${id}/error`, describe(error));
	}
}
