import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type LocalTenant, ManualClock } from "echostream-local";
import type { AppSessionOptions } from "../../src/index.ts";
import { codeOf, startTenant } from "../support/signed-in.ts";
import { sharedConnections, WatchedSession } from "../support/watched-session.ts";

const MINUTE = 60_000;

let clock: ManualClock;
let tenant: LocalTenant;
let connections: ReturnType<typeof sharedConnections>;
const open: WatchedSession[] = [];
beforeAll(async () => {
	clock = new ManualClock();
	// As for roles that a role assumes, whatever lifetime is requested.
	tenant = await startTenant({ clock, credentials: { maxSeconds: 3600 } });
	connections = sharedConnections();
});
afterAll(async () => {
	connections.close();
	await tenant.stop();
});
beforeEach(() => tenant.requestLog.clear());
afterEach(() => {
	tenant.faults.clear();
	for (const watched of open.splice(0)) watched.destroy();
});

/** A session with credentials, and the access key id that it presigns a URL with. */
async function presigner(options: AppSessionOptions = {}) {
	const watched = new WatchedSession(tenant, clock, connections.handler, {}, options);
	open.push(watched);
	const s3 = watched.session.client(S3Client, { forcePathStyle: true, region: "us-east-1" });
	const get = new GetObjectCommand({ Bucket: "bulk-data", Key: "report.txt" });
	const key = await watched.key();
	tenant.requestLog.clear();
	return {
		watched,
		key,
		async presign(expiresIn: number): Promise<string> {
			const { searchParams } = new URL(await getSignedUrl(s3, get, { expiresIn }));
			expect(searchParams.get("X-Amz-Expires")).toBe(String(expiresIn));
			return String(searchParams.get("X-Amz-Credential")?.split("/")[0]);
		},
	};
}

test("a presigned URL is signed with new credentials only when the current ones expire before it", async () => {
	const { key, presign } = await presigner();
	await clock.advance(40 * MINUTE);
	expect(await presign(19 * 60)).toBe(key);
	expect(tenant.requestLog.count("getAwsCredentials")).toBe(0);
	const renewed = await presign(21 * 60);
	expect(renewed).not.toBe(key);
	expect(await Promise.all([presign(21 * 60), presign(55 * 60)])).toEqual([renewed, renewed]);
	expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);
});

test("presigned URLs for the whole lifetime of credentials cause one query in five minutes at most", async () => {
	const { key, presign } = await presigner();
	for (let minute = 0; minute <= 5; minute++) {
		expect(await Promise.all(Array.from({ length: 20 }, () => presign(3600)))).toEqual(Array(20).fill(key));
		await clock.advance(MINUTE);
	}
	expect(tenant.requestLog.count("getAwsCredentials")).toBe(0);
	expect(await presign(3600)).not.toBe(key);
	expect(tenant.requestLog.count("getAwsCredentials")).toBe(1);
});

test("a presigned URL for longer than the session's duration is an error that names both options, except with static credentials", async () => {
	const { presign, watched } = await presigner();
	await expect(presign(3601)).rejects.toMatchObject({
		code: "LifetimeTooShort",
		message: expect.stringMatching(/3601 s.*expiresIn.*duration.*3600 s/),
	});
	watched.session.setCredentials("AKIAEXPLICIT", "explicit");
	expect(await presign(604_800)).toBe("AKIAEXPLICIT");
	expect(tenant.requestLog.length).toBe(0);
});

test("a presigned URL for longer than the credentials that the tenant issues is an error", async () => {
	const { presign } = await presigner({ duration: 7200 });
	expect(await codeOf(presign(5400))).toBe("LifetimeTooShort");
	expect(await codeOf(presign(1800))).toBe("none");
});

test("a presigned URL that needs new credentials is an error during an outage, and a shorter one is not", async () => {
	const { key, presign } = await presigner();
	await clock.advance(40 * MINUTE);
	tenant.faults.add({ service: "appsync", status: 503 });
	await expect(presign(1800)).rejects.toMatchObject({ transient: true });
	expect(await presign(900)).toBe(key);
});

test("a presigned form after ready() is signed with credentials that are valid for as long as minTtlSeconds", async () => {
	const { key, watched } = await presigner();
	const s3 = watched.session.client(S3Client, { forcePathStyle: true, region: "us-east-1" });
	const signer = async () => {
		const form = await createPresignedPost(s3, { Bucket: "bulk-data", Key: "report.txt", Expires: 30 * 60 });
		return form.fields["X-Amz-Credential"]?.split("/")[0];
	};
	await clock.advance(40 * MINUTE);
	expect(await signer()).toBe(key);
	await watched.session.ready({ minTtlSeconds: 30 * 60 });
	expect(await signer()).not.toBe(key);
});

test("a client that is built with clientConfig() presigns with the current credentials until ready() fetches others", async () => {
	const { key, watched } = await presigner();
	const elsewhere = new S3Client({ ...watched.session.clientConfig(), forcePathStyle: true, region: "us-east-1" });
	const get = new GetObjectCommand({ Bucket: "bulk-data", Key: "report.txt" });
	const signer = async () => {
		const { searchParams } = new URL(await getSignedUrl(elsewhere, get, { expiresIn: 30 * 60 }));
		return searchParams.get("X-Amz-Credential")?.split("/")[0];
	};
	await clock.advance(40 * MINUTE);
	expect(await signer()).toBe(key);
	await watched.session.ready({ minTtlSeconds: 30 * 60 });
	expect(await signer()).not.toBe(key);
});
