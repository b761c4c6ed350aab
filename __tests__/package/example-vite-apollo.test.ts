import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { LocalTenant } from "echostream-local";
import { findChromium, startChromium } from "../../scripts/chromium.mjs";
import { freePort } from "../support/free-port.ts";
import { Example, type RunningExample } from "./example.ts";

const example = new Example("vite-apollo");
const output = join(example.folder, "dist");
/** What the page needs. The environment of its build has more. */
const IN_PAGE = ["APP", "APPSYNC_ENDPOINT", "AWS_ENDPOINT_URL", "CLIENT_ID", "TENANT", "USER_POOL_ID"];

let tenant: LocalTenant;
let settings: Record<string, string>;
let server: RunningExample;
let url: string;

beforeAll(async () => {
	const port = await freePort();
	url = `http://localhost:${port}`;
	tenant = await LocalTenant.start({ allowedOrigins: [url] });
	settings = tenant.environment({ app: "external-app" });
	const inPage = Object.fromEntries(IN_PAGE.map((name) => [`VITE_${name}`, settings[name] ?? ""]));
	await example.run("build", { ...settings, ...inPage });
	server = await example.start("preview", /Local:/, settings, ["--port", String(port), "--strictPort"]);
});

afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
	await tenant.stop();
});

test("the build of the Vite example contains the settings of the page, and neither the user nor the password", () => {
	const files = readdirSync(join(output, "assets")).map((name) => readFileSync(join(output, "assets", name), "utf8"));
	const code = files.join();
	expect(IN_PAGE.filter((name) => !code.includes(settings[name] ?? name))).toEqual([]);
	expect(code).not.toContain(settings.USER_NAME);
	expect(code).not.toContain(settings.PASSWORD);
});

test("the page of the Vite example shows why a sign-in fails, signs in, queries the app, and signs out", async () => {
	if (findChromium() === undefined) {
		process.stderr.write("Not run: the page of the Vite example, because there is no Chromium\n");
		return;
	}
	const browser = await startChromium();
	try {
		const page = await browser.newPage();
		const problems: string[] = [];
		page.on("pageerror", (error) => problems.push(String(error)));
		await page.goto(url);
		await page.getByLabel("User name").fill(settings.USER_NAME ?? "");
		await page.getByLabel("Password").fill("wrong");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("alert").filter({ hasText: "Incorrect username or password" }).waitFor();

		const outage = tenant.faults.add({ service: "appsync", status: 503 });
		await page.getByLabel("Password").fill(settings.PASSWORD ?? "");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("alert").filter({ hasText: "unavailable" }).waitFor();
		outage.remove();
		await page.getByRole("button", { name: "Try again" }).click();
		await page.getByRole("heading", { name: "external-app" }).waitFor();
		await page.getByText("external-app-node").waitFor();

		await page.getByRole("button", { name: "Sign out" }).click();
		await page.getByLabel("Password").waitFor();
		expect(await page.getByLabel("Password").inputValue()).toBe("");
		expect(problems).toEqual([]);
		expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).toBe("[{},{}]");
	} finally {
		await browser.close();
	}
	example.recordPassed("vite");
});
