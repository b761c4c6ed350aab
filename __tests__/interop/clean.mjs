import { rm } from "node:fs/promises";

/** Removes what was packed and installed. The tools in .interop stay for the next run. */
export default async function clean() {
	await rm(process.env.PACKED_FOLDER, { recursive: true, force: true });
}
