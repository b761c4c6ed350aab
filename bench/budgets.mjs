// npm run budgets: checks sizes and counts of programs that use this package against limits. They are the same on every machine.
// Exits with 1 if one exceeds its limit.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleSize } from "./bundle-size.mjs";
import { loadedFiles } from "./loaded-files.mjs";
import { TenantProcess } from "./tenant.mjs";

const LIMITS = {
	"bundle: bytes that are always read": 128_500,
	"bundle: the same, gzip": 44_500,
	"bundle: files that are always read": 1,
	"bundle: bytes in all": 517_000,
	"bundle: files in all": 30,
	"files loaded by the import": 3,
	"files loaded up to the first credentials": 4,
	"requests to the first credentials": 3,
	"FileStore: files loaded up to the first credentials": 4,
	"FileStore: requests to the first credentials": 0,
};

const folder = fileURLToPath(new URL(".", import.meta.url));
const FIRST_CREDENTIALS = `import { AppSession } from "echostream-botocore";
const session = new AppSession();
await session.getCredentials().getFrozenCredentials();
session.destroy();`;

const FROM_STORE = `import { AppSession } from "echostream-botocore";
import { FileStore } from "echostream-botocore/stores";
const session = new AppSession({ store: new FileStore(process.env.STORE_FOLDER) });
await session.getCredentials().getFrozenCredentials();
session.destroy();`;

const measured = { ...(await measureBundle()), ...(await measureLoading()) };
let isOver = false;
for (const [name, limit] of Object.entries(LIMITS)) {
	const value = measured[name];
	const verdict = value <= limit ? "ok" : "OVER";
	if (verdict === "OVER") isOver = true;
	console.log(`${verdict.padEnd(5)}${name.padEnd(52)}${String(value).padStart(9)} of ${limit}`);
}
if (isOver) process.exitCode = 1;

async function measureBundle() {
	// What is built, although tsconfig.json leads esbuild to the sources.
	const size = await bundleSize(join(folder, "contenders/ours.mjs"), { tsconfigRaw: {} });
	return {
		"bundle: bytes that are always read": size.bytes,
		"bundle: the same, gzip": size.gzipBytes,
		"bundle: files that are always read": size.files,
		"bundle: bytes in all": size.allBytes,
		"bundle: files in all": size.allFiles,
	};
}

async function measureLoading() {
	const tenants = new TenantProcess();
	const store = mkdtempSync(join(tmpdir(), "store-"));
	try {
		const tenant = await tenants.start();
		const imported = loadedFiles('import "echostream-botocore";', { folder });
		const used = loadedFiles(FIRST_CREDENTIALS, { folder, env: tenant.environment });
		const operations = await tenant.operations();
		const env = { ...tenant.environment, STORE_FOLDER: store, STORE_KEY: "00".repeat(32) };
		// The first program finds an empty store.
		loadedFiles(FROM_STORE, { folder, env });
		const mark = (await tenant.operations()).length;
		const fromStore = loadedFiles(FROM_STORE, { folder, env });
		return {
			"files loaded by the import": imported.length,
			"files loaded up to the first credentials": used.length,
			"requests to the first credentials": operations.length,
			"FileStore: files loaded up to the first credentials": fromStore.length,
			"FileStore: requests to the first credentials": (await tenant.operations(mark)).length,
		};
	} finally {
		tenants.end();
		rmSync(store, { recursive: true, force: true });
	}
}
