// A page that signs in, and stays signed in: `npm run example:browser`, then open the URL that it prints.
//
// It starts a local tenant, whose credentials live a minute, so that refreshes can be watched, and Vite for the page. With
// `-- --built` the page is built as for a web server first. The page loads settings.json to fill in its form; on a web
// server of yours there is none, and the form is empty.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ApiSession } from "echostream-botocore";
import { LocalTenant } from "echostream-local";
import { build, createServer, preview } from "vite";

const output = mkdtempSync(join(tmpdir(), "example-browser-"));
const config = {
	root: fileURLToPath(new URL(".", import.meta.url)),
	configFile: false,
	logLevel: "warn",
	plugins: [{ name: "settings", configureServer: serveSettings, configurePreviewServer: serveSettings }],
	build: { outDir: output, emptyOutDir: true },
};
const server = process.argv.includes("--built") ? await serveBuilt() : await serveSources();
const [page] = server.resolvedUrls.local;
const tenant = await LocalTenant.start({ allowedOrigins: [new URL(page).origin], credentials: { maxSeconds: 60 } });
await fillTable();
console.log(`The tenant "${tenant.name}" listens on ${tenant.url}, for development only.`);
console.log(`The page is at ${page}`);
console.log("Ctrl+C ends both.");

for (const signal of ["SIGINT", "SIGTERM"]) {
	process.once(signal, async () => {
		await server.close();
		await tenant.stop();
		rmSync(output, { recursive: true, force: true });
		process.exit();
	});
}

async function serveSources() {
	const sources = await createServer(config);
	return sources.listen();
}

async function serveBuilt() {
	await build(config);
	return preview(config);
}

function serveSettings({ middlewares }) {
	middlewares.use("/settings.json", (_, response) => {
		const given = tenant.environment({ app: "external-app" });
		const settings = {
			username: given.USER_NAME,
			password: given.PASSWORD,
			userPoolId: given.USER_POOL_ID,
			clientId: given.CLIENT_ID,
			appsyncEndpoint: given.APPSYNC_ENDPOINT,
			tenant: given.TENANT,
			app: given.APP,
			endpoint: given.AWS_ENDPOINT_URL,
		};
		response.setHeader("content-type", "application/json");
		response.setHeader("cache-control", "no-store");
		response.end(JSON.stringify(settings));
	});
}

async function fillTable() {
	const given = tenant.environment({ apiUser: "admin" });
	process.env.AWS_ENDPOINT_URL = given.AWS_ENDPOINT_URL;
	const session = new ApiSession({
		appsyncEndpoint: given.APPSYNC_ENDPOINT,
		clientId: given.CLIENT_ID,
		password: given.PASSWORD,
		tenant: given.TENANT,
		userPoolId: given.USER_POOL_ID,
		username: given.USER_NAME,
	});
	const items = [
		{ pk: { S: "lighthouse" }, sk: { S: "Fastnet" }, note: { S: "51° 23′ N, 9° 36′ W" } },
		{ pk: { S: "lighthouse" }, sk: { S: "Kiipsaare" }, note: { S: "leans since the shore moved away" } },
		{ pk: { S: "lighthouse" }, sk: { S: "Roter Sand" }, note: { S: "first built on the open sea floor" } },
	];
	const requests = items.map((Item) => ({ PutRequest: { Item } }));
	const command = new BatchWriteItemCommand({ RequestItems: { [tenant.table]: requests } });
	await session.client(DynamoDBClient).send(command);
	session.destroy();
}
