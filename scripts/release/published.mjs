// What npm shows of a package: its package.json and its README, with addresses in the repository on GitHub that `repository` of the root
// package names.
import { posix } from "node:path";

/** The address of the repository on GitHub, without `.git`, or `undefined` where `repository` names none. */
export function addressOf({ repository }) {
	const url = typeof repository === "string" ? repository : repository?.url;
	return /^(?:git\+)?(https:\/\/github\.com\/[\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url ?? "")?.[1];
}

/**
 * The package.json of a package as it is published: with the repository, where to report bugs, and a homepage.
 *
 * @param path - Folder of the package in the repository, `""` for the root.
 */
export function publishedManifest(manifest, address, path) {
	const tree = path === "" ? "" : `/tree/v${manifest.version}/${path}`;
	return {
		...manifest,
		homepage: `${address}${tree}#readme`,
		bugs: { url: `${address}/issues` },
		repository: { type: "git", url: `git+${address}.git`, ...(path !== "" && { directory: path }) },
	};
}

/**
 * The text of a README as it is published. npm would take relative links to the default branch, where files move. Here they lead to the tag
 * of the version, and pictures to the files themselves. GitHub serves an SVG as a picture only by the parameter `sanitize`.
 *
 * @param path - Folder of the README in the repository, `""` for the root.
 */
export function publishedReadme(text, address, { path, version }) {
	const raw = address.replace("github.com", "raw.githubusercontent.com");
	const inFence = /^```.*?^```/gms;
	const link = /(!?)(\[[^[\]]*\]\()(?!#|[a-z]+:)([^)\s]+)\)/g;
	const absolute = (_, isPicture, label, target) => {
		const file = posix.join(path, target);
		if (!isPicture) return `${label}${address}/blob/v${version}/${file})`;
		return `!${label}${raw}/v${version}/${file}${file.endsWith(".svg") ? "?sanitize=true" : ""})`;
	};
	const fences = text.match(inFence) ?? [];
	const parts = text.split(inFence).map((part) => part.replace(link, absolute));
	return parts.map((part, i) => part + (fences[i] ?? "")).join("");
}
