import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { FolderRecords } from "../../src/data/folder-records.ts";
import { LocalTenant } from "../../src/index.ts";

let parent: string;
let count = 0;

beforeAll(async () => {
	parent = await mkdtemp(join(tmpdir(), "echostream-failures-"));
});
afterAll(() => rm(parent, { recursive: true }));

const newFolder = () => join(parent, String(++count));

/** A folder of a tenant that had the user ann, and was stopped. */
async function usedFolder(): Promise<string> {
	const data = newFolder();
	const tenant = await LocalTenant.start({ data });
	tenant.userPool.addUser({ username: "ann", password: "Local-1!" });
	await tenant.stop();
	return data;
}

/** Whether a tenant with this folder has the user ann. */
async function hasAnn(data: string): Promise<boolean> {
	await using tenant = await LocalTenant.start({ data });
	try {
		tenant.userPool.disableUser("ann");
		return true;
	} catch {
		return false;
	}
}

describe("the journal of a data folder", () => {
	test.each([
		["without its end", '12345678[["pool.users","bo'],
		["with a wrong checksum", "12345678[]\n"],
		["of zeros, as after a power failure", "\0".repeat(100)],
	])("is read without its last line, if that is one %s", async (_, line) => {
		const data = await usedFolder();
		await appendFile(join(data, "journal"), line);
		expect(await hasAnn(data)).toBe(true);
		expect(await hasAnn(data)).toBe(true);
	});

	test("is not used when a line in the middle is damaged, and the error names the place", async () => {
		const data = await usedFolder();
		const journal = await readFile(join(data, "journal"), "latin1");
		await writeFile(join(data, "journal"), `${journal.replace("ann", "bob")}${journal.split("\n").at(-2)}\n`, "latin1");
		await expect(LocalTenant.start({ data })).rejects.toThrow(/is damaged at byte \d+. Restore a copy of the folder/);
	});

	test("of a newer version is left as it is, and the error suggests an update", async () => {
		const data = newFolder();
		await mkdir(data);
		await writeFile(join(data, "journal"), "echostream-local 2\nanything\n");
		await expect(LocalTenant.start({ data })).rejects.toThrow(/newer version of echostream-local .* Update/);
		expect(await readFile(join(data, "journal"), "utf8")).toBe("echostream-local 2\nanything\n");
	});

	test("that is another file is left as it is", async () => {
		const data = newFolder();
		await mkdir(data);
		await writeFile(join(data, "journal"), "my diary\n");
		await expect(LocalTenant.start({ data })).rejects.toThrow(/is not the data of a tenant/);
		expect(await readFile(join(data, "journal"), "utf8")).toBe("my diary\n");
	});

	test("does not grow without end when the same value is replaced again and again", async () => {
		const data = newFolder();
		await mkdir(data);
		const records = new FolderRecords(join(data, "journal"), data);
		const values = records.map<string>("values");
		for (let index = 0; index < 100; index++) {
			await records.during(async () => values.set("one", String(index).repeat(100_000)));
		}
		expect((await stat(join(data, "journal"))).size).toBeLessThan(6_000_000);
		records.close();
		const later = new FolderRecords(join(data, "journal"), data);
		expect(later.map("values").get("one")).toBe("99".repeat(100_000));
		later.close();
	});
});

