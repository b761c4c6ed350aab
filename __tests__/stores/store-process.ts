import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { StoreEngine } from "../../src/stores.ts";
import { buildProgram } from "../support/program.ts";

const PROGRAM = `
	import { FileStore } from "./src/stores.ts";

	const skewMs = Number(process.env.SKEW_MS ?? 0);
	const { now } = Date;
	Date.now = () => now() + skewMs;
	const { signal } = new AbortController();
	const store = new FileStore(process.env.FOLDER);
	process.on("message", ({ id, method, input }) => {
		const request = { ...input.pop(), signal };
		store[method](...input, request).then(
			(value) => process.send({ id, value }),
			({ message }) => process.send({ id, message }),
		);
	});
	process.on("disconnect", () => process.exit());
	process.send("ready");
`;

/** A `FileStore` in a process of its own. */
export interface StoreProcess extends StoreEngine {
	readonly child: ChildProcess;
}

/** Starts processes with a `FileStore` each. `skewMs` is how far ahead their clock is. */
export async function startStores(
	folder: string,
	count: number,
	{ skewMs = 0, user }: { readonly skewMs?: number; readonly user?: number } = {},
): Promise<readonly StoreProcess[]> {
	const file = await buildProgram("file-store-process", PROGRAM);
	return Promise.all(Array.from({ length: count }, () => start(file, { folder, skewMs, user })));
}

async function start(
	file: string,
	{ folder, skewMs, user }: { readonly folder: string; readonly skewMs: number; readonly user: number | undefined },
): Promise<StoreProcess> {
	const env = { ...process.env, FOLDER: folder, SKEW_MS: String(skewMs) };
	const child = fork(file, { env, execArgv: [], ...(user === undefined ? {} : { uid: user, gid: user }) });
	await once(child, "message");
	let lastId = 0;
	const call = <T>(method: keyof StoreEngine, ...input: readonly unknown[]): Promise<T> => {
		const id = ++lastId;
		return new Promise((resolve, reject) => {
			const receive = (message: unknown) => {
				const response = message as { readonly id: number; readonly message?: string; readonly value?: T };
				if (response.id !== id) return;
				child.off("message", receive);
				if (response.message === undefined) resolve(response.value as T);
				else reject(new Error(response.message));
			};
			child.on("message", receive);
			child.send({ id, method, input });
		});
	};
	return {
		child,
		read: (key) => call("read", key, {}),
		write: (key, value, { ifVersion, ttlMs }) => call("write", key, value, { ifVersion, ttlMs }),
		lease: (key, holder, { ttlMs }) => call("lease", key, holder, { ttlMs }),
		release: (key, holder) => call("release", key, holder, {}),
	};
}
