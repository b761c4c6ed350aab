import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { PROGRAM } from "../../../__tests__/support/program.ts";
import { outputOf } from "./support/output-of.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What the programs import. They are bundled once, because Node takes most of its time to find the files of the SDK. */
const PACKAGES: Readonly<Record<string, string>> = {
	packages: `
export { AppSession } from "echostream-botocore";
export { DynamoDB } from "@aws-sdk/client-dynamodb";
export { SQS } from "@aws-sdk/client-sqs";
`,
	packagesOfS3: `
export { ApiSession } from "echostream-botocore";
export { S3 } from "@aws-sdk/client-s3";
`,
};

/** Requires the SDK, and sends what the test adds, with the credentials of the tenant's app. */
const START = `
import { AppSession, DynamoDB, SQS } from "./packages.cjs";
const session = new AppSession();
const [dynamodb, sqs] = [session.client(DynamoDB), session.client(SQS)];
const put = (sk) => dynamodb.putItem({ TableName: process.env.TABLE, Item: { pk: { S: "a" }, sk: { S: sk } } });
const send = (MessageBody) => sqs.sendMessage({ QueueUrl: process.env.QUEUE_URL, MessageBody });
`;

/** Requires the SDK, and puts objects with the credentials of an API user. */
const START_S3 = `
import { ApiSession, S3 } from "./packagesOfS3.cjs";
import { randomUUID } from "node:crypto";
const s3 = new ApiSession().client(S3, { forcePathStyle: true });
const put = (Key, Body, more) => s3.putObject({ Bucket: process.env.BUCKET, Key, Body, ...more });
const odd = ["a b/ü&<'.txt", "x/../y", "100%+", "__proto__"];
`;

/** What an object is written with, and the lines of the diff. */
const WRITTEN: Readonly<Record<string, readonly [parameter: string, shown: readonly string[]]>> = {
	"the cache control": ['CacheControl: "no-store"', ["cache-control: no-store"]],
	"the content encoding": ['ContentEncoding: "br"', ["content-encoding: br"]],
	"the content disposition": ['ContentDisposition: "attachment"', ["content-disposition: attachment"]],
	"the content language": ['ContentLanguage: "de"', ["content-language: de"]],
	"the expiry": ["Expires: new Date(0)", ["expires: Thu, 01 Jan 1970 00:00:00 GMT"]],
	"the storage class": ['StorageClass: "STANDARD_IA"', ["x-amz-storage-class: STANDARD_IA"]],
	"the tags": ['Tagging: "team=a%20b&stage=%3Ctest"', ["tag stage: <test", "tag team: a b"]],
};

let folder: string;
const files: Record<string, string> = {};
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "echostream-parity-"));
	const programs: Record<string, string> = {
		puts: `${START} await put("1"); await put("2"); await send("x"); console.log('{"b": 1, "a": [2]}');`,
		putsBackwards: `${START} await send("x"); await put("2"); await put("1"); console.log('{ "a":[2], "b":1 }');`,
		forgets: `${START} await put("1"); await send("y"); console.log("other");`,
		sets: `${START} await dynamodb.putItem({ TableName: process.env.TABLE, Item: { pk: { S: "a" }, sk: { S: "1" }, s: { SS: ["x", "y"] } } });`,
		setsBackwards: `${START} await dynamodb.putItem({ TableName: process.env.TABLE, Item: { pk: { S: "a" }, sk: { S: "1" }, s: { SS: ["y", "x"] } } });`,
		receives: `${START} await put("1"); await put("2"); await send("x"); await sqs.receiveMessage({ QueueUrl: process.env.QUEUE_URL }); console.log('{"a": [2], "b": 1}');`,
	};
	const objects = 'await put("text", "one\\ntwo\\nthree"); await put("bytes", Buffer.from([255, 0]));';
	Object.assign(programs, {
		stores: `${START_S3} ${objects} for (const key of odd) await put(key, key); for (const id of [1, 2]) await put(randomUUID(), "of " + id);`,
		storesBackwards: `${START_S3} for (const id of [2, 1]) await put(randomUUID(), "of " + id); for (const key of odd.reverse()) await put(key, key); ${objects}`,
		storesOthers: `${START_S3}
			await put("text", "one\\n2\\nthree", { ContentType: "text/plain", Metadata: { author: "Jo" } });
			await put("bytes", Buffer.from([255, 1]));
			for (const key of odd.slice(1)) await put(key, key);
			for (const id of [1, 3]) await put(randomUUID(), "of " + id);
			await s3.createBucket({ Bucket: "second" });`,
	});
	programs.storesOne = `${START_S3} await put("one", "1", { ContentType: "text/plain" });`;
	for (const [what, [parameter]] of Object.entries(WRITTEN)) {
		programs[`stores ${what}`] = `${START_S3} await put("one", "1", { ContentType: "text/plain", ${parameter} });`;
	}
	for (const [name, contents] of Object.entries(PACKAGES)) {
		await build({
			...PROGRAM,
			format: "cjs",
			packages: "bundle",
			minifySyntax: true,
			minifyWhitespace: true,
			stdin: { contents, resolveDir: ROOT },
			alias: { "echostream-botocore": `${ROOT}src/index.ts` },
			outfile: join(folder, `${name}.cjs`),
		});
	}
	Object.assign(programs, {
		nothing: "",
		address: "console.log(process.env.AWS_ENDPOINT_URL)",
		fails: "console.error('no luck'); process.exit(3)",
		endless: `import { spawn } from "node:child_process"; import { renameSync, writeFileSync } from "node:fs";
			const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
			const file = ${JSON.stringify(join(folder, "pid"))};
			// The file is whole as soon as it exists.
			writeFileSync(file + ".new", String(child.pid)); renameSync(file + ".new", file); setInterval(() => {}, 1000)`,
		control: "console.log('\\u001b[31mred')",
		keys: "console.log(process.env.AWS_ACCESS_KEY_ID ?? 'none', process.env.AWS_PROFILE ?? 'none')",
		none: "console.log('none none')",
	});
	for (const [name, contents] of Object.entries(programs)) {
		files[name] = join(folder, `${name}.mjs`);
		await writeFile(String(files[name]), contents);
	}
});
afterAll(() => rm(folder, { recursive: true }));

