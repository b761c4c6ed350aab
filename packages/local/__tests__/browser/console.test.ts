import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import axe from "axe-core";
import { ApiSession } from "echostream-botocore";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "../../../../scripts/chromium.mjs";
import { control } from "../control/control-client.ts";

const COMMAND = fileURLToPath(new URL("../../dist/esm/command/main.js", import.meta.url));
const PANELS = ["network", "requests", "users", "tables", "queues", "buckets", "audit", "faults", "time"];
/** Links of the navigation that are scrolled out of sight are no skip links. */
const RULES = { "skip-link": { enabled: false } };
/** What would run, if any text became markup. */
const HOSTILE = `<img src=x onerror="globalThis.wasRun=true"><script>globalThis.wasRun=true</script>`;

/** What the functions that run in the page see besides. */
interface PageGlobals {
	readonly wasRun?: boolean;
	readonly axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
}

let folder: string;
let command: ChildProcess;
let url: string;
let browser: Browser;
let page: Page;
let problems: string[];
let edge: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "echostream-local-"));
	const config = join(folder, "config.json");
	const node = (index: number) => `app-${index % 30}-node`;
	writeFileSync(
		config,
		JSON.stringify({
			name: "console",
			apps: Array.from({ length: 30 }, (_, index) => ({
				name: `app-${index}`,
				type: index % 2 === 0 ? "ExternalApp" : "ManagedApp",
			})),
			edges: Array.from({ length: 30 }, (_, index) => ({ source: node(index), target: node(index * 2 + 1) })).slice(
				0,
				29,
			),
			userPool: { users: [{ username: HOSTILE, password: "Local-1!", aliases: ["with-sms"], mfa: [{ type: "SMS" }] }] },
		}),
	);
	const child = spawn(process.execPath, [COMMAND, "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
	command = child;
	url = await new Promise<string>((resolve, reject) => {
		let text = "";
		child.stderr.on("data", (chunk) => {
			text += chunk;
			if (text.includes("Console: ")) resolve(/listens on (\S+),/.exec(text)?.[1] ?? "");
		});
		child.once("exit", () => reject(new Error(text)));
	});
	await fill();
	browser = await startChromium();
});
afterAll(async () => {
	await browser.close();
	command.kill();
	rmSync(folder, { recursive: true });
});
beforeEach(() => {
	problems = [];
});
afterEach(async () => {
	await page.close();
	await control(url, "DELETE faults");
	expect(problems).toEqual([]);
});

/** Puts an item, a message and an object there, whose contents are hostile. */
async function fill(): Promise<void> {
	Object.assign(process.env, (await control(url, "GET environment?apiUser=admin")).body);
	await using session = new ApiSession();
	const options = { endpoint: url, region: "us-east-1" };
	const { body: state } = await control(url, "GET state");
	edge = state.edges.find(({ source }: { source: string }) => source === "app-0-node").queue;
	await session.client(DynamoDBClient, options).send(
		new PutItemCommand({
			TableName: state.table,
			Item: {
				pk: { S: HOSTILE },
				sk: { S: "1" },
				total: { N: "42.5" },
				[HOSTILE]: { L: [{ BOOL: true }, { NULL: true }] },
			},
		}),
	);
	await session.client(SQSClient, options).send(
		new SendMessageCommand({
			QueueUrl: `${url}/000000000000/${edge}`,
			MessageBody: HOSTILE,
			MessageGroupId: "group",
			MessageAttributes: { note: { DataType: "String", StringValue: HOSTILE } },
		}),
	);
	await session
		.client(S3Client, { ...options, forcePathStyle: true })
		.send(new PutObjectCommand({ Bucket: "bulk-data", Key: `objects/${HOSTILE}`, Body: "12345" }));
}

/** Opens a panel of the console. */
async function open(
	panel: string,
	options: { readonly colorScheme?: "dark" | "light"; readonly width?: number } = {},
): Promise<void> {
	page = await browser.newPage({
		viewport: { width: options.width ?? 1280, height: 800 },
		colorScheme: options.colorScheme ?? "light",
		reducedMotion: "reduce",
	});
	page.on("console", (message) => problems.push(message.text()));
	page.on("pageerror", (error) => problems.push(String(error)));
	page.on("request", (request) => {
		if (!request.url().startsWith(`${url}/_control/`) && !request.url().startsWith("data:"))
			problems.push(request.url());
	});
	await page.goto(`${url}/_control/#${panel}`);
	await page.getByText("active", { exact: true }).waitFor();
}

/** Changes to another panel. */
async function show(panel: string): Promise<void> {
	await page.evaluate((hash) => {
		location.hash = hash;
	}, panel);
	await page.locator(`nav a[href="#${panel}"][aria-current=page]`).waitFor();
	await page.locator("main .rows, main .nothing, main .clock, main svg").first().waitFor();
}

