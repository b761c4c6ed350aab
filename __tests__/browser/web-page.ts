import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "../../scripts/chromium.mjs";

/** What a page is made from. */
export interface WebPageOptions {
	/** The file that esbuild bundles for it. */
	readonly entry: string;
	/** The global variable that has the file's exports. */
	readonly name: string;
	/** Modules that stand in for others. */
	readonly alias?: Record<string, string>;
}

/** A page in Chromium, at an origin of its own. */
export class WebPage implements AsyncDisposable {
	readonly page: Page;
	/** The messages of the page's console. */
	readonly console: string[] = [];
	/** The paths of the browser's preflight requests to other origins. */
	readonly preflights: string[] = [];
	readonly #close: () => Promise<unknown>;

	static async open({ entry, name, alias = {} }: WebPageOptions): Promise<WebPage> {
		const { outputFiles } = await build({
			entryPoints: [entry],
			bundle: true,
			platform: "browser",
			format: "iife",
			globalName: name,
			alias,
			// The built package, and not the sources to which tsconfig.json maps its name.
			tsconfigRaw: {},
			target: "es2022",
			logLevel: "silent",
			write: false,
		});
		const script = outputFiles[0]?.text ?? "";
		const server = createServer(({ url }, response) => {
			if (url !== "/page.js" && url !== "/") return response.writeHead(404).end();
			response.setHeader("content-type", url === "/" ? "text/html" : "text/javascript");
			return response.end(url === "/" ? "<!doctype html><title>A page</title><script src=/page.js></script>" : script);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const browser = await startChromium();
		const close = async () => {
			await browser.close();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		};
		return WebPage.#in(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close);
	}

	static async #in(browser: Browser, url: string, close: () => Promise<unknown>): Promise<WebPage> {
		const page = await browser.newPage();
		const webPage = new WebPage(page, close);
		const network = await page.context().newCDPSession(page);
		await network.send("Network.enable");
		network.on("Network.requestWillBeSent", ({ initiator, request }) => {
			if (initiator.type === "preflight") webPage.preflights.push(new URL(request.url).pathname);
		});
		page.on("console", (message) => webPage.console.push(message.text()));
		page.on("pageerror", (error) => webPage.console.push(String(error)));
		await page.goto(url);
		return webPage;
	}

	private constructor(page: Page, close: () => Promise<unknown>) {
		this.page = page;
		this.#close = close;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#close();
	}
}