function parityOf(...args: string[]) {
	return outputOf(["parity", ...args.map((arg) => files[arg] ?? arg)]);
}

describe("echostream parity of two programs", () => {
	test("programs that do the same in another order are equal", async () => {
		const { status, printed } = await parityOf("puts", "putsBackwards");
		expect([status, printed]).toEqual([0, expect.stringContaining("do the same: 1 lines of output, 3 requests.")]);
	});

	test("items whose sets have the same elements in another order are equal", async () => {
		expect(await parityOf("sets", "setsBackwards")).toMatchObject({ status: 0 });
	});

	test("the diff shows the output, the requests, the items and the messages that differ", async () => {
		const { status, printed } = await parityOf("puts", "forgets");
		expect(status).toBe(1);
		expect(printed).toContain('output:\n  - {"a":[2],"b":1}\n  + other');
		expect(printed).toContain("requests:\n  - dynamodb PutItem 200: 2\n  + dynamodb PutItem 200: 1");
		expect(printed).toContain(
			'table db-local:\n    {"pk":{"S":"a"},"sk":{"S":"1"}}\n  - {"pk":{"S":"a"},"sk":{"S":"2"}}',
		);
		expect(printed).toContain("queue app-external-app:\n  - x\n  + y");
	});

	test("a message that was received and not deleted differs from one that waits", async () => {
		const { status, printed } = await parityOf("puts", "receives");
		expect(status).toBe(1);
		expect(printed).toContain("queue app-external-app:\n  - x\n  + 1 received and not deleted");
	});

	test("programs that store the same objects in another order are equal, whatever the UUIDs in their keys are", async () => {
		const { status, printed } = await parityOf("--api-user", "admin", "stores", "storesBackwards");
		expect([status, printed]).toEqual([0, expect.stringContaining("do the same: 0 lines of output, 8 requests.")]);
	});

	test("the diff shows the content types, the metadata and the bodies of objects that differ, and buckets that are missing", async () => {
		const { printed } = await parityOf("--api-user", "admin", "stores", "storesOthers");
		expect(printed.slice(printed.indexOf("object "))).toBe(
			[
				"object bulk-data/<uuid>:\n    content-type: application/octet-stream\n    \n  - of 2\n  + of 3",
				"object bulk-data/a b/ü&<'.txt:\n  - content-type: application/octet-stream\n  - \n  - a b/ü&<'.txt\n  + does not exist",
				`object bulk-data/bytes:\n    content-type: application/octet-stream\n    \n  - 2 bytes, SHA-256 ${sha256([255, 0])}\n  + 2 bytes, SHA-256 ${sha256([255, 1])}`,
				"object bulk-data/text:\n  - content-type: application/octet-stream\n  + content-type: text/plain\n  + x-amz-meta-author: Jo\n    \n    one\n  - two\n  + 2\n    three",
				"bucket second:\n  - does not exist\n  + exists",
			].join("\n\n"),
		);
	});

	test.each(Object.entries(WRITTEN))("the diff shows %s of an object", async (what, [, shown]) => {
		const { status, printed } = await parityOf("--api-user", "admin", "storesOne", `stores ${what}`);
		expect([status, printed]).toEqual([1, expect.stringContaining("object bulk-data/one:\n")]);
		expect(printed.split("\n").filter((line) => line.startsWith("  + "))).toEqual(shown.map((line) => `  + ${line}`));
	});

	test("each program has a tenant of its own, whose address is not compared", async () => {
		expect(await parityOf("address", "address")).toMatchObject({ status: 0 });
	});

	test("an exit code that differs is a difference, and the errors are printed", async () => {
		const { status, printed, errors } = await parityOf("nothing", "fails");
		expect(status).toBe(1);
		expect(printed).toContain("exit code:\n  - 0\n  + 3");
		expect(errors).toContain("ended with 3:\nno luck");
	});

	test("--json prints the differences, and what each program did", async () => {
		const { status, printed } = await parityOf("--json", "nothing", "address");
		expect(status).toBe(1);
		expect(JSON.parse(printed)).toMatchObject({
			equal: false,
			differences: [{ subject: "output", diff: ["+ <tenant>"] }],
			programs: [{ end: "0", output: [], requests: [] }, { output: ["<tenant>"] }],
		});
	});

	test("control characters of a program do not reach the terminal", async () => {
		const { printed } = await parityOf("nothing", "control");
		expect(printed).toContain("+ \\u001b[31mred");
	});

	test("the AWS credentials and the profile of the caller are not those of the programs", async () => {
		const before = { ...process.env };
		Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIA", AWS_PROFILE: "mine" });
		try {
			expect(await parityOf("keys", "none")).toMatchObject({ status: 0 });
		} finally {
			process.env = before;
		}
	});

	test("a program that never ends is ended after the limit, with its children", async () => {
		const { status, errors } = await parityOf("--timeout", "3", "endless", "nothing");
		expect([status, errors]).toEqual([1, expect.stringContaining("timed out after 3 seconds, and was ended")]);
		await ended(Number(await readFile(join(folder, "pid"), "utf8")));
	});
});

