import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	chownSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "@jest/globals";
import { FileStore, type StoreEngine } from "../../src/stores.ts";
import { buildProgram, runProgram } from "../support/program.ts";
import { Seeded } from "../support/seeded.ts";
import { LONG_MS, newKey, put, rejectionOf, signal, testContract, until } from "./store-contract.ts";
import { type StoreProcess, startStores } from "./store-process.ts";

const parent = mkdtempSync(join(tmpdir(), "file-store-"));
chmodSync(parent, 0o755);
const place = join(parent, "contract");
const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;
let folders = 0;

let shared: readonly StoreProcess[] | undefined;
const started: StoreProcess[] = [];
afterAll(() => {
	for (const { child } of [...started, ...(shared ?? [])]) child.kill("SIGKILL");
	rmSync(parent, { recursive: true, force: true });
});

testContract("a FileStore", {
	open: () => new FileStore(place),
	async openMany(count) {
		shared ??= await startStores(place, count);
		return shared;
	},
});

function newFolder(): string {
	return join(parent, String(++folders));
}

async function startStore(folder: string, options?: Parameters<typeof startStores>[2]): Promise<StoreProcess> {
	const [store] = await startStores(folder, 1, options);
	if (store === undefined) throw new Error("No process was started");
	started.push(store);
	return store;
}

/** The files of every entry in a folder. */
function filesIn(folder: string): string[] {
	return readdirSync(folder).flatMap((entry) =>
		readdirSync(join(folder, entry)).map((name) => join(folder, entry, name)),
	);
}

function messageOf(promise: Promise<unknown>): Promise<string> {
	return rejectionOf(promise).then((error) => String((error as Error).message));
}

describe("a process that is killed", () => {
	test("a process that is killed leaves a complete entry after each of 100 kills in the middle of its writes", async () => {
		const folder = newFolder();
		const key = newKey();
		const random = new Seeded(1);
		const store = new FileStore(folder);
		const program = await buildProgram(
			"file-store-writer",
			`
				import { FileStore } from "./src/stores.ts";
				const [, , folder, key] = process.argv;
				const { signal } = new AbortController();
				const store = new FileStore(folder);
				for (let i = 0; ; i++) {
					const entry = await store.read(key, { signal });
					const value = String(i % 10).repeat(64 * 1024);
					await store.write(key, value, { ifVersion: entry?.version, ttlMs: ${LONG_MS}, signal });
					if (i === 0) console.log("started");
				}
			`,
		);
		let version = await put(store, key, "0".repeat(64 * 1024));
		for (let i = 0; i < 100; i++) {
			const child = spawn(process.execPath, [program, folder, key], { stdio: ["ignore", "pipe", "inherit"] });
			const ended = once(child, "close").then(() => {
				throw new Error("The writer ended by itself");
			});
			await Promise.race([once(child.stdout, "data"), ended]);
			await pause(random.below(12));
			child.kill("SIGKILL");
			await once(child, "close");
			const entry = await store.read(key, { signal });
			expect(entry?.value).toMatch(/^(\d)\1{65535}$/);
			expect(entry?.version).not.toBe(version);
			version = await put(store, key, entry?.value ?? "", entry?.version);
		}
	});

	test("a process that is killed loses its lease to another process", async () => {
		const folder = newFolder();
		const key = newKey();
		const holder = await startStore(folder);
		const store = new FileStore(folder);
		expect(await holder.lease(key, "holder", { ttlMs: 500, signal })).toBe(true);
		holder.child.kill("SIGKILL");
		await until(() => store.lease(key, "contender", { ttlMs: 500, signal }));
	});

	test("a process that is killed leaves a temporary file, which a write removes after an hour", async () => {
		const folder = newFolder();
		const store = new FileStore(folder);
		const version = await put(store, newKey(), "value");
		const [entry = ""] = readdirSync(folder);
		const leftover = (ageMs: number) => `${Date.now() - ageMs}-${version}.tmp`;
		const [old, young] = [leftover(2 * LONG_MS), leftover(60_000)];
		for (const name of [old, young]) writeFileSync(join(folder, entry, name), "half of a");
		await put(new FileStore(folder), newKey(), "another entry");
		expect(readdirSync(join(folder, entry)).sort()).toEqual(["1", young].sort());
	});
});

