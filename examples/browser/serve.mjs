// A page that signs in and stays signed in. Run `npm run example:browser` and open the URL that it prints.
//
// This starts Vite for the page, and a local tenant whose credentials expire after one minute, so that you can watch refreshes. With
// `-- --built`, the page is built first, as for a web server. The page fills in its form from settings.json. On your own web server
// this file does not exist, and the form is empty.
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
console.log(`The page is at ${server.resolvedUrls.local[0]}`);
console.log("Press Ctrl+C to stop both.");

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
	const variables = tenant.environment({ app: "external-app" });
	const settings = {
		username: variables.USER_NAME,
		password: variables.PASSWORD,
		userPoolId: variables.USER_POOL_ID,
		clientId: variables.CLIENT_ID,
		appsyncEndpoint: variables.APPSYNC_ENDPOINT,
		tenant: variables.TENANT,
		app: variables.APP,
		endpoint: variables.AWS_ENDPOINT_URL,
	};
	middlewares.use("/settings.json", (_, response) => {
		response.setHeader("content-type", "application/json");
		response.setHeader("cache-control", "no-store");
		response.end(JSON.stringify(settings));
	});
}

async function fillTable() {
	const variables = tenant.environment({ apiUser: "admin" });
	process.env.AWS_ENDPOINT_URL = variables.AWS_ENDPOINT_URL;
	const session = new ApiSession({
		appsyncEndpoint: variables.APPSYNC_ENDPOINT,
		clientId: variables.CLIENT_ID,
		password: variables.PASSWORD,
		tenant: variables.TENANT,
		userPoolId: variables.USER_POOL_ID,
		username: variables.USER_NAME,
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
