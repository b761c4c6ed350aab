import { race } from "./race.mjs";

/** Time from the start of a process to its first credentials, for every contender, with and without network delay. */
export async function measureFirstCredentials({ tenants, rounds, delayMs, programs: files, python }) {
	const node = (file) => [process.execPath, files[file]];
	const programs = [
		{ name: "floor", command: node("floor.mjs") },
		{ name: "ours, bundled", command: node("bundled ours.mjs") },
		{ name: "ours, installed", command: node("ours.mjs") },
		{ name: "amazon-cognito-identity-js, bundled", command: node("bundled amazon-cognito-identity-js.mjs") },
		{ name: "amazon-cognito-identity-js, installed", command: node("amazon-cognito-identity-js.mjs") },
		{ name: "Amplify, bundled", command: node("bundled amplify.mjs") },
		{ name: "Amplify, installed", command: node("amplify.mjs") },
		{ name: "by hand: SDK, Apollo, bundled", command: node("bundled by-hand.mjs") },
		{ name: "by hand: SDK, Apollo, installed", command: node("by-hand.mjs") },
	];
	if (python !== undefined) programs.push({ name: "Python original", command: [python, files["original.py"]] });

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
}
