import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "../../scripts/chromium.mjs";

let browser: Browser;

beforeAll(async () => {
	browser = await startChromium();
});
afterAll(() => browser.close());

/** Runs the example until the end of the test: the page that it serves. */
async function serve(...args: string[]): Promise<{ readonly url: string } & AsyncDisposable> {
	const child = spawn(process.execPath, ["examples/browser/serve.mjs", ...args], {
		stdio: ["ignore", "pipe", "ignore"],
	});
	for await (const line of createInterface(child.stdout)) {
		const url = /^The page is at (\S+)$/.exec(line)?.[1];
		if (url === undefined) continue;
		const stop = async () => {
			child.kill();
			await once(child, "exit");
		};
		return { url, [Symbol.asyncDispose]: stop };
	}
	throw new Error(`The example ended with ${child.exitCode}`);
}

async function open(url: string): Promise<Page> {
	const page = await browser.newPage();
	await page.goto(url);
	await page.locator("input[name=username][value]").waitFor();
	return page;
}

const happened = (page: Page) => page.locator("#events li").allInnerTexts();

test.each([
	["as Vite serves its sources", []],
	["as Vite builds it for a web server", ["--built"]],
])("The example page works %s: sign in, read, write, send, refresh, sign out", async (_, args) => {
	await using example = await serve(...args);
	const page = await open(example.url);
	const problems: string[] = [];
	page.on("pageerror", (error) => problems.push(String(error)));
	page.on("console", (message) => message.type() === "error" && problems.push(message.text()));

	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByText("external-app-user in app external-app").waitFor();
	await expect(page.locator("#description").innerText()).resolves.toMatch(/region\s+us-east-1\s+table\s+db-local/);
	await expect(page.locator("#items tr").count()).resolves.toBe(3);
	await expect(page.locator("#state").innerText()).resolves.toBe("fresh");

	await page.getByRole("button", { name: "Add one" }).click();
	await page.locator("#items tr", { hasText: "added at" }).waitFor();
	await page.getByRole("button", { name: "Send" }).click();
	await page.locator("#queues b", { hasText: "1" }).waitFor();

	await page.getByRole("button", { name: "Refresh now" }).click();
	await page.getByText("Credentials refreshed on request").waitFor();
	expect((await happened(page)).map((line) => line.replace(/^.*[AP]M\s+/, ""))).toEqual([
		"Credentials refreshed on request",
		"Credentials fetched",
		"external-app-user signed in",
	]);

	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByText("Not signed in.").waitFor();
	expect(problems).toEqual([]);
});

test("The example page shows what is wrong, and allows another attempt", async () => {
	await using example = await serve();
	const page = await open(example.url);
	const password = page.locator("input[name=password]");
	const right = await password.inputValue();
	await password.fill("wrong");
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.locator("#failure", { hasText: "Incorrect username or password" }).waitFor();
	await password.fill(right);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByText("external-app-user in app external-app").waitFor();
	expect(await happened(page)).toHaveLength(2);
});
