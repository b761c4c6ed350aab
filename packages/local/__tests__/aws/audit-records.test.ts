import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../../src/aws/sha256.ts";
import { LocalTenant } from "../../src/index.ts";
import { type AwsCredentials, credentialsOf, plainSignIn, sendQuery, signIn } from "../tenant-client.ts";

let tenant: LocalTenant;
let endpoint: string;
let app: AwsCredentials;
beforeAll(async () => {
	tenant = await LocalTenant.start({ ...plainSignIn, audit: true });
	app = await credentialsOf(tenant, { app: "external-app" });
	const query = `{ GetApp(name: "external-app", tenant: "local") { ... on ExternalApp { auditRecordsEndpoint tenant { audit } } } }`;
	const { data } = await sendQuery(tenant, await signIn(tenant, { app: "external-app" }), query);
	expect(data.GetApp.tenant.audit).toBe(true);
	endpoint = data.GetApp.auditRecordsEndpoint;
});
afterAll(() => tenant.stop());

/** Sends records as echostream-node does: signed for Lambda, and compressed where there are many. */
async function post(node: string, body: Buffer, headers: Record<string, string> = {}, credentials = app) {
	const url = new URL(`${endpoint}/${node}`);
	const { accessKeyId, secretAccessKey, sessionToken } = credentials;
	const signer = new SignatureV4({
		credentials: { accessKeyId, secretAccessKey, sessionToken },
		region: tenant.region,
		service: "lambda",
		sha256: Sha256,
	});
	const request = { method: "POST", protocol: "http:", hostname: url.host, path: url.pathname, query: {} };
	const toSign = { ...request, headers: { host: url.host, "content-type": "application/json", ...headers }, body };
	const signed = await signer.sign(toSign as unknown as Parameters<SignatureV4["presign"]>[0]);
	const response = await fetch(url, { method: "POST", headers: signed.headers, body: new Uint8Array(body) });
	return { status: response.status, type: response.headers.get("x-amzn-errortype") };
}

const record = (trackingId: string) => ({
	datetime: "2026-01-01T00:00:00+00:00",
	previousTrackingIds: null,
	sourceNode: null,
	trackingId,
	attributes: { size: 3 },
});
const bodyOf = (...ids: string[]) =>
	Buffer.from(JSON.stringify({ messageType: "echo.text", auditRecords: ids.map(record) }));

test("audit records are accepted at the endpoint of the app, also compressed, and can be read back", async () => {
	expect(await post("external-app-node", bodyOf("a"))).toEqual({ status: 200, type: null });
	const many = gzipSync(bodyOf("b", "c"));
	expect(await post("external-app-node", many, { "content-encoding": "gzip" })).toMatchObject({ status: 200 });
	const common = { app: "external-app", node: "external-app-node", messageType: "echo.text" };
	expect(tenant.auditRecords).toEqual(["a", "b", "c"].map((id) => ({ ...common, record: record(id) })));
});

test.each<[string, () => ReturnType<typeof post>, number, string]>([
	["of another app's node", () => post("managed-app-node", bodyOf("x")), 403, "AccessDeniedException"],
	[
		"of another app",
		async () => post("external-app-node", bodyOf("x"), {}, await credentialsOf(tenant, { app: "managed-app" })),
		403,
		"AccessDeniedException",
	],
	[
		"with a wrong secret",
		() => post("external-app-node", bodyOf("x"), {}, { ...app, secretAccessKey: "x" }),
		403,
		"InvalidSignatureException",
	],
	["that are malformed", () => post("external-app-node", Buffer.from("{}")), 400, "InvalidRequestContentException"],
	[
		"without a tracking id",
		() => post("external-app-node", Buffer.from('{"messageType":"echo.text","auditRecords":[{"datetime":"x"}]}')),
		400,
		"InvalidRequestContentException",
	],
	[
		"that are not the gzip they claim to be",
		() => post("external-app-node", bodyOf("x"), { "content-encoding": "gzip" }),
		400,
		"InvalidRequestContentException",
	],
])("audit records %s are rejected", async (_, send, status, type) => {
	const before = tenant.auditRecords.length;
	expect(await send()).toEqual({ status, type });
	expect(tenant.auditRecords).toHaveLength(before);
});

test("audit records without a signature are rejected", async () => {
	const response = await fetch(`${endpoint}/external-app-node`, { method: "POST", body: new Uint8Array(bodyOf("x")) });
	expect(response.status).toBe(403);
});
