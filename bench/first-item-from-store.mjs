import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putItem } from "./first-item.mjs";
import { Network } from "./network.mjs";
import { race, runOnce } from "./race.mjs";

/**
 * Time from the start of a process to its first item of DynamoDB, by TLS, with valid credentials in a FileStore, beside the SDK with
 * static keys, and a session without a store.
 */
export async function measureFirstItemFromStore({ tenant, rounds, roundTripsMs, programs: files }) {
	const keys = await putItem(tenant);
	const folder = mkdtempSync(join(tmpdir(), "echostream-botocore-store-"));
	const stored = { STORE_FOLDER: folder, STORE_KEY: randomBytes(32).toString("hex") };
	const programs = ["bundled", "installed"].flatMap((kind) => {
		const program = (name, file, env) => ({
			kind,
			name: `${name}, ${kind}`,
			command: [process.execPath, ...Network.nodeArguments, files[kind === "bundled" ? `bundled ${file}` : file]],
			env,
		});
		return [
			program("SDK with static keys", "static-item.mjs", keys),
			program("ours, with a FileStore", "store-item.mjs", stored),
			program("ours, without a store", "ours-item.mjs", {}),
		];
	});
	const results = { rounds, delays: [] };
	try {
		for (const roundTripMs of roundTripsMs) {
			const network = await Network.start(tenant, { roundTripMs });
			const env = { ...network.environment, TABLE: "db-local" };
			// The first process finds an empty store.
			await runOnce({ ...programs[1], env: stored }, env);
			const contenders = [];
			for (const kind of ["bundled", "installed"]) {
				const some = programs.filter((program) => program.kind === kind);
				const seen = [];
				for (const program of some) {
					const mark = (await tenant.operations()).length;
					await network.take();
					await runOnce(program, env);
					const { connections } = await network.take();
					const hosts = new Set(connections.map(({ host }) => host)).size;
					seen.push({ hosts, requests: await tenant.operations(mark) });
				}
				const raced = await race(some, { rounds, env, warmups: 0 });
				contenders.push(...raced.map((result, i) => ({ ...result, ...seen[i] })));
			}
			results.delays.push({ roundTripMs, contenders });
			network.stop();
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return results;
}
