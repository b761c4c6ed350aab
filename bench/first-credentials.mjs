import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle-recipe.mjs";
import { pythonWithOriginal } from "./original.mjs";
import { installPacked } from "./packed.mjs";
import { race } from "./race.mjs";

const contender = (file) => fileURLToPath(new URL(`contenders/${file}`, import.meta.url));

/** Time from the start of a process to its first credentials, for every contender, with and without network delay. */
export async function measureFirstCredentials({ tenants, rounds, delayMs, python: makePython }) {
	const installed = installPacked();
	try {
		await bundle(join(installed.folder, "ours.mjs"), join(installed.folder, "bundled"));
		const node = (...args) => [process.execPath, ...args];
		const programs = [
			{ name: "floor", command: node(contender("floor.mjs")) },
			{ name: "ours, bundled", command: node(join(installed.folder, "bundled/ours.mjs")) },
			{ name: "ours, installed", command: node(join(installed.folder, "ours.mjs")) },
			{ name: "amazon-cognito-identity-js", command: node(contender("amazon-cognito-identity-js.mjs")) },
			{ name: "by hand: SDK, Apollo", command: node(contender("by-hand.mjs")) },
		];
		const python = pythonWithOriginal({ make: makePython });
		if (python === undefined)
			console.error("Without the Python original: no Python has it (npm run bench -- --python)");
		else programs.push({ name: "Python original", command: [python, contender("original.py")] });

		const results = { rounds, delayMs };
		for (const [key, requestDelayMs] of Object.entries({ withoutDelay: 0, withDelay: delayMs })) {
			const tenant = await tenants.start({ requestDelayMs });
			const counted = [];
			for (const program of programs) {
				const mark = (await tenant.operations()).length;
				await race([program], { rounds: 1, warmups: 0, env: tenant.environment });
				counted.push((await tenant.operations(mark)).length);
			}
			const raced = await race(programs, { rounds, env: tenant.environment });
			results[key] = raced.map((result, i) => ({ ...result, requests: counted[i] }));
			await tenant.stop();
		}
		return results;
	} finally {
		installed.remove();
	}
}