test("a signal ends the program and its children, and nothing is compared", async () => {
	await rm(join(folder, "pid"), { force: true });
	const result = parityOf("endless", "nothing");
	while (!existsSync(join(folder, "pid"))) await new Promise((resolve) => setTimeout(resolve, 20));
	process.emit("SIGTERM", "SIGTERM");
	expect(await result).toEqual({ status: 130, printed: "", errors: "Interrupted. The programs have been ended." });
	await ended(Number(await readFile(join(folder, "pid"), "utf8")));
});

test("a missing echostream-local is reported with the command that installs it", async () => {
	// The built command, with every package but that one.
	const copy = join(folder, "installed");
	await cp(join(ROOT, "packages/cli/dist"), join(copy, "dist"), { recursive: true });
	await cp(join(ROOT, "packages/cli/package.json"), join(copy, "package.json"));
	await mkdir(join(copy, "node_modules"));
	for (const name of ["@bomb.sh", "@lezer", "commander", "echostream-botocore"]) {
		const own = join(ROOT, "packages/cli/node_modules", name);
		await symlink(existsSync(own) ? own : join(ROOT, "node_modules", name), join(copy, "node_modules", name));
	}
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[join(copy, "dist/cjs/main.js"), "parity", String(files.nothing), String(files.fails)],
		{ encoding: "utf8" },
	);
	expect([status, stdout, stderr]).toEqual([
		2,
		"",
		"The package echostream-local, which runs the tenants of the programs, was not found. Install it: npm install --save-dev echostream-local\n",
	]);
});

describe("invalid usage of echostream parity", () => {
	test.each([
		[[], "missing required argument 'first'"],
		[["nothing"], "missing required argument 'second'"],
		[["nothing", "nothing", "nothing"], "too many arguments"],
		[["nothing", "none.mjs"], "none.mjs was not found"],
		[["nothing", "a.rb"], "a.rb: must be a Python or JavaScript file"],
		[["--timeout", "soon", "nothing", "nothing"], "It must be a number of seconds"],
	])("the arguments %j are reported", async (args, problem) => {
		expect(await parityOf(...args)).toEqual({ status: 2, printed: "", errors: expect.stringContaining(problem) });
	});

	test("a Python that cannot be started is named", async () => {
		const program = join(folder, "a.py");
		await writeFile(program, "");
		expect(await parityOf("--python", "no-python", program, "nothing")).toMatchObject({
			status: 1,
			errors: expect.stringContaining("no-python could not be started"),
		});
	});
});

/** Waits until a process has ended. Fails with the limit of the test. */
async function ended(pid: number): Promise<void> {
	for (;;) {
		try {
			process.kill(pid, 0);
		} catch {
			return;
		}
		if (
			existsSync(`/proc/${pid}/stat`) &&
			/\) Z /.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z "))
		)
			return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

function sha256(bytes: readonly number[]): string {
	return createHash("sha256").update(Uint8Array.from(bytes)).digest("hex");
}
