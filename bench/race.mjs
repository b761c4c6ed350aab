import { spawn } from "node:child_process";
import { summary } from "./statistics.mjs";

/**
 * Runs programs as processes in turn (A B C A B C), so that other load on the machine affects all of them equally.
 *
 * Each prints a line when it is done, which stops the clock, and a second one with its peak memory in KiB. `ratio` is the
 * ratio to the first program in the same turn.
 *
 * @param {{name: string, command: string[]}[]} programs
 */
export async function race(programs, { rounds, env, warmups = 1 }) {
	const runs = programs.map(() => []);
	for (let round = -warmups; round < rounds; round++) {
		for (const [i, { name, command }] of programs.entries()) {
			const run = await once(name, command, env);
			if (round >= 0) runs[i].push(run);
		}
	}
	return programs.map(({ name }, i) => ({
		name,
		ms: summary(runs[i].map(({ ms }) => ms)),
		ratio: summary(runs[i].map(({ ms }, round) => ms / runs[0][round].ms)),
		peakMiB: summary(runs[i].map(({ peakKiB }) => peakKiB / 1024)),
	}));
}

function once(name, [program, ...args], env) {
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
		let ms;
		let output = "";
		let complaint = "";
		child.stdout.on("data", (chunk) => {
			ms ??= performance.now() - start;
			output += chunk;
		});
		child.stderr.on("data", (chunk) => {
			complaint += chunk;
		});
		child.on("error", reject);
		child.on("close", (code) => {
			const [length, peakKiB] = output.trim().split("\n").map(Number);
			if (code === 0 && length > 0 && peakKiB > 0) resolve({ ms, peakKiB });
			else reject(new Error(`${name} failed (${code}): ${output}${complaint}`));
		});
	});
}
