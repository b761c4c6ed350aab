import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Package managers reject what was published within the last days. */
const PUBLISHED = "2026-01-01T00:00:00.000Z";

/** An npm registry on this machine that has these tarballs, and redirects to npm's own for every other package. */
export class PackageRegistry {
	#packages;
	#upstream;
	#server = createServer((request, response) => this.#respond(request, response));

	/** @param tarballs - Paths of the tarballs. */
	static async start(tarballs) {
		const registry = new PackageRegistry();
		registry.#packages = await Promise.all(tarballs.map(read));
		const { stdout } = await run("npm", ["config", "get", "registry"], { shell: process.platform === "win32" });
		registry.#upstream = stdout.trim();
		await new Promise((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
		return registry;
	}

	get url() {
		return `http://127.0.0.1:${this.#server.address().port}/`;
	}

	stop() {
		this.#server.close();
		this.#server.closeAllConnections();
	}

	#respond({ url }, response) {
		const path = decodeURIComponent(url.slice(1));
		const tarball = this.#packages.find(({ file }) => path === `tarballs/${file}`);
		if (tarball !== undefined) return response.end(tarball.content);
		const found = this.#packages.find(({ manifest }) => manifest.name === path);
		if (found === undefined)
			return response.writeHead(302, { location: new URL(url.slice(1), this.#upstream).href }).end();
		const { content, file, manifest } = found;
		const { name, version } = manifest;
		const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
		const dist = { integrity, tarball: `${this.url}tarballs/${file}` };
		response.setHeader("content-type", "application/json").end(
			JSON.stringify({
				name,
				"dist-tags": { latest: version },
				time: { created: PUBLISHED, [version]: PUBLISHED },
				versions: { [version]: { ...manifest, dist } },
			}),
		);
	}
}

async function read(path) {
	const { stdout } = await run("tar", ["-xzOf", basename(path), "package/package.json"], { cwd: dirname(path) });
	return { content: await readFile(path), file: basename(path), manifest: JSON.parse(stdout) };
}