test("a writer that was stopped while others wrote 20 versions writes nothing, although its number is free again", async () => {
	const result = await runProgram(
		"file-store-stopped-writer",
		`
			import fs from "node:fs";
			import { syncBuiltinESMExports } from "node:module";
			import { FileStore } from "./src/stores.ts";

			const { signal } = new AbortController();
			const store = new FileStore(process.env.FOLDER);
			const write = (value, ifVersion) => store.write("key", value, { ifVersion, ttlMs: ${LONG_MS}, signal });
			const first = await write("first", undefined);

			// Stops the writer just before it links its file, and lets others write meanwhile.
			const { linkSync } = fs;
			let last = first;
			let done;
			fs.linkSync = (from, to) => {
				fs.linkSync = linkSync;
				syncBuiltinESMExports();
				const script = \`
					import { FileStore } from \${JSON.stringify(process.env.MODULE)};
					const { signal } = new AbortController();
					const store = new FileStore(process.env.FOLDER);
					for (let i = 0; i < 20; i++) {
						const { version } = await store.read("key", { signal });
						await store.write("key", "of others", { ifVersion: version, ttlMs: ${LONG_MS}, signal });
					}
				\`;
				execFileSync(process.execPath, ["--input-type=module", "-e", script]);
				if (fs.existsSync(to)) throw new Error("the number is not free");
				linkSync(from, to);
			};
			import { execFileSync } from "node:child_process";
			syncBuiltinESMExports();
			const stopped = await write("of the stopped writer", first);
			const { value } = await store.read("key", { signal });
			console.log(JSON.stringify({ stopped: stopped ?? null, value }));
		`,
		{
			...process.env,
			FOLDER: newFolder(),
			MODULE: await buildProgram("file-store", 'export { FileStore } from "./src/stores.ts";'),
		},
	);
	expect(result).toEqual({ stopped: null, value: "of others" });
});

test("a lease stays with its holder when the contender's clock is ten minutes ahead or late", async () => {
	const folder = newFolder();
	const holder = new FileStore(folder);
	for (const skewMs of [600_000, -600_000]) {
		const key = newKey();
		const contender = await startStore(folder, { skewMs });
		expect(await holder.lease(key, "holder", { ttlMs: 60_000, signal })).toBe(true);
		for (let i = 0; i < 10; i++) expect(await contender.lease(key, "contender", { ttlMs: 60_000, signal })).toBe(false);
		expect(await holder.lease(key, "holder", { ttlMs: 60_000, signal })).toBe(true);
	}
});

