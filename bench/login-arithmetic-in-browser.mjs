// npm run bench:browser: measures the arithmetic of a login in Chromium, like bench/login-arithmetic.mjs does on Node: both
// steps, without requests. The budget is 30 ms.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startChromium } from "../scripts/chromium.mjs";
import { summary } from "./statistics.mjs";

const ROUNDS = 40;

const { outputFiles } = await build({
	stdin: {
		contents: 'export * from "./src/cognito/login/srp.ts"',
		resolveDir: fileURLToPath(new URL("..", import.meta.url)),
	},
	bundle: true,
	format: "iife",
	globalName: "srp",
	write: false,
});
// Web Crypto requires a page with an origin.
const server = createServer((_, response) => {
	response.setHeader("content-type", "text/html");
	response.end("<!doctype html><title>Login arithmetic</title>");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await startChromium();
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.addScriptTag({ content: outputFiles[0].text });
const { first, ms } = await page.evaluate(signIn, ROUNDS);
const { median, low, high } = summary(ms);
console.log(`Login arithmetic in Chromium ${browser.version()}, ${ROUNDS} rounds, ms`);
console.log(`| first | median (middle half) |\n|---:|---:|`);
console.log(`| ${first.toFixed(1)} | ${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)}) |`);
await browser.close();
server.closeAllConnections();
server.close();

/** Runs in the page. The first login is reported separately, because nothing is compiled yet. */
async function signIn(rounds) {
	const { A_BYTES, passwordClaim, srpKeys } = globalThis.srp;
	const random = (length) => crypto.getRandomValues(new Uint8Array(length));
	const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
	const identity = { group: "Bench", name: "user", password: "correct horse battery staple" };
	const ms = [];
	for (let round = -1; round < rounds; round++) {
		const SECRET_BLOCK = btoa(String.fromCharCode(...random(1024)));
		const challenge = { SALT: hex(random(16)), SRP_B: hex(random(383)), SECRET_BLOCK };
		const start = performance.now();
		await passwordClaim(srpKeys(random(A_BYTES)), identity, challenge, Date.now());
		ms.push(performance.now() - start);
	}
	return { first: ms.shift(), ms };
}
