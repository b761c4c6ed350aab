// Runs the suite in this runtime, and prints the result as JSON. The first argument describes the tenants.
import { LocalTenant } from "echostream-local";
import { runCases } from "./suite.mjs";

const results = await runCases(JSON.parse(process.argv[2]));

const title = "a local tenant runs in this runtime too";
try {
	const tenant = await LocalTenant.start();
	const { APPSYNC_ENDPOINT } = tenant.environment({ app: "external-app" });
	const { status } = await fetch(APPSYNC_ENDPOINT, { method: "POST", body: "{}" });
	if (status !== 401) throw new Error(`expected status 401, got ${status}`);
	await tenant.stop();
	results.push({ title });
} catch (error) {
	results.push({ title, error: String(error?.stack ?? error).slice(0, 2_000) });
}
console.log(JSON.stringify({ results }));
