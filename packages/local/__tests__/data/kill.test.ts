import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { LocalTenant } from "../../src/index.ts";
import {
	type AwsCredentials,
	credentialsOf,
	jsonRequest,
	type RequestToSign,
	seededRandom,
	signed,
} from "../tenant-client.ts";

const LANES = 4;
const KILLS_OF_A_LANE = 25;
const BODY = "0123456789".repeat(2000);
const program = fileURLToPath(new URL("tenant-process.mjs", import.meta.url));

let parent: string;
const running = new Set<ChildProcess>();
let isOver = false;

beforeAll(async () => {
	parent = await mkdtemp(join(tmpdir(), "echostream-kill-"));
});
afterAll(async () => {
	isOver = true;
	for (const child of running) child.kill("SIGKILL");
	await rm(parent, { recursive: true });
});

/** What a tenant in a process of its own has printed: the part of a tenant that clients use. */
type Client = Pick<LocalTenant, "name" | "region" | "table" | "url" | "clock" | "environment"> & {
	readonly queueUrl: string;
};

class TenantProcess {
	readonly #child: ChildProcess;
	readonly #closed: Promise<unknown>;

	constructor(folder: string) {
		this.#child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
		this.#closed = once(this.#child, "close");
		running.add(this.#child);
	}

	async ready(): Promise<Client> {
		if (this.#child.stdout === null) throw new Error("The process has no standard output");
		for await (const line of createInterface(this.#child.stdout)) {
			const { environments, ...printed } = JSON.parse(line);
			return {
				...printed,
				clock: { now: () => Date.now() },
				environment: (of) => ("app" in of ? environments.app : environments.admin),
			};
		}
		throw new Error("The tenant did not start");
	}

	async kill(): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.#closed;
		running.delete(this.#child);
	}
}

/** What the tenant has acknowledged over all its lives, and must still have. */
class Acknowledged {
	readonly items = new Set<string>();
	readonly deletedItems = new Set<string>();
	readonly messages: string[] = [];
	readonly objects = new Set<string>();
	readonly refreshTokens: string[] = [];
	#last = 0;

	next(): string {
		return String(++this.#last).padStart(6, "0");
	}

	/** Waits until the tenant has acknowledged this many requests more. */
	async more(count: number): Promise<void> {
		const end = this.#size + count;
		while (this.#size < end) await wait(1);
	}

	get #size(): number {
		return (
			this.items.size + this.deletedItems.size + this.messages.length + this.objects.size + this.refreshTokens.length
		);
	}
}

/** Sends requests of a kind one after the other, until one fails because the tenant was killed. */
async function repeat(request: () => Promise<void>): Promise<void> {
	try {
		while (true) await request();
	} catch {}
}

async function call(client: Client, credentials: AwsCredentials, request: RequestToSign): Promise<Response> {
	const { init, url } = await signed(client as unknown as LocalTenant, credentials, request);
	const response = await fetch(url, init);
	if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
	return response;
}

async function signIn(client: Client): Promise<string> {
	const { CLIENT_ID, PASSWORD, USER_NAME } = client.environment({ app: "external-app" });
	const { AuthenticationResult } = await cognito(client, {
		ClientId: CLIENT_ID,
		AuthFlow: "USER_PASSWORD_AUTH",
		AuthParameters: { USERNAME: USER_NAME, PASSWORD },
	});
	return AuthenticationResult.RefreshToken;
}

async function cognito(client: Client, input: object) {
	const headers = {
		"content-type": "application/x-amz-json-1.1",
		"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
	};
	const response = await fetch(client.url, { method: "POST", headers, body: JSON.stringify(input) });
	return (await response.json()) as { readonly AuthenticationResult: { readonly RefreshToken: string } };
}

function load(client: Client, credentials: AwsCredentials, all: Acknowledged): Promise<void>[] {
	const TableName = client.table;
	return [
		repeat(async () => {
			const id = all.next();
			const key = { pk: { S: id }, sk: { S: id } };
			await call(client, credentials, jsonRequest("dynamodb", "PutItem", { TableName, Item: key }));
			all.items.add(id);
			if (Number(id) % 3 > 0) return;
			// If this fails, it is not known whether the item is there.
			all.items.delete(id);
			await call(client, credentials, jsonRequest("dynamodb", "DeleteItem", { TableName, Key: key }));
			all.deletedItems.add(id);
		}),
		repeat(async () => {
			const MessageBody = all.next();
			const input = { QueueUrl: client.queueUrl, MessageGroupId: "group", MessageBody };
			await call(client, credentials, jsonRequest("sqs", "SendMessage", input));
			all.messages.push(MessageBody);
		}),
		repeat(async () => {
			const id = all.next();
			const path = `/bulk-data/${id}`;
			await call(client, credentials, { service: "s3", method: "PUT", path, body: `${id}${BODY}` });
			all.objects.add(id);
		}),
		repeat(async () => {
			all.refreshTokens.push(await signIn(client));
		}),
	];
}

/** Starts a tenant again and again, and kills it under load or while it starts. Returns what it has acknowledged. */
async function killRepeatedly(
	folder: string,
	credentials: AwsCredentials,
	random: () => number,
): Promise<Acknowledged> {
	const all = new Acknowledged();
	for (let kill = 0; kill < KILLS_OF_A_LANE && !isOver; kill++) {
		const tenant = new TenantProcess(folder);
		if (kill % 2 === 0) {
			await wait(50 + 300 * random());
			await tenant.kill();
			continue;
		}
		const loading = load(await tenant.ready(), credentials, all);
		await all.more(1 + Math.floor(15 * random()));
		await tenant.kill();
		await Promise.all(loading);
	}
	return all;
}

async function receiveAll(client: Client, credentials: AwsCredentials): Promise<readonly string[]> {
	const bodies: string[] = [];
	const QueueUrl = client.queueUrl;
	while (true) {
		const response = await call(client, credentials, jsonRequest("sqs", "ReceiveMessage", { QueueUrl }));
		const { Messages = [] } = (await response.json()) as {
			readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
		};
		const [message] = Messages;
		if (message === undefined) return bodies;
		bodies.push(message.Body);
		const { ReceiptHandle } = message;
		await call(client, credentials, jsonRequest("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle }));
	}
}

async function expectAll(client: Client, credentials: AwsCredentials, all: Acknowledged): Promise<void> {
	const scan = jsonRequest("dynamodb", "Scan", { TableName: client.table });
	const { Items } = (await (await call(client, credentials, scan)).json()) as {
		readonly Items: readonly { readonly pk: { readonly S: string } }[];
	};
	const found = new Set(Items.map(({ pk }) => pk.S));
	expect([...all.items].filter((id) => !found.has(id))).toEqual([]);
	expect([...all.deletedItems].filter((id) => found.has(id))).toEqual([]);

	const received = await receiveAll(client, credentials);
	expect(received).toEqual([...new Set(received)].sort());
	expect(all.messages.filter((body) => !received.includes(body))).toEqual([]);

	for (const id of all.objects) {
		const object = await call(client, credentials, { service: "s3", method: "GET", path: `/bulk-data/${id}` });
		expect((await object.text()) === `${id}${BODY}`).toBe(true);
	}
	for (const REFRESH_TOKEN of all.refreshTokens) {
		const { CLIENT_ID } = client.environment({ app: "external-app" });
		const input = { ClientId: CLIENT_ID, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN } };
		expect((await cognito(client, input)).AuthenticationResult).toBeDefined();
	}
}

test("a tenant that is killed a hundred times, under load and while it starts, loses nothing that it has acknowledged", async () => {
	const lanes = Array.from({ length: LANES }, async (_, lane) => {
		const folder = join(parent, String(lane));
		const bytes = seededRandom(`kill ${lane}`);
		const random = () => Buffer.from(bytes(4)).readUInt32BE() / 2 ** 32;
		const first = new TenantProcess(folder);
		const credentials = await credentialsOf((await first.ready()) as unknown as LocalTenant, { apiUser: "admin" });
		await first.kill();
		const all = await killRepeatedly(folder, credentials, random);
		const last = new TenantProcess(folder);
		await expectAll(await last.ready(), credentials, all);
		await last.kill();
		return [all.items, all.messages, all.objects, all.refreshTokens].map((one) => [...one].length);
	});
	const counts = await Promise.all(lanes);
	const totals = [0, 1, 2, 3].map((kind) => counts.reduce((sum, ofLane) => sum + (ofLane[kind] ?? 0), 0));
	expect(Math.min(...totals)).toBeGreaterThan(0);
});
