// A Chromium without a window, for the tests and measurements in a browser. It is not among the dependencies: Debian has it
// as `chromium`, and CHROMIUM names one in any other place.
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

/** Starts it; `close()` of what comes ends it. */
export async function startChromium() {
	const executablePath = process.env.CHROMIUM || USUAL.find((path) => existsSync(path));
	if (executablePath === undefined) {
		throw new Error(
			"There is no Chromium here: install one (Debian: apt-get install chromium), or name it in CHROMIUM",
		);
	}
	// Its sandbox does not run as root, as in most containers.
	const args = [...QUIET, "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
	return chromium.launch({ executablePath, args });
}
