import { readFileSync } from "node:fs";

/** Not SIGHUP: a listener would undo `nohup`. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** npm passes on the Ctrl+C that the terminal has sent to the whole group: two signals at once are one. */
const SAME_SIGNAL_MS = 250;

const PARENT_CHECK_MS = 500;

/**
 * Resolves when the process has to end: on the first signal, or when the program that started it has ended, if `endsWithParent`.
 * A second signal ends the process at once.
 *
 * @param ended - Aborts when the command has ended, so that nothing keeps the process alive.
 */
export function untilStopped(endsWithParent: boolean, ended: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		let stoppedAt: number | undefined;
		const stop = () => {
			clearInterval(watch);
			stoppedAt = performance.now();
			resolve();
		};
		for (const signal of SIGNALS) {
			process.on(signal, () => {
				if (stoppedAt === undefined) stop();
				else if (performance.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(1);
			});
		}
		const parents = parentsOfNow();
		// Also keeps the process alive while a fault has closed the port.
		const watch = setInterval(() => {
			if (endsWithParent && parentsOfNow() !== parents) stop();
		}, PARENT_CHECK_MS);
		ended.addEventListener("abort", () => clearInterval(watch), { once: true });
	});
}

/**
 * The process that started this one, and the one that started that, if that is a shell: npx starts a command in a shell of its own. A
 * signal to npx ends the shell, but not what runs in it. If npx is killed, the shell stays too.
 */
function parentsOfNow(): string {
	const { ppid } = process;
	const [name, parent] = processOf(ppid);
	return /^(ba|da|a|z|k)?sh$/.test(name) ? `${ppid} ${parent}` : `${ppid} ${isAlive(ppid)}`;
}

/** The name of a process, and the id of its parent. Empty where the system has no `/proc`. */
function processOf(id: number): readonly [name: string, parent: string] {
	try {
		const [, name = "", parent = ""] = /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${id}/stat`, "utf8")) ?? [];
		return [name, parent];
	} catch {
		return ["", ""];
	}
}

/** On Windows, the id of the parent stays the same when it has ended. */
function isAlive(id: number): boolean {
	try {
		return process.kill(id, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
