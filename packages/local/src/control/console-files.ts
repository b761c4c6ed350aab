import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { TenantResponse } from "../http/exchange.ts";

const TYPES: Readonly<Record<string, string>> = {
	"index.html": "text/html; charset=utf-8",
	"console.css": "text/css; charset=utf-8",
	"console.js": "text/javascript; charset=utf-8",
};

/** Nothing may be loaded from elsewhere, no text may become markup, and no other page may show the console in a frame. */
const POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"connect-src 'self'",
	"img-src data:",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types 'none'",
].join("; ");

/** The console is beside the modules, in each of its two formats, and beside the folder of this file in the sources. */
const FOLDER = new URL("../console/", typeof __filename === "string" ? pathToFileURL(__filename) : import.meta.url);

/** A file of the console in the browser; `undefined` if there is none of this name. */
export function consoleFile(name: string): TenantResponse | undefined {
	const file = name === "" ? "index.html" : name;
	const type = Object.hasOwn(TYPES, file) ? TYPES[file] : undefined;
	if (type === undefined) return undefined;
	return {
		status: 200,
		headers: { "content-type": type, "content-security-policy": POLICY, "referrer-policy": "no-referrer" },
		body: readFileSync(new URL(file, FOLDER)),
	};
}
