import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { LocalTenantOptions } from "../local-tenant.ts";
import { InvalidValue } from "../shape.ts";
import { configShape } from "./config-shape.ts";
import { UsageError } from "./usage-error.ts";

/** Files that are read without being named, the first of them that is in the folder. */
const DEFAULT_FILES = ["echostream-local.config.json", "echostream-local.config.mjs"];

/** Editors on Windows begin a file with it. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Options of a tenant, and the file that they are from. */
export interface Config {
	readonly file?: string;
	readonly options: LocalTenantOptions;
}

/**
 * Reads a config file: JSON, or a module whose default export has the options. Paths in it are relative to its folder.
 *
 * @param named - The file to read. Default: `echostream-local.config.json` or `.mjs`, if it is in the current folder.
 * @throws UsageError when the file is missing or invalid.
 */
export async function readConfig(named: string | undefined): Promise<Config> {
	const file = named ?? DEFAULT_FILES.find((name) => existsSync(name));
	if (file === undefined) return { options: {} };
	const content = await contentOf(file);
	try {
		configShape(content, "");
	} catch (error) {
		if (error instanceof InvalidValue) throw new UsageError(`${file}: ${error.message}`);
		throw error;
	}
	const options = content as LocalTenantOptions;
	const { data } = options;
	return { file, options: data === undefined ? options : { ...options, data: resolve(dirname(file), data) } };
}

async function contentOf(file: string): Promise<unknown> {
	if (!existsSync(file)) throw new UsageError(`The config file ${file} was not found`);
	try {
		if (!/\.[cm]?js$/.test(file)) return JSON.parse(readFileSync(file, "utf8").replace(BYTE_ORDER_MARK, ""));
		const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
		return module.default;
	} catch (error) {
		throw new UsageError(`The config file ${file} could not be read: ${(error as Error).message}`);
	}
}