describe("the folder of a FileStore", () => {
	test("the folder of a FileStore contains folders and files that only their owner can open, and no key", async () => {
		const folder = newFolder();
		const key = newKey();
		await put(new FileStore(folder), key, "value");
		const [file = ""] = filesIn(folder);
		expect(statSync(folder).mode & 0o777).toBe(0o700);
		expect(statSync(join(file, "..")).mode & 0o777).toBe(0o700);
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(file).not.toContain(key);
	});

	test("the folder of a FileStore has one file with content per entry, and a limited number of empty ones", async () => {
		const folder = newFolder();
		const store = new FileStore(folder);
		const key = newKey();
		let version: string | undefined;
		for (let i = 0; i < 50; i++) version = await put(store, key, `value ${i}`, version);
		const files = filesIn(folder);
		expect(files.length).toBeLessThan(12);
		expect(files.filter((file) => statSync(file).size > 0)).toHaveLength(1);
	});

	test("the folder of a FileStore has no content of an expired entry after a later process has written another entry", async () => {
		const folder = newFolder();
		const store = new FileStore(folder);
		const key = newKey();
		await store.write(key, "secret", { ifVersion: undefined, ttlMs: 1, signal });
		await until(async () => (await store.read(key, { signal })) === undefined);
		await put(new FileStore(folder), newKey(), "another entry");
		const contents = filesIn(folder).map((file) => readFileSync(file, "latin1"));
		expect(contents.join()).not.toContain("secret");
		expect(contents.join()).toContain("another entry");
	});

	test("the folder of a FileStore is not created by a read", async () => {
		const folder = newFolder();
		expect(await new FileStore(folder).read(newKey(), { signal })).toBeUndefined();
		expect(readdirSync(parent)).not.toContain(String(folders));
	});

	test("the folder of a FileStore may contain files of others, which a FileStore neither reads nor removes", async () => {
		const folder = newFolder();
		const store = new FileStore(folder);
		const key = newKey();
		const version = await put(store, key, "value");
		const [entry = ""] = readdirSync(folder);
		const foreign = [join(folder, ".DS_Store"), join(folder, entry, ".DS_Store"), join(folder, entry, "9.bak")];
		for (const file of foreign) writeFileSync(file, "foreign");
		mkdirSync(join(folder, "a folder"));
		await put(new FileStore(folder), key, "new", version);
		expect((await store.read(key, { signal }))?.value).toBe("new");
		expect(foreign.map((file) => readFileSync(file, "utf8"))).toEqual(["foreign", "foreign", "foreign"]);
	});

	test.each([
		["empty", () => ""],
		["cut off", (text: string) => text.slice(0, -1)],
		["zeros", (text: string) => "\0".repeat(text.length)],
		["something else", () => "a text of another program"],
	])(
		"the folder of a FileStore may contain an entry that a power failure has left as %s, which is replaced",
		async (_, spoil) => {
			const folder = newFolder();
			const store = new FileStore(folder);
			const key = newKey();
			await put(store, key, "value");
			const [file = ""] = filesIn(folder);
			writeFileSync(file, spoil(readFileSync(file, "latin1")));
			expect(await store.read(key, { signal })).toBeUndefined();
			const version = await put(store, key, "new");
			expect(await store.read(key, { signal })).toEqual({ value: "new", version });
		},
	);

	test("the folder of a FileStore may be removed while processes use it", async () => {
		const folder = newFolder();
		const store = new FileStore(folder);
		const key = newKey();
		const old = await put(store, key, "value");
		rmSync(folder, { recursive: true });
		expect(await store.read(key, { signal })).toBeUndefined();
		expect(await store.write(key, "late", { ifVersion: old, ttlMs: LONG_MS, signal })).toBeUndefined();
		expect(await put(store, key, "new")).not.toBe(old);
	});

	test.each(["0777", "0775", "1777"])(
		"the folder of a FileStore is rejected by reads and writes if other users can write to it: mode %s",
		async (mode) => {
			const folder = newFolder();
			mkdirSync(folder);
			chmodSync(folder, Number.parseInt(mode, 8));
			const store = new FileStore(folder);
			const messages = [
				await messageOf(store.read(newKey(), { signal })),
				await messageOf(put(store, newKey(), "value")),
			];
			for (const message of messages) {
				expect(message).toContain(`cannot use the folder ${folder}: other users can write to it`);
			}
			expect(readdirSync(folder)).toEqual([]);
		},
	);

	test("the folder of a FileStore is rejected with the reason of the system if it is a file", async () => {
		const folder = newFolder();
		writeFileSync(folder, "a file");
		const store = new FileStore(folder);
		expect(await messageOf(put(store, newKey(), "value"))).toMatch(/cannot use the folder .*EEXIST.*Check its rights/);
		expect(await messageOf(store.read(newKey(), { signal }))).toContain("ENOTDIR");
	});

	test("the folder of a FileStore is the cache directory of the user by default", async () => {
		const cache = newFolder();
		const program = `
			import { FileStore } from "./src/stores.ts";
			const { signal } = new AbortController();
			await new FileStore().write("key", "value", { ifVersion: undefined, ttlMs: ${LONG_MS}, signal });
			console.log("null");
		`;
		await runProgram("file-store-default", program, {
			...process.env,
			XDG_CACHE_HOME: join(cache, "xdg"),
			HOME: cache,
		});
		await runProgram("file-store-default", program, { ...process.env, XDG_CACHE_HOME: "relative", HOME: cache });
		const expected: Partial<Record<NodeJS.Platform, string[]>> = { darwin: ["Library"], linux: [".cache", "xdg"] };
		expect(readdirSync(cache).sort()).toEqual(expected[process.platform]);
	});

	test("the folder of a FileStore is required where the user has no home directory", async () => {
		const program = `
			import { FileStore } from "./src/stores.ts";
			try {
				new FileStore();
			} catch ({ message, name }) {
				console.log(JSON.stringify({ message, name }));
			}
		`;
		const env = { ...process.env, HOME: "", USERPROFILE: "", LOCALAPPDATA: "", XDG_CACHE_HOME: "" };
		expect(await runProgram("file-store-homeless", program, env)).toEqual({
			message: expect.stringContaining("this user has no home directory for the default folder"),
			name: "TypeError",
		});
	});

	test.each(["", 7])("the folder of a FileStore is invalid as %p", (folder) => {
		expect(() => new FileStore(folder as string)).toThrow(
			"Cannot create a FileStore: the folder is invalid. Pass the path of a folder",
		);
	});
});

