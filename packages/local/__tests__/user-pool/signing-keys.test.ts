import crypto from "node:crypto";
import { expect, test } from "@jest/globals";
import { MemoryRecords } from "../../src/data/records.ts";
import { LocalTenant } from "../../src/index.ts";
import { type SigningKeys, signingKeysOf } from "../../src/user-pool/signing-keys.ts";

const keyOf = ({ userPool }: LocalTenant) => (userPool.keySet().keys[0] as { readonly kid: string }).kid;

const id = (index: number) => ({ userPool: { id: `us-east-1_pool${index}` } });

test("tenants that run at the same time have different signing keys, also if all are started at once", async () => {
	const tenants = await Promise.all([1, 2, 3].map((index) => LocalTenant.start(id(index))));
	expect(new Set(tenants.map(keyOf)).size).toBe(3);
	for (const tenant of tenants) await tenant.stop();
});

test("a tenant has the signing key of one that was stopped, instead of a new one", async () => {
	const first = await LocalTenant.start(id(4));
	await first.stop();
	const second = await LocalTenant.start(id(5));
	expect(keyOf(second)).toBe(keyOf(first));
	await second.stop();
});

test("a tenant has another signing key than an earlier one with the same user pool id", async () => {
	const keys: string[] = [];
	for (let index = 0; index < 3; index++) {
		const tenant = await LocalTenant.start(id(6));
		keys.push(keyOf(tenant));
		await tenant.stop();
	}
	expect(new Set(keys).size).toBe(3);
});

test("test files that run in one process, each with a copy of the module, share signing keys", async () => {
	const { signingKeysOf: ofCopy } = (await import("../../src/user-pool/signing-keys.ts?copy" as string)) as {
		signingKeysOf: typeof signingKeysOf;
	};
	expect(ofCopy).not.toBe(signingKeysOf);
	const first = await signingKeysOf(new MemoryRecords(), "https://issuer/a");
	first.release();
	const second = await ofCopy(new MemoryRecords(), "https://issuer/b");
	expect(second.privateKey).toBe(first.privateKey);
	second.release();
});

test("a tenant that runs generates one spare signing key, which the next tenant has", async () => {
	const listed = () => (crypto as unknown as Record<symbol, unknown>)[Symbol.for("echostream-local.nextSigningKey")];
	const taken: SigningKeys[] = [];
	while (listed() !== undefined) taken.push(await signingKeysOf(new MemoryRecords(), `https://issuer/${taken.length}`));
	const tenant = await LocalTenant.start(id(7));
	while (listed() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
	const spare = listed();
	const next = await signingKeysOf(new MemoryRecords(), "https://issuer/next");
	expect(next.privateKey).toBe(spare);
	expect(listed()).toBeUndefined();
	for (const keys of [next, ...taken]) keys.release();
	await tenant.stop();
});
