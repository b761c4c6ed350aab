import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { AppSession } from "../dist/esm/index.js";
import { Network } from "./network.mjs";
import { pythonNetwork } from "./original.mjs";
import { race, runOnce } from "./race.mjs";
import { roundTrips } from "./round-trips.mjs";

/** The floor that the budgets refer to. */
const FLOOR = "floor, connected ahead";
/** Number of runs for the picture of the timeline, which shows the median one. */
const TIMELINES = 5;

/** Time from the start of a process to its first item of DynamoDB, by TLS, for every contender and round trip. */
export async function measureFirstItem({
	tenant,
	rounds,
	roundTripsMs,
	timelineAtMs,
	programs: files,
	folder,
	python,
}) {
	const keys = await putItem(tenant);
	const node = (file, ...args) => [process.execPath, ...Network.nodeArguments, files[file], ...args];
	const programs = [
		{ name: FLOOR, command: node("floor.mjs", "item", "ahead") },
		{ name: "floor, serial", command: node("floor.mjs", "item") },
		{ name: "ours, bundled", command: node("bundled ours-item.mjs") },
		{ name: "ours, installed", command: node("ours-item.mjs") },
		{ name: "ours, bundled, client loaded meanwhile", command: node("bundled ours-item-meanwhile.mjs") },
		{ name: "ours, installed, client loaded meanwhile", command: node("ours-item-meanwhile.mjs") },
		{ name: "ours, bundled, serial", command: node("bundled ours-item.mjs", "serial") },
		{ name: "ours, installed, serial", command: node("ours-item.mjs", "serial") },
		{ name: "SDK with static keys, bundled", command: node("bundled static-item.mjs"), env: keys },
		{ name: "SDK with static keys, installed", command: node("static-item.mjs"), env: keys },
		{ name: "by hand: SDK, Apollo, bundled", command: node("bundled by-hand-item.mjs") },
		{ name: "by hand: SDK, Apollo, installed", command: node("by-hand-item.mjs") },
	];
	if (python !== undefined) {
		programs.push({
			name: "Python original",
			command: [python, files["original.py"], "item"],
			env: pythonNetwork(python, folder),
		});
	}

	const results = { rounds, floor: FLOOR, delays: [] };
	for (const roundTripMs of roundTripsMs) {
		const network = await Network.start(tenant, { roundTripMs });
		const env = { ...network.environment, TABLE: "db-local" };
		const observe = async (program) => {
			const mark = (await tenant.operations()).length;
			await network.take();
			const run = await runOnce(program, env);
			const traffic = await network.take();
			return { ...run, ...traffic, requests: (await tenant.operations(mark)).length };
		};
		const seen = [];
		for (const program of programs) {
			const { requests, ...traffic } = await observe(program);
			seen.push({ requests, ...roundTrips(traffic, roundTripMs) });
		}
		const raced = await race(programs, { rounds, env, floor: FLOOR, warmups: 0 });
		results.delays.push({ roundTripMs, contenders: raced.map((result, i) => ({ ...result, ...seen[i] })) });
		if (roundTripMs === timelineAtMs) {
			const runs = { serial: [], ahead: [] };
			for (let i = 0; i < TIMELINES; i++) {
				runs.serial.push(await observe(programs.find(({ name }) => name === "ours, bundled, serial")));
				runs.ahead.push(await observe(programs.find(({ name }) => name === "ours, bundled")));
			}
			results.timeline = { roundTripMs, serial: median(runs.serial), ahead: median(runs.ahead) };
		}
		network.stop();
	}
	return results;
}

function median(runs) {
	return runs.sort((a, b) => a.ms - b.ms)[Math.floor(runs.length / 2)];
}

/** Puts the item into the tenant's table, and returns the environment variables of the program with static keys. */
export async function putItem(tenant) {
	const session = new AppSession(tenant.settings);
	const dynamodb = session.client(DynamoDBClient, { endpoint: tenant.endpoint });
	const Item = { pk: { S: "item" }, sk: { S: "first" } };
	await dynamodb.send(new PutItemCommand({ TableName: "db-local", Item }));
	const { accessKeyId, secretAccessKey, sessionToken } = await session.credentials();
	session.destroy();
	return { ACCESS_KEY_ID: accessKeyId, SECRET_ACCESS_KEY: secretAccessKey, SESSION_TOKEN: sessionToken };
}