describe("a data folder", () => {
	test("is readable for its owner only", async () => {
		const data = await usedFolder();
		const modes = [(await stat(data)).mode, (await stat(join(data, "journal"))).mode].map((mode) => mode & 0o077);
		expect(modes).toEqual(process.platform === "win32" ? expect.anything() : [0, 0]);
	});

	test("that a running tenant uses is denied to another one, until it is stopped", async () => {
		const data = newFolder();
		const tenant = await LocalTenant.start({ data });
		await expect(LocalTenant.start({ data })).rejects.toThrow(
			`The data folder ${data} is in use by another tenant (process ${process.pid}). Stop that tenant, or set \`data\` to another folder.`,
		);
		await tenant.stop();
		expect(await hasAnn(data)).toBe(false);
	});

	test("that is a file is rejected", async () => {
		const data = newFolder();
		await writeFile(data, "");
		await expect(LocalTenant.start({ data })).rejects.toThrow(
			`The data folder ${data} cannot be opened. It is not a folder. Set \`data\` to another folder.`,
		);
	});

	test("keeps its port, and the error names it when another process uses it", async () => {
		const data = await usedFolder();
		const first = await LocalTenant.start({ data });
		const port = Number(new URL(first.url).port);
		await first.stop();
		await using other = await LocalTenant.start({ port });
		await expect(LocalTenant.start({ data })).rejects.toThrow(
			`The tenant in the data folder ${data} cannot have its port ${port} again. Another process uses it. Stop that process, or set \`port\`.`,
		);
		await other.stop();
		expect(await hasAnn(data)).toBe(true);
	});

	test("keeps its name and region, which are the defaults and cannot be changed", async () => {
		const data = newFolder();
		const first = await LocalTenant.start({ data, name: "orders", region: "eu-west-1" });
		const variables = first.environment({ apiUser: "admin" });
		await first.stop();
		for (const other of [{ name: "local" }, { region: "us-east-1" }]) {
			await expect(LocalTenant.start({ data, ...other })).rejects.toThrow(
				`The data folder ${data} has the tenant orders in eu-west-1. Set \`name\` and \`region\` to these`,
			);
		}
		await using second = await LocalTenant.start({ data });
		expect([second.name, second.region]).toEqual(["orders", "eu-west-1"]);
		expect(second.environment({ apiUser: "admin" })).toEqual(variables);
	});

	test("keeps its user pool, whose id cannot be changed", async () => {
		const data = await usedFolder();
		await expect(LocalTenant.start({ data, userPool: { id: "us-east-1_another" } })).rejects.toThrow(
			/userPool.id must be us-east-1_\w+, the id of the user pool in the data folder/,
		);
		expect(await hasAnn(data)).toBe(true);
	});
});

// The limit is set by a POSIX shell. The system reports it as it reports a full disk, in the middle of a write.
(process.platform === "win32" ? test.skip : test)(
	"a request whose changes cannot be written fails with the reason, and leaves what was written as it is",
	async () => {
		const data = newFolder();
		const program = fileURLToPath(new URL("tenant-process.mjs", import.meta.url));
		const limited = `trap '' XFSZ; ulimit -f 64; exec "${process.execPath}" "${program}" "${data}"`;
		const child = spawn("sh", ["-c", limited], { stdio: ["ignore", "pipe", "inherit"] });
		const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
		const { environments, url } = JSON.parse((await lines.next()).value);
		const signUp = async (Username: string) => {
			const response = await fetch(url, {
				method: "POST",
				headers: {
					"content-type": "application/x-amz-json-1.1",
					"x-amz-target": "AWSCognitoIdentityProviderService.SignUp",
				},
				body: JSON.stringify({ ClientId: environments.app.CLIENT_ID, Username, Password: "Local-1!" }),
			});
			return { status: response.status, body: await response.text() };
		};
		const registered: string[] = [];
		let response = await signUp("user-0");
		while (response.status === 200) {
			registered.push(`user-${registered.length}`);
			response = await signUp(`user-${registered.length}`);
		}
		const query = await fetch(`${url}/graphql`, { method: "POST", body: "{}" });
		const result = await query.json();
		child.kill("SIGKILL");
		await once(child, "close");
		const reason = `The data folder ${data} cannot be written.`;
		expect(response.body).toContain(reason);
		const error = { errorType: "InternalFailure", message: expect.stringContaining(reason) };
		expect(result).toEqual({ errors: [error] });
		await using tenant = await LocalTenant.start({ data });
		for (const username of registered) tenant.userPool.disableUser(username);
		expect(registered.length).toBeGreaterThan(1);
	},
);