/** A request to Cognito, whose status is returned. */
async function signIn(operation = "InitiateAuth"): Promise<number> {
	const { status } = await fetch(url, {
		method: "POST",
		headers: {
			"content-type": "application/x-amz-json-1.1",
			"x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
		},
		body: "{}",
	});
	return status;
}

describe("the console: panels", () => {
	test("the network panel draws every node and edge, and shows the edges of the selected node", async () => {
		await open("network");
		await page.locator(".node").first().waitFor();
		expect(await page.locator(".node").count()).toBe(30);
		expect(await page.locator(".edge").count()).toBe(29);
		expect(await page.locator(".edge text").allTextContents()).toEqual(["1"]);
		await page.getByLabel("Show the nodes that every tenant has").check();
		await page.getByRole("button", { name: "Change Emitter" }).waitFor();
		await page.getByRole("button", { name: "app-0-node ExternalNode" }).click();
		await page.getByText("app-0-node → app-1-node").waitFor();
		await page.getByRole("link", { name: "1 message" }).click();
		await page.getByText(edge).first().waitFor();
	});

	test("the network panel leaves no node on another one", async () => {
		await open("network");
		await page.locator(".node").first().waitFor();
		const boxes = await page.locator(".node rect").evaluateAll((all) =>
			all.map((one) => {
				const { bottom, left, right, top } = one.getBoundingClientRect();
				return { bottom, left, right, top };
			}),
		);
		const overlapping = boxes.flatMap((one, index) =>
			boxes.slice(index + 1).filter((other) => {
				const across = one.left < other.right && other.left < one.right;
				return across && one.top < other.bottom && other.top < one.bottom;
			}),
		);
		expect(overlapping).toEqual([]);
	});

	test("the requests panel shows a request as it comes, and hides what does not match the filter", async () => {
		await open("requests");
		await signIn("ForgotPassword");
		const rows = page.getByRole("list", { name: "Requests" }).getByRole("listitem");
		const row = rows.filter({ hasText: "ForgotPassword" });
		await row.first().waitFor();
		expect(await row.first().textContent()).toMatch(
			/\d\d:\d\d:\d\d400cognito ForgotPassword.*InvalidParameterException: /,
		);
		await page.getByRole("searchbox", { name: "Filter" }).fill("putitem");
		await row.first().waitFor({ state: "detached" });
		expect(await rows.count()).toBe(1);
		await page.getByRole("searchbox", { name: "Filter" }).fill("");
		await page.getByRole("button", { name: "Pause" }).click();
		await signIn("ConfirmForgotPassword");
		await signIn("ConfirmForgotPassword");
		await page.getByRole("button", { name: "Continue" }).click();
		await rows.filter({ hasText: "ConfirmForgotPassword" }).nth(1).waitFor();
	});

	test("the users panel disables a user, sets a password, and shows the variables and the codes", async () => {
		await open("users");
		await page.getByRole("button", { name: "Disable: app-1-user" }).click();
		const row = page.getByRole("listitem").filter({ hasText: "app-1-user" });
		await row.getByText("disabled").waitFor();
		await row.getByRole("button", { name: "Disable" }).click();
		await row.getByText("disabled").waitFor({ state: "detached" });
		await page.getByRole("button", { name: "Password: app-1-user" }).click();
		await page.getByLabel("New password").fill("New-12345!");
		await page.getByRole("button", { name: "Set password" }).click();
		await page.getByText("The password of app-1-user is set.").waitFor();
		await page.getByRole("button", { name: "Variables: app-1-user" }).click();
		await page.getByText("export PASSWORD='New-12345!'").waitFor();
		await page.keyboard.press("Escape");
		await page.getByText("No code was sent").waitFor();
	});

	test("the tables, queues and buckets panels show what is in them", async () => {
		await open("tables");
		const item = page.locator("summary").first();
		await item.click();
		expect(await page.locator("details pre").first().textContent()).toContain('"total": 42.5');
		await page.goto(`${url}/_control/#queues/${edge}`);
		await page.getByText("group group").waitFor();
		await page.goto(`${url}/_control/#buckets`);
		await page.getByText("5 B").waitFor();
	});

	test("the faults panel switches a fault on and off", async () => {
		await open("faults");
		const control = page.getByRole("switch", { name: "Cognito outage" });
		await control.click();
		await page.locator('[role=switch][aria-checked=true]:has-text("Cognito outage")').waitFor();
		expect(await signIn()).toBe(503);
		await page.getByText("1 request", { exact: true }).waitFor();
		await control.click();
		await page.getByText("No fault is switched on.").waitFor();
		expect(await signIn()).toBe(400);
	});

	test("the faults panel adds a fault for one operation", async () => {
		await open("faults");
		await page.getByLabel("Effect").selectOption("status");
		await page.getByLabel("Value").fill("429");
		await page.getByLabel("Operation").fill("SignUp");
		await page.getByLabel("Number of requests").fill("1");
		await page.getByRole("button", { name: "Switch on" }).click();
		await page.getByText('"operation":"SignUp"').waitFor();
		expect([await signIn(), await signIn("SignUp"), await signIn("SignUp")]).toEqual([400, 429, 400]);
	});

	test("the time panel moves the clock, and makes the tenant inactive", async () => {
		await open("time");
		const before = Date.parse((await control(url, "GET clock")).body.now);
		await page.getByRole("button", { name: "+ 1 day" }).click();
		await page.getByText("The clock was advanced by 1 day.").waitFor();
		const after = Date.parse((await control(url, "GET clock")).body.now);
		expect(after - before).toBeGreaterThanOrEqual(86_400_000);
		await page.getByLabel("Date, UTC").fill("2030-02-03T04:05:06");
		await page.getByRole("button", { name: "Set" }).click();
		await page.getByText(/^2030-02-03 04:05:\d\d UTC$/).waitFor();
		await page.getByRole("switch", { name: "Tenant is active" }).click();
		await page.getByText("inactive", { exact: true }).waitFor();
		await page.getByRole("switch", { name: "Tenant is active" }).click();
		await page.getByText("active", { exact: true }).waitFor();
	});
});

