import { spawn } from "node:child_process";
import { cleanEnvironment } from "./clean-environment.mjs";
import { summary } from "./statistics.mjs";

/**
 * Runs programs as processes in turn (A B C A B C), so that other load on the machine affects all of them equally.
 *
 * `ratio` is the ratio to the program named `floor`, in the same turn. Default: the first. `loadedMs` is the time to a program's first
 * statement, for those that mark it.
 *
 * @param {{name: string, command: string[], env?: object}[]} programs
 */
export async function race(programs, { rounds, env, warmups = 1, floor = programs[0].name }) {
	const runs = programs.map(() => []);
	for (let round = -warmups; round < rounds; round++) {
		for (const [i, program] of programs.entries()) {
			const run = await runOnce(program, env);
			if (round >= 0) runs[i].push(run);
		}
	}
	const floors = runs[programs.findIndex(({ name }) => name === floor)];
	return programs.map(({ name }, i) => ({
		name,
		ms: summary(runs[i].map(({ ms }) => ms)),
		ratio: summary(runs[i].map(({ ms }, round) => ms / floors[round].ms)),
		peakMiB: summary(runs[i].map(({ peakKiB }) => peakKiB / 1024)),
		...(runs[i][0].marks.loadedAt !== undefined && {
			loadedMs: summary(runs[i].map(({ spawnedAt, marks }) => marks.startedAt + marks.loadedAt - spawnedAt)),
		}),
	}));
}

/**
 * Runs a program once, in a clean environment with the variables `env`.
 *
 * It prints a line when it is done, which stops the clock, then its peak memory in KiB, and may print its own marks.
 */
export function runOnce({ name, command: [program, ...args], env: own }, env) {
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const spawnedAt = performance.timeOrigin + start;
		const child = spawn(program, args, {
			env: cleanEnvironment({ ...env, ...own }),
			stdio: ["ignore", "pipe", "pipe"],
		});
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
			const [length, peakKiB, marks = "{}"] = output.trim().split("\n");
			const isDone = code === 0 && Number(length) > 0 && Number(peakKiB) > 0;
			if (isDone) resolve({ ms, peakKiB: Number(peakKiB), spawnedAt, marks: JSON.parse(marks) });
			else reject(new Error(`${name} failed (${code}): ${output}${complaint}`));
		});
	});
}
