// Headless Chromium for tests and measurements in a browser. It is not a dependency: install Debian's package `chromium`, or set
// CHROMIUM to the path of another one.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const USUAL = [
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const QUIET = ["gpu", "quic", "background-networking", "component-update", "sync"].map((part) => `--disable-${part}`);

/** The path of Chromium, if there is one. */
export function findChromium() {
	return process.env.CHROMIUM || USUAL.find((path) => existsSync(path));
}

/** Starts Chromium. `close()` of the result stops it. */
export async function startChromium() {
	const executablePath = findChromium();
	if (executablePath === undefined) {
		throw new Error(
			"There is no Chromium here: install one (Debian: apt-get install chromium), or name it in CHROMIUM",
		);
	}
	// The sandbox does not work as root, which is the user in most containers.
	const args = [...QUIET, "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
	return chromium.launch({ executablePath, args });
}