test("a full disk rejects a write with the reason of the system, and keeps the entry", async () => {
	const folder = newFolder();
	const key = newKey();
	const store = new FileStore(folder);
	const version = await put(store, key, "old");
	const program = await buildProgram(
		"file-store-full-disk",
		`
			import { FileStore } from "./src/stores.ts";
			const [, , folder, key, ifVersion] = process.argv;
			const { signal } = new AbortController();
			const store = new FileStore(folder);
			const value = "x".repeat(60_000);
			await store.write(key, value, { ifVersion, ttlMs: ${LONG_MS}, signal }).catch(({ message }) => console.log(message));
		`,
	);
	// The limit of a file's size has the same effect on a write as a full disk, and needs no rights.
	const command = 'ulimit -f 8 && exec "$0" "$@"';
	const message = execFileSync("sh", ["-c", command, process.execPath, program, folder, key, version], {
		encoding: "utf8",
	});
	expect(message).toMatch(/cannot use the folder .*: (EFBIG|ENOSPC)/);
	expect(await store.read(key, { signal })).toEqual({ value: "old", version });
	expect(filesIn(folder)).toHaveLength(1);
});

test("a user can neither read nor change the entries in the folder of another user", async () => {
	const folder = newFolder();
	const key = newKey();
	// Another user is available to root only. Anyone else tests with a folder of root's.
	const attempts: StoreEngine = isRoot
		? await startStore(folder, { user: NOBODY })
		: new FileStore("/echostream-of-root");
	const owner = new FileStore(folder);
	const version = await put(owner, key, "value");
	const write = attempts.write(key, "of another user", { ifVersion: version, ttlMs: LONG_MS, signal });
	expect(await messageOf(write)).toMatch(/cannot use the folder .*(EACCES|EROFS|belongs to the user)/);
	if (isRoot) expect(await messageOf(attempts.read(key, { signal }))).toContain("EACCES");
	expect(await owner.read(key, { signal })).toEqual({ value: "value", version });
});

test("the folder of another user is rejected, because its owner could replace the entries", async () => {
	const folder = newFolder();
	// Only root can give a folder to another user. For anyone else, a write to root's folder fails, as tested above.
	if (!isRoot) return;
	const another = await startStore(folder, { user: NOBODY });
	chmodSync(parent, 0o777);
	await put(another, newKey(), "value");
	chmodSync(parent, 0o755);
	const message = await messageOf(new FileStore(folder).read(newKey(), { signal }));
	expect(message).toContain("it belongs to the user 65534, and this process runs as the user 0");
});

test("a link in place of the folder is followed, unless it leads to the folder of another user", async () => {
	const folder = newFolder();
	const target = newFolder();
	const key = newKey();
	const version = await put(new FileStore(target), key, "value");
	symlinkSync(target, folder);
	expect(await new FileStore(folder).read(key, { signal })).toEqual({ value: "value", version });
	chmodSync(target, 0o770);
	expect(await messageOf(new FileStore(folder).read(key, { signal }))).toContain("other users can write to it");
	if (!isRoot) return;
	chmodSync(target, 0o700);
	chownSync(target, NOBODY, NOBODY);
	expect(await messageOf(new FileStore(folder).read(key, { signal }))).toContain("it belongs to the user 65534");
});

test.each([
	["a file", (path: string) => writeFileSync(path, "")],
	["a link to nothing", (path: string) => symlinkSync("nowhere", path)],
	["a link to itself", (path: string) => symlinkSync(path, path)],
])("%s in place of an entry's folder fails its calls, and no other entry's", async (_, replace) => {
	const folder = newFolder();
	const store = new FileStore(folder);
	const [key, other] = [newKey(), newKey()];
	await put(store, key, "value");
	const [name = ""] = readdirSync(folder);
	await put(store, other, "value");
	rmSync(join(folder, name), { recursive: true });
	replace(join(folder, name));
	const write = store.write(key, "new", { ifVersion: undefined, ttlMs: LONG_MS, signal });
	expect(await messageOf(write)).toContain("cannot use the folder");
	expect((await store.read(other, { signal }))?.value).toBe("value");
});
