import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { build } from "esbuild";
import { AppSession } from "../dist/esm/index.js";
import { Network } from "./network.mjs";
import { summary } from "./statistics.mjs";

const tests = (file) => fileURLToPath(new URL(`../__tests__/lambda/${file}`, import.meta.url));

/** What the function does while it is initialized. */
const STARTS = {
	"the tenant, awaited at the top level": "awaited",
	"the tenant, started and not awaited": "not awaited",
	nothing: "nothing",
};

/** Time of the initialization and of the first invocations of a Lambda function, which is frozen whenever it has no event. */
export async function measureLambda({ tenant, rounds, roundTripMs, frozenMs, programs }) {
	const LambdaEnvironment = await loadLambdaEnvironment();
	await putItem(tenant);
	const network = await Network.start(tenant, { roundTripMs });
	const folders = { bundled: dirname(programs["bundled handler.mjs"]), installed: dirname(programs["handler.mjs"]) };
	const rows = Object.entries(folders).flatMap(([kind, folder]) =>
		Object.entries(STARTS).map(([name, start]) => ({ kind, name, folder, start, runs: [] })),
	);
	for (let round = -1; round < rounds; round++) {
		for (const { folder, start, runs } of rows) {
			const run = await oneEnvironment(folder, { ...network.environment, START: start });
			if (round >= 0) runs.push(run);
		}
	}
	network.stop();
	const measured = rows.map(({ kind, name, runs }) => ({
		kind,
		name,
		...Object.fromEntries(Object.keys(runs[0]).map((what) => [what, summary(runs.map((run) => run[what]))])),
	}));
	return { rounds, roundTripMs, frozenMs, rows: measured };

	/** Starts an environment, freezes it, and invokes it twice, with a freeze in between. */
	async function oneEnvironment(folder, environment) {
		const runtime = ["--disable-warning=ExperimentalWarning", ...Network.nodeArguments, tests("bootstrap.mjs")];
		const start = performance.now();
		const lambda = new LambdaEnvironment(folder, environment, runtime);
		try {
			await lambda.initialize();
			const initMs = performance.now() - start;
			await setTimeout(frozenMs);
			const firstMs = await timed(() => lambda.invoke({}));
			await setTimeout(frozenMs);
			return { initMs, firstMs, secondMs: await timed(() => lambda.invoke({})) };
		} finally {
			await lambda.stop();
		}
	}
}

async function timed(step) {
	const start = performance.now();
	await step();
	return performance.now() - start;
}

/** The environment that the tests use, which is written in TypeScript. */
async function loadLambdaEnvironment() {
	const folder = mkdtempSync(join(tmpdir(), "lambda-environment-"));
	try {
		const outfile = join(folder, "lambda-environment.mjs");
		const entryPoints = [tests("lambda-environment.ts")];
		await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
		return (await import(pathToFileURL(outfile))).LambdaEnvironment;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function putItem(tenant) {
	const session = new AppSession(tenant.settings);
	const dynamodb = session.client(DynamoDBClient, { endpoint: tenant.endpoint });
	await dynamodb.send(new PutItemCommand({ TableName: "db-local", Item: { pk: { S: "item" }, sk: { S: "first" } } }));
	session.destroy();
}
