// npm run test:tenant: checks what a session promises against the tenant that the environment names (APPSYNC_ENDPOINT, CLIENT_ID …), and
// prints where the local tenant differs. Without these variables it checks the local tenant alone. It only reads, unless
// ECHOSTREAM_TENANT_WRITES=1.
import { isDeepStrictEqual } from "node:util";
import { LocalTenant } from "../packages/local/dist/esm/index.js";
import { CONTRACT, TenantUser } from "./tenant-contract.mjs";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { env } = process;
const isNamed = Boolean(env.APPSYNC_ENDPOINT);
const mayWrite = !isNamed || env.ECHOSTREAM_TENANT_WRITES === "1";
const counts = { passed: 0, failed: 0, differing: 0, "not run": 0 };

const local = await LocalTenant.start(isNamed && env.TENANT ? { name: env.TENANT } : {});
try {
	const localIdentity = env.APP ? { app: "external-app" } : { apiUser: "admin" };
	if (isNamed) await checkTenant(env, local.environment(localIdentity));
	else {
		for (const identity of [{ apiUser: "admin" }, { app: "external-app" }])
			await checkTenant(local.environment(identity));
	}
} finally {
	await local.stop();
}
const { differing, failed, "not run": notRun, passed } = counts;
if (isNamed) console.log(`${differing} differ from the local tenant, ${notRun} not run`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

/** Checks the tenant that these variables name, and compares it with the one that the others name. */
async function checkTenant(variables, others) {
	const one = new TenantUser(variables);
	const other = others === undefined ? undefined : new TenantUser(others);
	const kind = one.isApp ? "app" : "apiUser";
	console.log(
		`${one.isApp ? `the app ${variables.APP}` : `the API user ${variables.USER_NAME}`} at ${variables.APPSYNC_ENDPOINT}`,
	);
	try {
		for (const row of CONTRACT.filter(({ of = kind }) => of === kind)) await checkRow(row, one, other);
	} finally {
		one.destroy();
		other?.destroy();
	}
}

async function checkRow({ check, title, writes = false }, one, other) {
	if (writes && !mayWrite) {
		counts["not run"] += 1;
		console.log(`  not run: ${title} (it writes: set ECHOSTREAM_TENANT_WRITES=1)`);
		return;
	}
	const observed = await outcome(check, one);
	if (observed.error !== undefined) {
		counts.failed += 1;
		console.log(`  failed: ${title}: ${observed.error}`);
	} else {
		counts.passed += 1;
		console.log(`  ok: ${title}`);
	}
	if (other === undefined) return;
	const expected = await outcome(check, other);
	const differences =
		expected.error === observed.error
			? [...differencesOf("", shapeOf(expected.value), shapeOf(observed.value))]
			: [`the local tenant ${expected.error === undefined ? "passes" : `fails: ${expected.error}`}`];
	if (differences.length > 0) counts.differing += 1;
	for (const difference of differences) console.log(`    differs: ${difference}`);
}

async function outcome(check, user) {
	try {
		return { value: await check(user) };
	} catch (error) {
		return { error: `${error.code ?? error.name}: ${error.message}` };
	}
}

/** The types of a value and of all that it contains. */
function shapeOf(value) {
	if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
	if ("literal" in value) return JSON.stringify(value.literal) ?? "undefined";
	if (value instanceof Date) return "Date";
	if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
}

function* differencesOf(path, ofLocal, ofTenant) {
	if (isDeepStrictEqual(ofLocal, ofTenant)) return;
	if (typeof ofLocal !== "object" || typeof ofTenant !== "object") {
		const print = (shape) => (typeof shape === "object" ? JSON.stringify(shape) : (shape ?? "absent"));
		yield `${path || "the result"}: ${print(ofTenant)}, and of the local tenant ${print(ofLocal)}`;
		return;
	}
	for (const key of new Set([...Object.keys(ofLocal), ...Object.keys(ofTenant)])) {
		yield* differencesOf(path === "" ? key : `${path}.${key}`, ofLocal[key], ofTenant[key]);
	}
}