describe("the console: safety", () => {
	test("hostile names, items, messages, objects and operations are only text", async () => {
		await signIn(HOSTILE);
		await open("network");
		for (const panel of PANELS) {
			await show(panel);
			if (["requests", "users", "tables", "queues", "buckets"].includes(panel)) {
				await page.getByText('<img src=x onerror="').first().waitFor();
			}
			for (const details of await page.locator("summary").all()) await details.click();
			expect(await page.evaluate(() => (globalThis as unknown as PageGlobals).wasRun)).toBeUndefined();
			expect(await page.locator("main img, main script").count()).toBe(0);
		}
	});

	test("the console's pages may load nothing from elsewhere, and may not be shown in a frame", async () => {
		await open("network");
		const { headers } = await fetch(`${url}/_control/`);
		const policy = headers.get("content-security-policy") ?? "";
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toContain("unsafe");
	});
});

describe("the console: everybody", () => {
	test.each([
		["light", 1280],
		["dark", 1280],
		["light", 375],
		["dark", 375],
	] as const)(
		"no panel has an accessibility problem or scrolls sideways, in %s with a width of %i",
		async (colorScheme, width) => {
			await open("network", { colorScheme, width });
			await page.evaluate(axe.source);
			for (const panel of PANELS) {
				await show(panel);
				const [wide, seen] = await page.evaluate(() => {
					const { clientWidth, scrollWidth } = document.documentElement;
					return [scrollWidth, clientWidth];
				});
				const { violations } = await page.evaluate(
					(rules) => (globalThis as unknown as PageGlobals).axe.run({ rules }),
					RULES,
				);
				const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
				expect([panel, wide, ...found]).toEqual([panel, seen]);
			}
		},
	);

	test("the console works with the keyboard alone", async () => {
		await open("network");
		const node = page.locator(".node").first();
		await node.waitFor();
		await node.focus();
		await page.keyboard.press("Enter");
		await page.locator(".node.selected").waitFor();
		expect(await node.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
		await page.getByRole("link", { name: "Skip to the content" }).focus();
		await page.keyboard.press("Enter");
		await page.getByRole("heading", { name: "Network", exact: true }).waitFor();
		await page.getByRole("link", { name: "Faults" }).focus();
		await page.keyboard.press("Enter");
		await page.getByRole("heading", { name: "Faults" }).waitFor();
		expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Faults");
		const control = page.getByRole("switch", { name: "No response" });
		await control.focus();
		await page.keyboard.press("Space");
		await page.locator('[role=switch][aria-checked=true]:has-text("No response")').waitFor();
		expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("No response");
	});

	test("the theme can be chosen, and stays after a reload", async () => {
		await open("time");
		const color = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
		const light = await color();
		await page.getByLabel("Theme").selectOption("dark");
		expect(await color()).not.toBe(light);
		await page.reload();
		expect(await color()).not.toBe(light);
	});
});

test("the console connects again after the port was closed", async () => {
	await open("faults");
	await page.getByRole("button", { name: "Close the port for 5 seconds" }).click();
	await page.getByText("no connection", { exact: true }).waitFor();
	await page.getByText("active", { exact: true }).waitFor();
	problems = problems.filter(
		(text) => !/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY/.test(text),
	);
});
